"""The header Idempotency-Key: sent twice, done once."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from builders import CannedScreener
from risk_screen.operations.feed import events_after
from risk_screen.operations.store import Store

FLYER = {"channel": "marketing", "text": "保本保息"}
BATCH = {"items": [FLYER, {"channel": "marketing", "text": " "}]}


def post(client: TestClient, body: Any, key: str | None, path: str = "/v1/screenings") -> Any:
    return client.post(path, json=body, headers={} if key is None else {"Idempotency-Key": key})


@pytest.mark.parametrize(("path", "body"), [("/v1/screenings", FLYER), ("/v1/screenings/batch", BATCH)])
def test_the_same_request_gets_the_same_bytes_and_is_stored_once(
    client: TestClient, store: Store, path: str, body: Any
) -> None:
    first, again = post(client, body, "K-1", path), post(client, body, "K-1", path)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert len(events_after(store, 0).events) == 1


def test_another_body_under_the_key_is_a_conflict(client: TestClient, store: Store) -> None:
    post(client, FLYER, "K-1")
    refused = post(client, {**FLYER, "text": "张三丰"}, "K-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_conflict")
    assert "Idempotency-Key" in refused.json()["detail"]
    assert "张三丰" not in refused.text
    assert post(client, BATCH, "K-1", "/v1/screenings/batch").status_code == 409
    assert len(events_after(store, 0).events) == 1


def test_without_the_header_or_under_another_key_it_is_stored_again(client: TestClient, store: Store) -> None:
    ids = {post(client, FLYER, key).json()["id"] for key in (None, None, "K-1", "K-2")}
    assert len(ids) == len(events_after(store, 0).events) == 4


def test_a_refused_request_may_be_mended_under_its_key(client: TestClient) -> None:
    assert post(client, {**FLYER, "text": " "}, "K-1").status_code == 422
    assert post(client, FLYER, "K-1").status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "\x7f"])
def test_a_key_that_is_none_is_told(client: TestClient, store: Store, key: str) -> None:
    refused = post(client, FLYER, key)
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")
    assert "Idempotency-Key" in refused.json()["detail"]
    assert events_after(store, 0).events == ()


def test_a_long_text_is_screened_and_stored_like_a_short_one(client: TestClient, app: FastAPI) -> None:
    answer = post(client, {**FLYER, "text": "长" * 50_000}, None)
    assert answer.status_code == 200
    screener = app.state.screener
    assert isinstance(screener, CannedScreener)
    assert len(screener.asked) == 1


def test_a_number_with_a_character_no_database_takes_is_told(client: TestClient) -> None:
    refused = post(client, {**FLYER, "external_id": "a\x00b"}, None)
    assert (refused.status_code, refused.json()["code"]) == (422, "request_invalid")


def test_a_batch_sent_again_is_not_screened_again(client: TestClient, app: FastAPI) -> None:
    first = post(client, BATCH, "K-1", "/v1/screenings/batch")
    app.state.screener = None
    assert post(client, BATCH, "K-1", "/v1/screenings/batch").content == first.content


def test_a_batch_of_problems_alone_opens_no_transaction(client: TestClient, store: Store) -> None:
    commits: list[object] = []
    store.committed = commits.append
    problems = {"items": [{"channel": "marketing", "text": " "}]}
    assert post(client, problems, None, "/v1/screenings/batch").status_code == 200
    assert commits == []
    post(client, problems, "K-1", "/v1/screenings/batch")
    assert len(commits) == 1


GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
WRITES = {"post", "put", "patch", "delete"}


def test_every_operation_that_writes_takes_a_key_or_the_guide_says_why_not(client: TestClient) -> None:
    section = GUIDE.read_text(encoding="utf-8").split("### 没有 Idempotency-Key 的请求")[1].split("\n## ")[0]
    excepted = re.findall(r"`((?:POST|PUT|PATCH|DELETE) /v1/\S+?)`", section)
    without_key = [
        f"{method.upper()} {path}"
        for path, operations in client.get("/openapi.json").json()["paths"].items()
        for method, operation in operations.items()
        if method in WRITES and "Idempotency-Key" not in {one["name"] for one in operation.get("parameters", [])}
    ]
    assert sorted(excepted) == sorted(without_key)
