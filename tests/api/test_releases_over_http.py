"""A release is uploaded as a form with a file, by program as by page; another person decides on it."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from signed_in_as import SignedInAs
from starlette.testclient import TestClient

from people import gate_for
from risk_screen import Screener
from risk_screen.access.actor import Actor
from risk_screen.access.caller import AccessMode, Site
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.api.app import create_app
from risk_screen.api.multipart import UploadUnreadableError, parts_of
from risk_screen.operations.release_archive import write_archive
from risk_screen.operations.store import Store
from risk_screen.web.pages import add_pages
from risk_screen.wiring import keep_versions_in_service

RULES = Path(__file__).parents[1] / "rules" / "small_rulebook"
ANALYST = Identity(Actor("person", "p-7"), frozenset({Role.ANALYST}))
LEAD = Identity(Actor("person", "p-3"), frozenset({Role.TASK_FORCE_LEAD}))
BOTH = Identity(Actor("person", "p-8"), frozenset({Role.ANALYST, Role.TASK_FORCE_LEAD}))
FILES = {f"rules/{path.name}": path.read_bytes() for path in RULES.glob("*.yaml")}
PACKED = write_archive(
    FILES | {"rules/policy.yaml": FILES["rules/policy.yaml"].replace(b"version: 1\n", b"version: 7\n", 1)}
)


@pytest.fixture
def app(store: Store) -> FastAPI:
    screener = Screener.load(RULES)
    keep_versions_in_service(store, screener, RULES)
    made = create_app(screener, store)
    made.state.gate = gate_for(store, Site(AccessMode.REQUIRED))
    add_pages(made)
    return made


def asked_by(app: FastAPI, identity: Identity) -> TestClient:
    return TestClient(SignedInAs(app, identity), client=("127.0.0.1", 50000), follow_redirects=False)


def sent(app: FastAPI, identity: Identity, path: str = "/v1/releases", content: bytes = PACKED, **more: str) -> Any:
    said = {"reason": "按通报补充", **more}
    return asked_by(app, identity).post(path, data=said, files={"content": ("release.zip", content)})


def test_one_uploads_and_another_releases(app: FastAPI) -> None:
    made = sent(app, BOTH)
    assert (made.status_code, made.headers["etag"], made.json()["reason"]) == (201, '"v1"', "按通报补充")
    address = f"/v1/releases/{made.json()['id']}"
    refused = asked_by(app, BOTH).post(f"{address}/release", json={"note": "同意"})
    assert (refused.status_code, refused.json()["code"]) == (403, "release_refused")
    assert "不同的人" in refused.json()["detail"]
    stale = asked_by(app, LEAD).post(f"{address}/release", json={}, headers={"if-match": '"v9"'})
    assert stale.status_code == 412
    released = asked_by(app, LEAD).post(f"{address}/release", json={"note": "同意"}, headers={"if-match": '"v1"'})
    assert (released.status_code, released.json()["in_service"]) == (200, True)
    shown = asked_by(app, ANALYST).get(address, headers={"if-none-match": '"v2"'})
    assert shown.status_code == 304
    assert [one["id"] for one in asked_by(app, LEAD).get("/v1/releases").json()["items"]] == [made.json()["id"]]


@pytest.mark.parametrize(
    ("content", "reason", "status", "code"),
    [
        (b"no zip", "理由", 422, "release_archive_invalid"),
        (PACKED, " ", 415, "upload_unreadable"),
        (PACKED, "长" * 5_000, 415, "upload_unreadable"),
        (write_archive({"rules/rulebook.yaml": b"x: 1"}), "理由", 422, "release_unfit"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_why(
    app: FastAPI, content: bytes, reason: str, status: int, code: str
) -> None:
    answer = sent(app, ANALYST, content=content, reason=reason)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_pages_lead_from_the_form_to_the_decision(app: FastAPI) -> None:
    analyst, lead = asked_by(app, ANALYST), asked_by(app, LEAD)
    assert "还没有发布过" in lead.get("/releases").text
    assert 'enctype="multipart/form-data"' in analyst.get("/releases/propose").text
    wrong = sent(app, ANALYST, "/releases", b"no zip")
    assert (wrong.status_code, "不是完整的 zip" in wrong.text) == (422, True)
    address = sent(app, ANALYST, "/releases").headers["location"].partition("?")[0]
    assert "等待决定" in analyst.get(address).text
    assert "<button" not in analyst.get(address).text
    assert "第 1 版 → 第 7 版" in lead.get(address).text
    done = lead.post(f"{address}/release", data={"version": "1", "note": "同意"})
    assert done.status_code == 303
    assert "正在使用" in lead.get("/releases").text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        b"--b\r\nno head--b--",
        b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx',
        b'--b\r\ncontent-disposition: form-data; name="../a"\r\n\r\nx\r\n--b--\r\n',
        b'--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n' * 20 + b"--b--\r\n",
    ],
)
def test_a_body_that_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(UploadUnreadableError):
        parts_of(body, b"b")


def test_a_file_comes_through_byte_for_byte() -> None:
    content = bytes(range(256)) * 3 + b"\r\n--not the boundary\r\n"
    head = b'--b\r\nContent-Disposition: form-data; name="content"; filename="\xe5.zip"\r\nContent-Type: x\r\n\r\n'
    assert parts_of(head + content + b"\r\n--b--\r\n", b"b") == {"content": content}
