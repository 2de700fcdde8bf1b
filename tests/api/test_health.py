"""The process lives, and can do its work."""

from types import SimpleNamespace

from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from risk_screen.operations.store import Store
from risk_screen.settings import Settings
from risk_screen.storage.database import writing


def test_a_living_process_says_so(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "checks": {}}


def checks(client: TestClient) -> dict[str, bool]:
    return {name: check["ok"] for name, check in client.get("/readyz").json()["checks"].items()}


ALL_WELL = dict.fromkeys(("stopping", "database", "rulebook", "models", "disk", "background"), True)


def test_readiness_follows_the_database(client: TestClient, store: Store, tmp_path: object) -> None:
    assert checks(client) == ALL_WELL
    store.engine.dispose()
    database = store.engine.url.database
    assert database is not None
    with open(database, "wb") as file:
        file.write(b"this is not a database any more" * 100)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert checks(client) == ALL_WELL | {"database": False, "background": False}
    assert client.get("/healthz").status_code == 200


def test_a_service_that_stops_is_not_ready(client: TestClient, app: FastAPI) -> None:
    app.state.is_stopping = True
    response = client.get("/readyz")
    assert (response.status_code, checks(client)) == (503, ALL_WELL | {"stopping": False})
    assert response.headers["connection"] == "close"


def test_too_little_room_on_the_disk_is_told(client: TestClient, app: FastAPI) -> None:
    app.state.settings = Settings(min_free_megabytes=10**9)
    assert client.get("/readyz").status_code == 503
    assert checks(client) == ALL_WELL | {"disk": False}


def test_a_missing_model_is_told(client: TestClient, app: FastAPI) -> None:
    screener = app.state.screener
    app.state.screener = SimpleNamespace(
        book=screener.book, classifiers={"marketing": screener.classifiers["marketing"]}
    )
    assert checks(client) == ALL_WELL | {"models": False}
    assert "registration" in client.get("/readyz").text


def test_a_schema_of_another_program_is_told(client: TestClient, store: Store) -> None:
    with writing(store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert checks(client) == ALL_WELL | {"database": False}


def test_a_background_task_without_end_is_told(client: TestClient, app: FastAPI, store: Store) -> None:
    with writing(store.engine) as connection:
        connection.execute(
            text("INSERT INTO leases (name, holder, beats, state, failures) VALUES ('webhooks', 'x', 1, 'stuck', 0)")
        )
    assert checks(client) == ALL_WELL | {"background": False}
    assert "webhooks" in client.get("/readyz").text
    app.state.settings = Settings(background=False)
    assert checks(client) == ALL_WELL
