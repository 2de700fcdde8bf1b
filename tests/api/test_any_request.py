"""Whatever is sent, the answer is a documented one, it is never a fault, and it does not repeat what was sent."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["channel", "text", "name", "business_scope", "external_id", "items", "facts"])
CHANNELS = st.sampled_from(["registration", "marketing", "ads", None])
NEARLY_RIGHT = st.dictionaries(NAMES, JSON_VALUES, max_size=4).flatmap(
    lambda fields: CHANNELS.map(lambda channel: {"channel": channel, **fields})
)
FIXTURES = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
MARK = "不得回显"


@pytest.fixture
def documented(client: TestClient) -> dict[str, set[int]]:
    paths = client.get("/openapi.json").json()["paths"]
    return {path: {int(s) for o in operations.values() for s in o["responses"]} for path, operations in paths.items()}


def post(client: TestClient, path: str, body: bytes) -> Any:
    return client.post(path, content=body, headers={"content-type": "application/json"})


@FIXTURES
@given(body=NEARLY_RIGHT | JSON_VALUES)
def test_any_json(client: TestClient, app: FastAPI, documented: dict[str, set[int]], body: Any) -> None:
    for path, sent in (
        ("/v1/screenings", body),
        ("/v1/screenings/batch", body),
        ("/v1/screenings/batch", {"items": [body]}),
    ):
        response = post(client, path, json.dumps(sent).encode())
        assert response.status_code in documented[path] - {500, 503}
        assert response.json()


@FIXTURES
@given(body=st.binary(max_size=200))
def test_any_bytes(client: TestClient, body: bytes) -> None:
    response = post(client, "/v1/screenings", body)
    assert response.status_code in {200, 400, 422}
    assert response.headers["content-type"].endswith("json")


@FIXTURES
@given(body=NEARLY_RIGHT, places=st.lists(st.sampled_from(["key", "value", "channel"]), min_size=1, max_size=3))
def test_no_answer_to_a_bad_request_repeats_it(client: TestClient, body: dict[str, Any], places: list[str]) -> None:
    marks = {"key": {MARK: "x"}, "value": {"text": [MARK]}, "channel": {"channel": MARK}}
    for place in places:
        body = {**body, **marks[place]}
    response = post(client, "/v1/screenings", json.dumps(body).encode())
    assert response.status_code == 422
    assert MARK not in response.text


@FIXTURES
@given(number=st.text(min_size=1, max_size=40))
def test_any_number_asked_for(client: TestClient, number: str) -> None:
    from urllib.parse import quote

    response = client.get(f"/v1/screenings/{quote(number.encode('utf-8', 'surrogatepass'), safe='')}")
    assert response.status_code in {404, 405}
    assert response.headers["content-type"] == "application/problem+json"
