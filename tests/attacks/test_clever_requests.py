"""Attacks by well-formed requests: what a thief, a colleague or another site would try."""

import gzip
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from people import account_with, key_with, session_of, with_key
from risk_screen.access.identity import Reach
from risk_screen.access.roles import Permission, Role
from risk_screen.api.identity import COOKIE
from risk_screen.delivery.provincial import MappingFileError, PlatformMapping
from risk_screen.operations.gate import Gate
from risk_screen.storage.searching import Search, search_assessments
from risk_screen.storage.tables import submitted_texts

FLYER = {"channel": "marketing", "text": "保本保息"}
OWN = {"sec-fetch-site": "same-origin"}
NEW = {"sign_in_name": "li.si", "display_name": "李四", "roles": ["grid_worker"], "town": "north"}


def seat(gate: Gate, role: Role) -> dict[str, str]:
    return {**OWN, "cookie": f"{COOKIE}={session_of(gate, account_with(gate, role, name=f'u-{role}')).token}"}


@pytest.mark.parametrize(
    ("header", "said"),
    [("host", "10.2.0.1"), ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example")],
)
def test_an_invite_link_leads_to_the_public_address_whatever_the_request_says(
    client: TestClient, gate: Gate, header: str, said: str
) -> None:
    headers = seat(gate, Role.SYSTEM_ADMIN)
    gate.site = replace(gate.site, public_url="https://risk.example.cn")
    headers["cookie"] = headers["cookie"].replace(COOKIE, f"__Host-{COOKIE}")
    made = client.post("/v1/accounts", json=NEW, headers={**headers, header: said})
    assert made.status_code == 201, made.text
    assert made.json()["link"].startswith("https://risk.example.cn/")


@pytest.mark.parametrize("host", ["evil.example", "localhost:80@evil.example", "testserver/evil.example/"])
@pytest.mark.parametrize("public_url", ["", "https://risk.example.cn"])
def test_no_link_is_made_for_a_name_that_is_not_ours(
    client: TestClient, gate: Gate, host: str, public_url: str
) -> None:
    headers = seat(gate, Role.SYSTEM_ADMIN) | {"host": host}
    gate.site = replace(gate.site, public_url=public_url)
    assert client.post("/v1/accounts", json=NEW, headers=headers).status_code == 421
    assert client.get("/v1/session/single-sign-on", headers=headers).status_code == 421


@pytest.mark.parametrize(
    "extra", [{"id": "a-1"}, {"is_admin": True}, {"party": "bureau", "version": 9}, {"password_hash": "x"}]
)
def test_a_field_that_nobody_asked_for_is_refused(client: TestClient, gate: Gate, extra: dict[str, object]) -> None:
    headers = seat(gate, Role.SYSTEM_ADMIN)
    answer = client.post("/v1/accounts", json={**NEW, **extra}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert client.post("/v1/accounts", json=NEW, headers=headers).status_code == 201


@pytest.mark.parametrize("extra", [{"made_by": "x"}, {"party": "other"}, {"town": "south"}, {"score": 0}])
def test_nobody_sends_in_the_name_of_another(client: TestClient, gate: Gate, extra: dict[str, object]) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING, party="bureau")
    assert client.post("/v1/screenings", json={**FLYER, **extra}, headers=with_key(key)).status_code == 422


def test_a_key_asks_no_oftener_by_claiming_other_addresses(client: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING, requests_per_minute=3)
    spellings = ("Bearer ", "bearer ", "BEARER   ", "Bearer ", "bEARER ")
    claims = [{"authorization": said + key.text, "x-forwarded-for": f"10.3.0.{n}"} for n, said in enumerate(spellings)]
    answers = [client.post("/v1/screenings", json=FLYER, headers=one) for one in claims]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-http-method"])
def test_a_method_in_a_header_counts_for_nothing(client: TestClient, gate: Gate, header: str) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING)
    answer = client.post("/v1/screenings", json=FLYER, headers={**with_key(key), header: "DELETE"})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["x-original-url", "x-rewrite-url"])
def test_an_address_in_a_header_counts_for_nothing(client: TestClient, gate: Gate, header: str) -> None:
    assert "link" not in client.get("/healthz", headers={header: "/v1/accounts"}).text


@pytest.mark.parametrize("path", ["/v1/screenings", "/v1/screenings/batch"])
def test_of_a_key_that_stands_twice_the_last_counts_and_is_what_is_kept(
    client: TestClient, gate: Gate, path: str
) -> None:
    """Whoever checks bodies on the way and reads the first sees another text: it cannot be told as the same request."""
    key = key_with(gate.store, Permission.SCREEN_MARKETING, Permission.SCREEN_REGISTRATION)
    headers = {**with_key(key), "idempotency-key": "k-1", "content-type": "application/json"}
    one = '{"channel":"registration","channel":"marketing","text":"第一段","text":"保本保息"}'
    body = one if path.endswith("screenings") else f'{{"items":[],"items":[{one}]}}'
    assert client.post(path, content=body, headers=headers).status_code == 200
    with gate.store.reading() as connection:
        kept = connection.execute(select(submitted_texts.c.fields)).scalars().all()
    assert [json.loads(fields) for fields in kept] == [{"text": "保本保息"}]
    told = client.post(path, content=body.replace('"text":"第一段",', ""), headers=headers)
    assert (told.status_code, told.json()["code"]) == (409, "idempotency_conflict")
    assert client.post(path, content=body, headers=headers).headers["idempotent-replayed"] == "true"


def test_a_key_that_stands_twice_smuggles_no_field_in(client: TestClient, gate: Gate) -> None:
    headers = {**seat(gate, Role.SYSTEM_ADMIN), "content-type": "application/json"}
    body = json.dumps(NEW)[:-1] + ', "roles": ["system_admin"], "roles": ["grid_worker"]}'
    assert client.post("/v1/accounts", content=body, headers=headers).json()["account"]["roles"] == ["grid_worker"]
    body = json.dumps({**NEW, "sign_in_name": "wang.wu"})[:-1] + ', "id": "a-1", "id": "a-1"}'
    assert client.post("/v1/accounts", content=body, headers=headers).status_code == 422


def test_a_compressed_body_is_not_unpacked(client: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING)
    bomb = gzip.compress(json.dumps({**FLYER, "text": "保" * 1_000_000}).encode())
    headers = {**with_key(key), "content-encoding": "gzip", "content-type": "application/json"}
    answer = client.post("/v1/screenings", content=bomb, headers=headers)
    assert answer.status_code in (400, 415)


def test_no_private_answer_may_be_kept_by_a_cache(client: TestClient, gate: Gate) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING, Permission.READ_ASSESSMENT)
    sent = client.post("/v1/screenings", json=FLYER, headers=with_key(key))
    read = client.get(f"/v1/screenings/{sent.json()['id']}", headers=with_key(key))
    admin = client.get("/v1/accounts", headers=seat(gate, Role.SYSTEM_ADMIN))
    for answer in (sent, read, admin, client.get("/v1/accounts")):
        assert {"no-store", "private"} & set(answer.headers["cache-control"].replace(",", " ").split())
        assert (answer.headers["x-frame-options"], answer.headers["x-content-type-options"]) == ("DENY", "nosniff")


def test_a_tag_tells_nothing_to_who_may_not_read(client: TestClient, gate: Gate) -> None:
    office, worker = seat(gate, Role.SYSTEM_ADMIN), seat(gate, Role.GRID_WORKER)
    tag = client.get("/v1/accounts", headers=office).headers["etag"]
    for wanted in (tag, "*"):
        assert client.get("/v1/accounts", headers={**worker, "if-none-match": wanted}).status_code == 403


@pytest.mark.parametrize("number", ["a\r\nlevel=error", 'x","level":"error', "\x1b[2J", "a" * 5_000])
def test_no_line_is_slipped_into_the_log(client: TestClient, caplog: pytest.LogCaptureFixture, number: str) -> None:
    with caplog.at_level(logging.INFO, logger="risk_screen"):
        answer = client.get("/v1/screenings/a%0d%0aforged", headers={b"x-request-id": number.encode("latin-1")})
    assert caplog.records
    assert answer.headers["x-request-id"] != number
    assert not any("forged" in str(record.__dict__) or number in str(record.__dict__) for record in caplog.records)


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", "\\", "保%息", '"; DROP TABLE assessments; --'])
def test_no_word_of_a_search_is_read_as_sql(client: TestClient, gate: Gate, words: str) -> None:
    key = key_with(gate.store, Permission.SCREEN_MARKETING)
    assert client.post("/v1/screenings", json=FLYER, headers=with_key(key)).status_code == 200
    with gate.store.reading() as connection:
        found = [
            search_assessments(connection, Reach(everything=True), Search(words=one), 10) for one in (words, "本保")
        ]
    assert [len(one) for one in found] == [0, 1]


@pytest.mark.parametrize("prefix", ["../x", "/etc/x", "a/b", "..", "a\\b", "a\0b"])
def test_a_hand_over_writes_only_into_its_folder(tmp_path: Path, prefix: str) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(json.dumps({"prefix": prefix, "columns": {"id": "编号"}}), encoding="utf-8")
    with pytest.raises(MappingFileError):
        PlatformMapping.from_file(path)


def test_a_tag_in_a_mapping_file_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(f"columns: !!python/object/apply:os.mkdir ['{tmp_path}/made']\n", encoding="utf-8")
    with pytest.raises(MappingFileError):
        PlatformMapping.from_file(path)
    assert not (tmp_path / "made").exists()
