"""Signing in as a browser does, and what other sites, thieves and clever programs try instead."""

from base64 import b32decode
from collections.abc import Mapping

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from people import OFFICE, PASSWORD, account_with, gate_for, key_with, session_of, with_key
from risk_screen.access.caller import AccessMode, Site
from risk_screen.access.keys import PEOPLE_ONLY
from risk_screen.access.roles import Permission, Role
from risk_screen.access.totp import code_at, step_at
from risk_screen.api.identity import COOKIE, SECURE_COOKIE
from risk_screen.operations.accounts import Administration, disable_account
from risk_screen.operations.api_keys import revoke_key
from risk_screen.operations.gate import Gate
from risk_screen.settings.kinds import Networks
from risk_screen.storage.audit_trail import audit_rows

FLYER = {"channel": "marketing", "text": "保本保息"}
OWN = {"sec-fetch-site": "same-origin"}
PROXY = TypeAdapter(Networks).validate_python("10.0.0.1")


@pytest.fixture
def gate(app: FastAPI) -> Gate:
    app.state.gate = gate_for(app.state.store)
    return app.state.gate


def through(app: FastAPI, address: str = "127.0.0.1", url: str = "http://testserver") -> TestClient:
    return TestClient(app, url, raise_server_exceptions=False, client=(address, 50000))


@pytest.fixture
def browser(app: FastAPI, gate: Gate) -> TestClient:
    return through(app)


def enter(browser: TestClient, name: str = "zhang.san", password: str = PASSWORD, **headers: str) -> int:
    sent = browser.post("/v1/session", json={"name": name, "password": password}, headers={**OWN, **headers})
    return sent.status_code


def test_a_browser_signs_in_looks_around_and_signs_out(browser: TestClient, gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    assert browser.get("/v1/session").status_code == 401
    assert enter(browser) == 200
    seen = browser.get("/v1/session").json()
    assert (seen["stage"], seen["account"]["display_name"]) == ("full", "张三")
    assert seen["permissions"] == sorted(seen["permissions"], key=[*Permission].index)
    assert browser.post("/v1/screenings", json=FLYER, headers=OWN).status_code == 200
    assert browser.delete("/v1/session", headers=OWN).status_code == 204
    assert browser.get("/v1/session").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: TestClient, gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    sent = browser.post("/v1/session", json={"name": "zhang.san", "password": PASSWORD})
    said = sent.headers["set-cookie"].lower()
    assert said.startswith(f"{COOKIE}=")
    assert {"httponly", "samesite=lax", "path=/"} <= {piece.strip() for piece in said.split(";")}
    assert sent.headers["cache-control"] == "no-store"


def test_over_tls_the_cookie_is_for_this_host_and_tls_only(app: FastAPI, gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    browser = through(app, url="https://testserver")
    sent = browser.post("/v1/session", json={"name": "zhang.san", "password": PASSWORD})
    assert sent.headers["set-cookie"].startswith(f"{SECURE_COOKIE}=")
    assert "; Secure" in sent.headers["set-cookie"]
    assert browser.get("/v1/session").status_code == 200


def test_a_cookie_of_the_plain_name_counts_for_nothing_over_tls(app: FastAPI, gate: Gate) -> None:
    opened = session_of(gate, account_with(gate, Role.GRID_WORKER))
    headers = {"cookie": f"{COOKIE}={opened.token}"}
    assert through(app, url="https://testserver").get("/v1/session", headers=headers).status_code == 401


def test_a_session_laid_before_signing_in_is_not_the_one_afterwards(browser: TestClient, gate: Gate) -> None:
    thief = session_of(gate, account_with(gate, Role.GRID_WORKER, name="thief"))
    account_with(gate, Role.GRID_WORKER)
    browser.cookies.set(COOKIE, thief.token)
    assert enter(browser) == 200
    tokens = [cookie.value for cookie in browser.cookies.jar if cookie.name == COOKIE]
    assert tokens[-1] != thief.token
    with gate.store.reading() as connection:
        assert [row["action"] for row in audit_rows(connection)][-1] == "session.close"


FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_changes_nothing_with_somebodys_cookie(
    browser: TestClient, gate: Gate, headers: Mapping[str, str]
) -> None:
    account_with(gate, Role.SYSTEM_ADMIN)
    gate.policy = gate_for(gate.store, second_factor=False).policy
    assert enter(browser) == 200
    body = {"sign_in_name": "evil", "display_name": "x", "roles": ["analyst"]}
    answer = browser.post("/v1/accounts", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "request_foreign")


@pytest.mark.parametrize("headers", [OWN, {"origin": "http://testserver"}, {"sec-fetch-site": "none"}])
def test_the_own_pages_do(browser: TestClient, gate: Gate, headers: Mapping[str, str]) -> None:
    account_with(gate, Role.GRID_WORKER)
    enter(browser)
    assert browser.post("/v1/screenings", json=FLYER, headers=headers).status_code == 200


def test_a_program_that_signs_in_shows_the_token_of_its_session(browser: TestClient, gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    enter(browser)
    token = browser.get("/v1/session").json()["csrf_token"]
    assert browser.post("/v1/screenings", json=FLYER, headers={"x-csrf-token": token}).status_code == 200
    assert browser.post("/v1/screenings", json=FLYER, headers={"x-csrf-token": token[:-1]}).status_code == 403


def test_another_site_signs_nobody_in(browser: TestClient, gate: Gate) -> None:
    account_with(gate, Role.GRID_WORKER)
    assert enter(browser, **{"sec-fetch-site": "cross-site"}) == 403


def test_a_session_that_still_asks_for_something_may_nothing_else(browser: TestClient, gate: Gate) -> None:
    account_with(gate, Role.SYSTEM_ADMIN)
    assert enter(browser) == 200
    assert browser.get("/v1/session").json()["permissions"] == []
    answer = browser.get("/v1/accounts")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_stage")


def test_the_whole_way_of_an_administrator(browser: TestClient, gate: Gate) -> None:
    account_with(gate, Role.SYSTEM_ADMIN)
    enter(browser)
    made = browser.post("/v1/session/second-factor/new", headers=OWN).json()
    assert made["qr_svg"].startswith("<svg")
    secret = b32decode(made["secret"] + "=" * (-len(made["secret"]) % 8))
    code = code_at(secret, step_at(gate.store.now()))
    done = browser.put("/v1/session/second-factor/new", json={"code": code}, headers=OWN)
    assert (done.json()["stage"], len(done.json()["recovery_codes"])) == ("full", 10)
    person = {"sign_in_name": "wang.wu", "display_name": "王五", "roles": ["grid_worker"], "town": "north"}
    added = browser.post("/v1/accounts", json=person, headers=OWN)
    assert added.status_code == 201
    address, _, token = added.json()["link"].partition("#")
    assert address == "http://testserver/invite"
    account = added.json()["account"]
    path = f"/v1/accounts/{account['id']}"
    assert browser.get(path, headers={"if-none-match": added.headers["etag"]}).status_code == 304
    newcomer = through(browser.app)  # type: ignore[arg-type]
    chosen = {"token": token, "password": "Hua-Shan-2154m"}
    assert newcomer.post("/v1/session/invite", json=chosen).json()["stage"] == "full"
    assert newcomer.post("/v1/session/invite", json=chosen).json()["code"] == "invite_unusable"
    person.pop("sign_in_name")
    stale = browser.put(path, json=person, headers={**OWN, "if-match": added.headers["etag"]})
    assert stale.status_code == 412
    assert browser.put(path, json={**person, "town": "south"}, headers=OWN).status_code == 200
    assert newcomer.get("/v1/session").status_code == 401
    assert browser.get("/v1/accounts").json()["items"][-1]["town"] == "south"
    assert browser.post(f"{path}/disable", headers=OWN).json()["state"] == "disabled"


def test_until_somebody_has_an_account_who_sits_here_may_try_it(browser: TestClient, gate: Gate) -> None:
    assert browser.post("/v1/screenings", json=FLYER).status_code == 200
    account_with(gate, Role.GRID_WORKER)
    assert browser.post("/v1/screenings", json=FLYER).json()["code"] == "not_signed_in"
    answer = browser.get("/v1/screenings/x")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="risk_screen"')


HANDED_ON = ["x-forwarded-for", "x-forwarded-proto", "forwarded", "via", "x-real-ip", "x-forwarded-host"]


@pytest.mark.parametrize("header", HANDED_ON)
def test_what_a_proxy_hands_on_is_nobody_who_sits_here(browser: TestClient, gate: Gate, header: str) -> None:
    assert browser.post("/v1/screenings", json=FLYER, headers={header: "127.0.0.1"}).status_code == 401


@pytest.mark.parametrize("address", ["10.1.2.3", "testclient", "192.168.0.1", "::ffff:10.0.0.1"])
def test_who_sits_elsewhere_needs_credentials_from_the_first_day(app: FastAPI, gate: Gate, address: str) -> None:
    assert through(app, address).post("/v1/screenings", json=FLYER).status_code == 401
    spoofed = through(app, address).post("/v1/screenings", json=FLYER, headers={"x-forwarded-for": "127.0.0.1"})
    assert spoofed.status_code == 401


def test_where_access_is_required_this_machine_needs_credentials_too(app: FastAPI, gate: Gate) -> None:
    app.state.gate = gate_for(gate.store, Site(AccessMode.REQUIRED))
    assert through(app).post("/v1/screenings", json=FLYER).status_code == 401


def networks(text: str) -> dict[str, object]:
    return {"networks": TypeAdapter(Networks).validate_python(text)}


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("10.2.0.7", None, 200),
        ("10.9.0.7", None, 403),
        ("10.9.0.7", "10.2.0.7", 403),  # not a proxy of ours: what it says of itself counts for nothing
        ("10.0.0.1", "10.2.0.7", 200),
        ("10.0.0.1", "10.2.0.7, 10.9.0.7", 403),  # only what our proxy added counts
        ("10.0.0.1", "10.9.0.7, 10.2.0.7", 200),
        ("10.0.0.1", "10.2.0.7, nonsense", 403),
        ("10.0.0.1", None, 403),
    ],
)
def test_a_key_works_from_its_networks_only(
    app: FastAPI, gate: Gate, peer: str, forwarded: str | None, status: int
) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING, **networks("10.2.0.0/16"))
    app.state.gate = gate_for(gate.store, Site(trusted_proxies=PROXY))
    headers = {**with_key(key), **({} if forwarded is None else {"x-forwarded-for": forwarded})}
    assert through(app, peer).post("/v1/screenings", json=FLYER, headers=headers).status_code == status


def test_a_key_with_a_wrong_secret_is_unknown_like_any_other(browser: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING)
    wrong = [key.text[:-1] + ("0" if key.text[-1] != "0" else "1"), "rs_" + "0" * 16 + key.text[19:], "rs_x", ""]
    answers = [browser.get("/v1/screenings/x", headers={"authorization": f"Bearer {text}"}) for text in wrong]
    assert {(one.status_code, one.json()["code"], one.json()["detail"]) for one in answers} == {
        (401, "key_unknown", answers[0].json()["detail"])
    }


def test_a_wrong_secret_does_not_use_up_the_limit_of_the_key(browser: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING, requests_per_minute=2)
    wrong = {"authorization": f"Bearer {key.text[:-64]}{'0' * 64}"}
    assert {browser.get("/v1/screenings/x", headers=wrong).status_code for _ in range(5)} == {401}
    assert browser.post("/v1/screenings", json=FLYER, headers=with_key(key)).status_code == 200


def test_a_key_that_asks_too_often_is_told_when_to_come_back(browser: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING, requests_per_minute=3)
    answers = [browser.post("/v1/screenings", json=FLYER, headers=with_key(key)) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["ratelimit"].split(";")[1] for one in answers[:3]] == ["r=2", "r=1", "r=0"]
    assert answers[0].headers["ratelimit-policy"] == '"key";q=3;w=60'
    assert (answers[3].json()["code"], 1 <= int(answers[3].headers["retry-after"]) <= 60) == ("key_rate", True)


def test_a_revoked_key_is_refused_once_what_is_remembered_is_old(browser: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING)
    gate.keys._seconds = 0.0
    assert browser.post("/v1/screenings", json=FLYER, headers=with_key(key)).status_code == 200
    revoke_key(gate.store, OFFICE, key.key.stored.id)
    assert browser.post("/v1/screenings", json=FLYER, headers=with_key(key)).json()["code"] == "key_revoked"


def test_a_key_sees_what_its_institution_sent_and_nothing_else(browser: TestClient, gate: Gate) -> None:
    both = (Permission.SCREEN_MARKETING, Permission.READ_ASSESSMENT)
    mine, theirs, everybodys = (key_with(gate.store, *both, party=party) for party in ("bureau", "other", ""))
    sent = browser.post("/v1/screenings", json=FLYER, headers=with_key(mine))
    path = f"/v1/screenings/{sent.json()['id']}"
    assert [browser.get(path, headers=with_key(one)).status_code for one in (mine, theirs, everybodys)] == [
        200,
        404,
        200,
    ]


def test_towns_and_grid_workers_see_their_own(app: FastAPI, gate: Gate) -> None:
    worker, colleague = (account_with(gate, Role.GRID_WORKER, name=name) for name in ("one", "two"))
    office, force = (account_with(gate, role, name=role.value) for role in (Role.TOWN_OFFICE, Role.TASK_FORCE))
    admin = account_with(gate, Role.SYSTEM_ADMIN, name="admin2")
    seats = [{"cookie": f"{COOKIE}={session_of(gate, one).token}"} for one in (worker, colleague, office, force, admin)]
    client = through(app)
    sent = client.post("/v1/screenings", json=FLYER, headers={**seats[0], **OWN})
    path = f"/v1/screenings/{sent.json()['id']}"
    assert [client.get(path, headers=one).status_code for one in seats] == [200, 404, 200, 200, 403]


def test_every_reader_of_a_result_is_in_the_trail_once_in_a_while(browser: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING, Permission.READ_ASSESSMENT)
    sent = browser.post("/v1/screenings", json=FLYER, headers=with_key(key))
    for _ in range(3):
        browser.get(f"/v1/screenings/{sent.json()['id']}", headers=with_key(key))
    browser.get("/v1/screenings/nothing", headers=with_key(key))
    with gate.store.reading() as connection:
        rows = [row for row in audit_rows(connection) if row["action"] == "assessment.read"]
    assert [(row["actor_kind"], row["actor_id"], row["subject_id"]) for row in rows] == [
        ("key", key.key.stored.id, sent.json()["id"])
    ]


def test_a_key_is_made_by_an_administrator_shown_once_and_kept_as_a_hash(browser: TestClient, gate: Gate) -> None:
    gate.policy = gate_for(gate.store, second_factor=False).policy
    account_with(gate, Role.SYSTEM_ADMIN)
    enter(browser)
    body = {
        "name": "登记系统",
        "permissions": ["registration.screen"],
        "networks": ["10.2.0.0/16"],
        "expires_at": "2027-06-01T00:00:00+08:00",
    }
    made = browser.post("/v1/keys", json=body, headers=OWN)
    assert made.status_code == 201
    listed = browser.get("/v1/keys")
    assert made.json()["text"] not in listed.text
    assert made.json()["text"].split("_")[2] not in listed.text
    assert listed.json()["items"][0]["id"] == made.json()["text"].split("_")[1]
    for change in (
        {"permissions": [next(iter(PEOPLE_ONLY))]},
        {"expires_at": "2020-01-01T00:00:00+08:00"},
        {"expires_at": "2027-06-01T00:00:00"},
        {"expires_at": "2090-06-01T00:00:00+08:00"},
    ):
        assert browser.post("/v1/keys", json=body | change, headers=OWN).json()["code"] == "key_terms"
    path = f"/v1/keys/{made.json()['key']['id']}"
    assert browser.post(f"{path}/revoke", headers=OWN).json()["revoked_at"]
    assert browser.get(path).json()["version"] == 2


def test_who_is_disabled_is_out_at_once(browser: TestClient, gate: Gate) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    enter(browser)
    assert browser.get("/v1/sessions").status_code == 200
    disable_account(Administration(gate.store, OFFICE), account.id)
    gate.forget()
    assert browser.get("/v1/sessions").status_code == 401


def test_own_sessions_are_seen_and_ended_over_http(browser: TestClient, gate: Gate) -> None:
    account = account_with(gate, Role.GRID_WORKER)
    other = session_of(gate, account)
    enter(browser)
    items = browser.get("/v1/sessions").json()["items"]
    assert [one["is_this"] for one in items].count(True) == 1
    path = f"/v1/sessions/{other.signed_in.session.id}"
    assert [browser.delete(path, headers=OWN).status_code for _ in range(2)] == [204, 404]


def test_a_body_of_nobody_is_not_even_read(app: FastAPI, gate: Gate) -> None:
    answer = through(app, "10.1.2.3").post(
        "/v1/screenings", content=b"{not json", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 401
