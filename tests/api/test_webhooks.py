"""An administrator says where events are pushed; nobody else may, and no address off the list is taken."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from signed_in_as import SignedInAs, person
from standardwebhooks.webhooks import Webhook
from starlette.testclient import TestClient

from receivers import HOST, answering, local_sender, receiving
from risk_screen.access.roles import Role
from risk_screen.operations.delivering import Deliverer
from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.events import Event

DESTINATION = {"host": "hooks.example.cn", "port": 443}
WEBHOOK = {"url": "https://hooks.example.cn/risk", "party": "bureau", "kinds": ["consultation.*"]}


def client_of(app: FastAPI, role: Role) -> TestClient:
    return TestClient(SignedInAs(app, person(role)), raise_server_exceptions=False, client=("127.0.0.1", 50000))


@pytest.fixture
def admin(app: FastAPI) -> TestClient:
    return client_of(app, Role.SYSTEM_ADMIN)


@pytest.fixture
def made(admin: TestClient) -> dict[str, Any]:
    admin.post("/v1/webhook-destinations", json=DESTINATION)
    answer = admin.post("/v1/webhooks", json=WEBHOOK)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    return dict(answer.json())


def test_an_endpoint_is_made_read_changed_and_removed(admin: TestClient, made: dict[str, Any]) -> None:
    where = f"/v1/webhooks/{made['id']}"
    read = admin.get(where)
    assert read.headers["etag"] == '"v1"'
    assert "secret" not in read.json()
    assert [one["id"] for one in read.json()["secrets"]] == [made["secret"]["id"]]
    assert admin.get(where, headers={"If-None-Match": '"v1"'}).status_code == 304
    changed = admin.put(where, json={**WEBHOOK, "state": "paused"}, headers={"If-Match": '"v1"'})
    assert (changed.json()["state"], changed.headers["etag"]) == ("paused", '"v2"')
    assert admin.put(where, json=WEBHOOK, headers={"If-Match": '"v1"'}).status_code == 412
    assert [one["id"] for one in admin.get("/v1/webhooks").json()["items"]] == [made["id"]]
    assert admin.delete(where).status_code == 204
    assert admin.get(where).json()["code"] == "webhook_not_found"
    assert admin.get("/v1/webhooks").json() == {"items": [], "next": None}


def test_secrets_are_changed_without_a_gap(admin: TestClient, made: dict[str, Any]) -> None:
    where = f"/v1/webhooks/{made['id']}"
    old = f"{where}/secrets/{made['secret']['id']}"
    assert admin.delete(old).json()["code"] == "webhook_limit"
    new = admin.post(f"{where}/secrets")
    assert (new.status_code, new.json()["secret"][:6]) == (201, "whsec_")
    assert admin.get(where).headers["etag"] == '"v2"'
    assert admin.delete(old).status_code == 204
    assert admin.delete(old).json()["code"] == "webhook_secret_not_found"
    assert [one["id"] for one in admin.get(where).json()["secrets"]] == [new.json()["id"]]
    more = [admin.post(f"{where}/secrets").status_code for _ in range(5)]
    assert more == [201, 201, 201, 201, 409]


def test_no_secret_stands_anywhere_but_where_it_is_needed(
    store: Store, admin: TestClient, made: dict[str, Any]
) -> None:
    from sqlalchemy import text

    secret = made["secret"]["secret"]
    with store.reading() as connection:
        for table in ("events", "audit_trail", "webhook_endpoints"):
            assert secret not in str(connection.execute(text(f"SELECT * FROM {table}")).all())
    assert secret not in admin.get(f"/v1/webhooks/{made['id']}").text


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"url": "https://other.example.cn/"}, "destination_refused"),
        ({"url": "http://hooks.example.cn/"}, "destination_refused"),
        ({"url": "https://127.0.0.1/"}, "destination_refused"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "destination_refused"),
        ({"url": "not an address"}, "destination_refused"),
        ({"kinds": []}, "request_invalid"),
        ({"kinds": ["Robert'); DROP TABLE"]}, "webhook_invalid"),
        ({"kinds": ["*.*"]}, "webhook_invalid"),
        ({"kinds": ["consultation.*", "hold.signed"]}, "webhook_invalid"),
        ({"kinds": ["webhook.failing"]}, "webhook_invalid"),
        ({"party": "审批局\x00"}, "webhook_invalid"),
        ({"party": " "}, "webhook_invalid"),
        ({"state": "removed"}, "request_invalid"),
        ({"description": "\x00"}, "request_invalid"),
    ],
)
def test_what_cannot_be_pushed_to_is_refused(admin: TestClient, made: dict[str, Any], wrong: Any, code: str) -> None:
    for refused in (
        admin.post("/v1/webhooks", json={**WEBHOOK, **wrong}),
        admin.put(f"/v1/webhooks/{made['id']}", json={**WEBHOOK, **wrong}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_what_is_never_pushed_to_cannot_be_allowed(admin: TestClient) -> None:
    for host in ("127.0.0.1", "localhost", "169.254.169.254", "0.0.0.0/0", "::1", "例.cn"):
        refused = admin.post("/v1/webhook-destinations", json={"host": host, "port": 80, "scheme": "http"})
        assert (refused.status_code, refused.json()["code"]) == (422, "destination_invalid"), host


def test_the_allow_list_is_kept(admin: TestClient) -> None:
    first = admin.post("/v1/webhook-destinations", json=DESTINATION).json()
    assert admin.post("/v1/webhook-destinations", json=DESTINATION).json() == first
    assert admin.get("/v1/webhook-destinations").json()["items"] == [first]
    where = f"/v1/webhook-destinations/{first['id']}"
    assert admin.delete(where).json() == first
    assert admin.delete(where).json()["code"] == "destination_not_found"


def happen(store: Store, *kinds: str) -> None:
    def work(change: Change) -> None:
        for kind in kinds:
            change.publish(Event(kind, "consultation", "c1", "bureau"))

    store.write(work)


def test_the_way_of_an_event_can_be_followed(app: FastAPI, admin: TestClient, store: Store) -> None:
    with receiving(answering(400, 204)) as receiver:
        app.state.webhook_sender = local_sender()
        admin.post("/v1/webhook-destinations", json={"host": HOST, "port": receiver.port, "scheme": "http"})
        made = admin.post("/v1/webhooks", json={**WEBHOOK, "url": receiver.url()}).json()
        where = f"/v1/webhooks/{made['id']}"
        happen(store, "consultation.opened")
        pushing = Deliverer(local_sender(), patience_seconds=60)
        pushing.deliver_due(store)
        status = admin.get(f"{where}/status").json()
        assert (status["waiting"], status["dead"], status["failures"]) == (1, 0, 1)
        assert "risk_screen_webhook_waiting 1.0\n" in admin.get("/metrics").text
        (line,) = admin.get(f"{where}/attempts").json()["items"]
        assert (line["result"], line["status"], line["number"]) == ("refused", 400, 1)
        resent = admin.post(f"{where}/resend", json={"event": line["event_cursor"]})
        assert (resent.status_code, resent.json()) == (202, {"count": 1})
        pushing.deliver_due(store)
        assert admin.get(f"{where}/status").json()["waiting"] == 0
        assert admin.get(f"{where}/dead-letters").json() == {"items": [], "next": None}
        pinged = admin.post(f"{where}/ping")
        assert (pinged.json()["result"], pinged.json()["event_cursor"]) == ("delivered", None)
    last = receiver.received[-1]
    assert Webhook(made["secret"]["secret"]).verify(last.body, last.headers)["type"] == "webhook.ping"
    page = admin.get(f"{where}/attempts?limit=2").json()
    rest = admin.get(f"{where}/attempts?limit=2&after={page['next']}").json()
    assert [one["result"] for one in page["items"] + rest["items"]] == ["delivered", "delivered", "refused"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"event": 999}, 404, "event_not_found"),
        ({"event": 1}, 404, "event_not_found"),
        ({}, 422, "request_invalid"),
        ({"event": 1, "dead_letters_since": "2026-11-01T00:00:00Z"}, 422, "request_invalid"),
        ({"dead_letters_since": "2026-11-01T00:00:00"}, 422, "request_invalid"),
        ({"dead_letters_since": "2026-11-01T00:00:00+08:00"}, 202, None),
        ({"after": 0, "since": "2026-11-01T00:00:00Z"}, 422, "request_invalid"),
        ({"after": -1}, 422, "request_invalid"),
        ({"after": 0}, 202, None),
        ({"since": "2026-11-01T00:00:00+08:00"}, 202, None),
    ],
)
def test_only_what_there_is_can_be_sent_again(
    admin: TestClient, made: dict[str, Any], body: Any, status: int, code: str | None
) -> None:
    answer = admin.post(f"/v1/webhooks/{made['id']}/resend", json=body)
    assert (answer.status_code, answer.json().get("code")) == (status, code)


def test_a_test_message_that_does_not_arrive_is_told(app: FastAPI, admin: TestClient, made: dict[str, Any]) -> None:
    app.state.webhook_sender = local_sender(["127.0.0.1"], allows_loopback=False)
    pinged = admin.post(f"/v1/webhooks/{made['id']}/ping").json()
    assert (pinged["result"], pinged["status"]) == ("forbidden", None)


def test_everything_an_administrator_does_is_in_the_trail(
    store: Store, admin: TestClient, made: dict[str, Any], tmp_path: Path
) -> None:
    from sqlalchemy import text

    admin.post(f"/v1/webhooks/{made['id']}/secrets")
    admin.delete(f"/v1/webhooks/{made['id']}")
    with store.reading() as connection:
        rows = connection.execute(text("SELECT actor_id, action, details FROM audit_trail ORDER BY sequence")).all()
    assert {row.actor_id for row in rows} == {"a-system_admin"}
    assert [row.action for row in rows] == [
        *("webhook.allow", "webhook.add", "webhook.new_secret", "webhook.new_secret", "webhook.remove")
    ]
    assert all("hooks.example.cn/risk" not in orjson.loads(row.details).values() for row in rows)
