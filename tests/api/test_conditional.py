"""What is known is not sent again, and what was not seen is not changed."""

from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from httpx2 import Headers
from starlette.testclient import TestClient

from risk_screen.api import problems
from risk_screen.api.conditional import ExpectedVersion, answer_unless_known, tag_of_content, tag_of_version


@pytest.fixture
def client() -> TestClient:
    app, row = FastAPI(), {"version": 3}
    problems.install(app)

    @app.get("/row")
    async def read(request: Request) -> Response:
        return answer_unless_known(request, b'{"a":1}', tag_of_version(row["version"]))

    @app.get("/list")
    async def listed(request: Request) -> Response:
        return answer_unless_known(request, b"[]")

    @app.put("/row")
    async def change(expected: ExpectedVersion) -> dict[str, Any]:
        expected.check(row["version"])
        row["version"] += 1
        return row

    return TestClient(app)


def test_the_tag_comes_with_the_answer(client: TestClient) -> None:
    answer = client.get("/row")
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (200, b'{"a":1}', '"v3"')
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("tags", ['"v3"', 'W/"v3"', '"v1", "v3"', "*", '"v1","v3"'])
def test_what_is_known_is_not_sent_again(client: TestClient, tags: str) -> None:
    answer = client.get("/row", headers={"If-None-Match": tags})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"v3"')


@pytest.mark.parametrize("tags", ['"v2"', '"v33"', "v3", "", '"'])
def test_what_is_not_known_is_sent(client: TestClient, tags: str) -> None:
    assert client.get("/row", headers={"If-None-Match": tags}).status_code == 200


def test_a_list_is_known_by_its_content(client: TestClient) -> None:
    tag = client.get("/list").headers["etag"]
    assert tag == tag_of_content(b"[]") != tag_of_content(b"[1]")
    assert client.get("/list", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("tags", [None, "*", '"v3"', '"v1", "v3"'])
def test_what_was_seen_is_changed(client: TestClient, tags: str | None) -> None:
    answer = client.put("/row", headers={} if tags is None else {"If-Match": tags})
    assert (answer.status_code, answer.json()) == (200, {"version": 4})


@pytest.mark.parametrize("tags", ['"v2"', 'W/"v3"', "v3", "", '"v"', '"abc"', '"v3x"'])
def test_what_was_not_seen_is_not_changed(client: TestClient, tags: str) -> None:
    answer = client.put("/row", headers={"If-Match": tags})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert client.get("/row").headers["etag"] == '"v3"'


def test_two_who_saw_the_same_do_not_overwrite_each_other(client: TestClient) -> None:
    statuses = [client.put("/row", headers={"If-Match": '"v3"'}).status_code for _ in range(2)]
    assert statuses == [200, 412]


def test_several_lines_of_a_header_are_read(client: TestClient) -> None:
    headers = [("If-None-Match", '"v1"'), ("If-None-Match", '"v3"')]
    assert client.get("/row", headers=Headers(headers)).status_code == 304
