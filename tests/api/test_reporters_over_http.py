"""Who reported something is kept sealed, and read by the custodian alone, for a stated purpose."""

from pathlib import Path

import pytest
from signed_in_as import SignedInAs, person
from sqlalchemy import text
from starlette.testclient import TestClient

from builders import CannedScreener, flyer_assessment
from risk_screen.access.roles import Role
from risk_screen.api.app import create_app
from risk_screen.operations.store import Store
from risk_screen.storage.sealing import new_key_line

FLYER = {"channel": "marketing", "text": "保本保息"}
SOMEBODY = {"name": "王小明", "phone": "13911112222"}


@pytest.fixture(autouse=True)
def _keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "reporter.keys"
    path.write_text(new_key_line("k1", "AES-256-GCM") + "\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("RISK_SCREEN_REPORTER_KEYS", str(path))


def client_of(store: Store, role: Role) -> TestClient:
    app = create_app(CannedScreener(flyer_assessment()), store)  # type: ignore[arg-type]  # has what the API asks of one
    app.add_middleware(SignedInAs, identity=person(role))
    return TestClient(app)


@pytest.fixture
def place(store: Store) -> str:
    worker = client_of(store, Role.GRID_WORKER)
    place = f"/v1/screenings/{worker.post('/v1/screenings', json=FLYER).json()['id']}/reporter"
    assert worker.post(place, json=SOMEBODY).status_code == 201
    return place


def test_the_custodian_reads_for_a_purpose_that_the_trail_keeps(store: Store, place: str) -> None:
    custodian = client_of(store, Role.REPORTER_CUSTODIAN)
    read = custodian.post(f"{place}/reading", json={"purpose": "回访核实线索"})
    assert read.json()["items"][0]["phone"] == "13911112222"
    assert read.headers["cache-control"] == "no-store"
    with store.reading() as connection:
        told = connection.execute(text("SELECT reason FROM audit_trail WHERE action = 'reporter.read'")).scalars()
        assert list(told) == ["回访核实线索"]


def test_without_a_purpose_nothing_is_told(store: Store, place: str) -> None:
    refused = client_of(store, Role.REPORTER_CUSTODIAN).post(f"{place}/reading", json={"purpose": "看"})
    assert (refused.status_code, refused.json()["code"]) == (422, "reporter_purpose_missing")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.REPORTER_CUSTODIAN])
def test_nobody_else_reads(store: Store, place: str, role: Role) -> None:
    answer = client_of(store, role).post(f"{place}/reading", json={"purpose": "回访核实线索"})
    assert answer.status_code == 403
    assert "王小明" not in answer.text


def test_a_result_out_of_reach_gets_no_reporter(store: Store, place: str) -> None:
    bureau = client_of(store, Role.APPROVAL_BUREAU)
    assert bureau.post(place, json=SOMEBODY).status_code == 404


def test_nothing_of_them_lies_open_in_the_database(store: Store, place: str, tmp_path: Path) -> None:
    store.close()
    files = [path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("store.db")]
    assert files
    assert not any("王小明".encode() in content or b"13911112222" in content for content in files)


def test_without_keys_the_service_says_so(store: Store, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISK_SCREEN_REPORTER_KEYS")
    refused = client_of(store, Role.GRID_WORKER).post(place, json=SOMEBODY)
    assert refused.status_code == 503
    assert "王小明" not in refused.text
