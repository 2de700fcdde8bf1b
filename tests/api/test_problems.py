"""Whatever comes in, the answer is a documented problem in Chinese that does not repeat the text."""

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

import risk_screen.api.app
import risk_screen.web.pages  # noqa: F401 - so that every error class is known
from risk_screen.api.problems import HTTP_PROBLEMS, STATUS, TITLES, problem_of
from risk_screen.errors import RiskScreenError
from risk_screen.operations.store import Store
from risk_screen.screening.submission import MAX_CHARACTERS
from risk_screen.storage.database import writing
from risk_screen.storage.tables import metadata

SECRET = "张三丰的秘密"
JSON = "application/json"
SCREEN, BATCH = "/v1/screenings", "/v1/screenings/batch"


def sent(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


BODIES: list[tuple[str, str, bytes, int, str]] = [
    ("no body", SCREEN, b"", 422, "request_invalid"),
    ("empty object", SCREEN, b"{}", 422, "request_invalid"),
    ("null", SCREEN, b"null", 422, "request_invalid"),
    ("list", SCREEN, sent([SECRET]), 422, "request_invalid"),
    ("string", SCREEN, sent(SECRET), 422, "request_invalid"),
    ("broken json", SCREEN, b'{"text": "' + SECRET.encode(), 400, "json_invalid"),
    ("gbk", SCREEN, sent({"channel": "marketing", "text": SECRET}).decode().encode("gbk"), 400, "json_invalid"),
    ("nested bomb", SCREEN, b"[" * 200_000, 400, "json_invalid"),
    ("nested bomb, closed", SCREEN, b'{"text":' * 100_000 + b"1" + b"}" * 100_000, 400, "json_invalid"),
    ("huge integer", SCREEN, b'{"channel": "marketing", "text": 1' + b"0" * 10_000 + b"}", 400, "json_invalid"),
    ("huge float", SCREEN, b'{"channel": "marketing", "text": 1e999}', 422, "request_invalid"),
    ("not a number", SCREEN, b'{"channel": "marketing", "text": NaN}', 422, "request_invalid"),
    ("no channel", SCREEN, sent({"text": SECRET}), 422, "request_invalid"),
    ("unknown channel", SCREEN, sent({"channel": SECRET, "text": SECRET}), 422, "unknown_channel"),
    ("channel of wrong type", SCREEN, sent({"channel": [SECRET], "text": SECRET}), 422, "unknown_channel"),
    ("text of wrong type", SCREEN, sent({"channel": "marketing", "text": [SECRET]}), 422, "request_invalid"),
    ("unknown field", SCREEN, sent({"channel": "marketing", "text": "好", SECRET: SECRET}), 422, "request_invalid"),
    ("field of the other channel", SCREEN, sent({"channel": "marketing", "name": SECRET}), 422, "wrong_field"),
    ("empty text", SCREEN, sent({"channel": "marketing", "text": ""}), 422, "text_blank"),
    ("blank text", SCREEN, sent({"channel": "marketing", "text": " \n\u3000"}), 422, "text_blank"),
    ("no text", SCREEN, sent({"channel": "marketing"}), 422, "text_blank"),
    ("null text", SCREEN, sent({"channel": "registration", "name": None}), 422, "text_blank"),
    ("long text", SCREEN, sent({"channel": "marketing", "text": "长" * (MAX_CHARACTERS + 1)}), 413, "text_too_long"),
    ("huge body", SCREEN, b" " * (4 * 2**20 + 1), 413, "body_too_large"),
    ("huge batch", BATCH, b" " * (32 * 2**20 + 1), 413, "body_too_large"),
    ("empty number", SCREEN, sent({"channel": "marketing", "text": "好", "external_id": ""}), 422, "request_invalid"),
    ("blank number", SCREEN, sent({"channel": "marketing", "text": "好", "external_id": " "}), 422, "request_invalid"),
    (
        "long number",
        SCREEN,
        sent({"channel": "marketing", "text": "好", "external_id": SECRET * 50}),
        422,
        "request_invalid",
    ),
    (
        "half a character in the number",
        SCREEN,
        b'{"channel": "marketing", "text": "a", "external_id": "\\ud800"}',
        422,
        "request_invalid",
    ),
    ("batch without items", BATCH, b"{}", 422, "request_invalid"),
    ("empty batch", BATCH, sent({"items": []}), 422, "request_invalid"),
    ("batch of wrong type", BATCH, sent({"items": SECRET}), 422, "request_invalid"),
    ("batch broken", BATCH, b'{"items": [', 400, "json_invalid"),
]


def check(response: Any, status: int, code: str) -> None:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert set(body) == {"type", "title", "status", "code", "detail", "request_id"}
    assert body["request_id"] == response.headers["x-request-id"]
    assert re.search(r"[\u4e00-\u9fff]{4}", body["detail"])
    assert SECRET not in response.text


def documented(client: TestClient, path: str, method: str) -> set[int]:
    return {int(status) for status in client.get("/openapi.json").json()["paths"][path][method]["responses"]}


@pytest.mark.parametrize(("path", "body", "status", "code"), [b[1:] for b in BODIES], ids=[b[0] for b in BODIES])
def test_a_bad_body_is_a_documented_problem(client: TestClient, path: str, body: bytes, status: int, code: str) -> None:
    check(client.post(path, content=body, headers={"content-type": JSON}), status, code)
    assert status in documented(client, path, "post")


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml", "x"]
)
@pytest.mark.parametrize("path", [SCREEN, BATCH])
def test_only_json_is_read(client: TestClient, path: str, content_type: str) -> None:
    body = sent({"channel": "marketing", "text": SECRET})
    check(client.post(path, content=body, headers={"content-type": content_type}), 415, "content_type_unsupported")
    assert 415 in documented(client, path, "post")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_named_in_any_of_its_spellings(client: TestClient, content_type: str) -> None:
    body = sent({"channel": "marketing", "text": "好"})
    assert client.post(SCREEN, content=body, headers={"content-type": content_type}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nowhere", 404, "not_found"),
        ("GET", "/v1/screenings/no-such-id", 404, "assessment_not_found"),
        ("GET", f"/v1/screenings/{SECRET}", 404, "assessment_not_found"),
        ("GET", "/v1/screenings/%ff%fe%00", 404, "assessment_not_found"),
        ("GET", "/v1/screenings", 405, "method_not_allowed"),
        ("DELETE", "/v1/screenings/x", 405, "method_not_allowed"),
        ("PUT", "/healthz", 405, "method_not_allowed"),
    ],
)
def test_a_wrong_address_or_method_is_a_problem(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path)
    check(response, status, code)
    assert ("allow" in response.headers) == (status == 405)


def test_a_store_that_fails_is_told_and_to_be_tried_again(client: TestClient, store: Store) -> None:
    with writing(store.engine) as connection:
        metadata.drop_all(connection)
    one = {"channel": "marketing", "text": SECRET}
    for response in (
        client.post(SCREEN, json=one),
        client.post(BATCH, json={"items": [one]}),
        client.get("/v1/screenings/x"),
    ):
        check(response, 503, "store_unavailable")
        assert response.headers["retry-after"] == "5"
    assert 503 in documented(client, "/v1/screenings/{assessment_id}", "get")


def known_errors(base: type[RiskScreenError] = RiskScreenError) -> set[type[RiskScreenError]]:
    return {base}.union(*(known_errors(error) for error in base.__subclasses__()))


def test_every_error_that_can_reach_the_api_has_a_status() -> None:
    """What is raised while a request is answered comes from these packages; the others speak before there is one."""
    packages = ("screening", "casework", "delivery", "operations", "api")
    answering = (*(f"risk_screen.{package}." for package in packages), "risk_screen.storage.sealing")
    reachable = {error for error in known_errors() if error.__module__.startswith(answering)}
    assert reachable == set(STATUS)


def test_every_status_has_a_title() -> None:
    assert {int(status) for status in STATUS.values()} | set(HTTP_PROBLEMS) == set(TITLES)


def test_an_error_without_a_status_is_an_internal_one_and_keeps_its_words_to_itself() -> None:
    class ForgottenError(RiskScreenError):
        code = "forgotten"

    assert problem_of(ForgottenError(SECRET))["code"] == "internal"
    assert SECRET not in problem_of(ForgottenError(SECRET))["detail"]
