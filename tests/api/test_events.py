"""GET /v1/events: what a party may see, from where it left off, now or as soon as something happens."""

import threading
import time
from datetime import timedelta

import pytest
from fastapi import FastAPI
from signed_in_as import SignedInAs, person
from starlette.testclient import TestClient

from risk_screen.access.actor import Actor
from risk_screen.access.roles import Role
from risk_screen.operations.purging import SCHEDULES, purge
from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.events import Event


def happen(store: Store, *parties: str) -> None:
    def work(change: Change) -> None:
        for party in parties:
            change.publish(Event("consultation.opened", "consultation", f"of-{party}", party, {"level": "high"}))

    store.write(work)


@pytest.fixture
def bureau(app: FastAPI) -> TestClient:
    return TestClient(SignedInAs(app, person(Role.APPROVAL_BUREAU, "bureau")), raise_server_exceptions=False)


@pytest.fixture
def task_force(app: FastAPI) -> TestClient:
    return TestClient(SignedInAs(app, person(Role.TASK_FORCE)), raise_server_exceptions=False)


def test_a_party_sees_its_own_and_the_task_force_everything(
    store: Store, bureau: TestClient, task_force: TestClient
) -> None:
    happen(store, "bureau", "other", "")
    seen = bureau.get("/v1/events").json()
    assert [one["subject_id"] for one in seen["items"]] == ["of-bureau"]
    assert seen["next"] == 3
    assert len(task_force.get("/v1/events").json()["items"]) == 3
    assert seen["items"][0].keys() == {
        *("cursor", "kind", "subject_type", "subject_id", "party", "payload", "created_at")
    }


def test_the_cursor_leads_through_everything_once(store: Store, task_force: TestClient) -> None:
    happen(store, *("p" for _ in range(5)))
    seen: list[int] = []
    cursor = 0
    while page := task_force.get(f"/v1/events?after={cursor}&limit=2").json():
        if not page["items"]:
            break
        seen += [one["cursor"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=99", 409, "cursor_unknown"),
        ("after=-1", 422, "request_invalid"),
        ("after=x", 422, "request_invalid"),
        (f"after={2**70}", 422, "request_invalid"),
        ("limit=201", 422, "request_invalid"),
        ("wait=31", 422, "request_invalid"),
    ],
)
def test_a_question_that_makes_no_sense_is_told(task_force: TestClient, query: str, status: int, code: str) -> None:
    refused = task_force.get(f"/v1/events?{query}")
    assert (refused.status_code, refused.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "role", [Role.GRID_WORKER, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.ANALYST, Role.APPROVAL_BUREAU]
)
def test_who_has_no_feed_is_told_so(app: FastAPI, role: Role) -> None:
    """The bureau's, too, as long as nobody wrote down which institution it is."""
    refused = TestClient(SignedInAs(app, person(role))).get("/v1/events")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_who_was_away_longer_than_events_are_kept_is_told_and_not_led_past_them(
    store: Store, bureau: TestClient, task_force: TestClient
) -> None:
    happen(store, *("bureau" for _ in range(3)))
    years_later = store.now() + timedelta(days=800)
    store.now = lambda: years_later
    happen(store, "bureau", "other")
    purge(store, dict.fromkeys(SCHEDULES, 0) | {"events": 184}, Actor("system", "operator"))
    for reader in (bureau, task_force):
        told = reader.get("/v1/events?after=1&wait=1")
        assert (told.status_code, told.json()["code"]) == (410, "cursor_expired")
        assert "第 4 个" in told.json()["detail"]
        assert reader.get("/v1/events").json()["items"][0]["cursor"] == 4
        assert reader.get("/v1/events?after=3").status_code == 200


def test_what_is_known_is_not_sent_again(store: Store, bureau: TestClient) -> None:
    happen(store, "bureau")
    tag = bureau.get("/v1/events").headers["etag"]
    assert bureau.get("/v1/events", headers={"If-None-Match": tag}).status_code == 304
    happen(store, "bureau")
    assert bureau.get("/v1/events", headers={"If-None-Match": tag}).status_code == 200


def test_who_waits_is_answered_as_soon_as_something_happens_to_them(store: Store, bureau: TestClient) -> None:
    def later() -> None:
        time.sleep(0.1)
        happen(store, "other")
        time.sleep(0.6)
        happen(store, "bureau")

    writer = threading.Thread(target=later)
    writer.start()
    began = time.monotonic()
    seen = bureau.get("/v1/events?wait=30").json()
    writer.join()
    assert [one["subject_id"] for one in seen["items"]] == ["of-bureau"]
    assert time.monotonic() - began < 20


def test_who_waits_in_vain_learns_where_to_go_on(store: Store, bureau: TestClient) -> None:
    happen(store, "other")
    assert bureau.get("/v1/events?wait=1").json() == {"items": [], "next": 1}


def test_nobody_keeps_the_service_from_stopping(app: FastAPI, bureau: TestClient) -> None:
    app.state.is_stopping = True
    began = time.monotonic()
    assert bureau.get("/v1/events?wait=30").json() == {"items": [], "next": 0}
    assert time.monotonic() - began < 10
