"""The process lives, and can do its work."""

from starlette.testclient import TestClient

from risk_screen.operations.store import Store


def test_a_living_process_says_so(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "checks": {}}


def test_readiness_follows_the_database(client: TestClient, store: Store, tmp_path: object) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "checks": {"rulebook": True, "database": True}}
    store.engine.dispose()
    database = store.engine.url.database
    assert database is not None
    with open(database, "wb") as file:
        file.write(b"this is not a database any more" * 100)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "checks": {"rulebook": True, "database": False}}
    assert client.get("/healthz").status_code == 200
