"""The same over a real socket: bodies that never say how long they are, callers that go away, many at once."""

import http.client
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from sqlalchemy import func, select

from risk_screen.operations.store import Store
from risk_screen.storage.database import reading
from risk_screen.storage.tables import assessments, submitted_texts

FLYER = {"channel": "marketing", "text": "保本保息"}


@pytest.fixture
def http_client(port: int) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        yield client


def test_a_body_without_a_length_is_refused_at_the_limit(http_client: httpx2.Client) -> None:
    chunks = (b" " * 2**20 for _ in range(40))
    response = http_client.post("/v1/screenings", content=chunks, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert http_client.get("/healthz").status_code == 200


def test_a_short_body_without_a_length_is_screened(http_client: httpx2.Client) -> None:
    chunks = iter([b'{"channel": "marketing", ', '"text": "保本"}'.encode()])
    response = http_client.post("/v1/screenings", content=chunks, headers={"content-type": "application/json"})
    assert response.status_code == 200


def test_a_declared_length_that_is_too_large_is_refused_before_it_is_read(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", "/v1/screenings")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(2**40))
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["code"]) == (413, "body_too_large")
    connection.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\x00\xff\r\n\r\n",
        b"POST /v1/screenings HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/screenings HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n{",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"a" * 200_000 + b"\r\n\r\n",
    ],
)
def test_callers_that_speak_nonsense_or_leave_do_not_stop_the_service(
    port: int, http_client: httpx2.Client, garbage: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as caller:
        caller.sendall(garbage)
    assert http_client.post("/v1/screenings", json=FLYER).status_code == 200


def test_many_at_once_are_all_answered_and_stored(http_client: httpx2.Client, store: Store) -> None:
    def send(number: int) -> int:
        # Every number is sent twice: the second must find the first.
        body = {**FLYER, "text": f"传单{number // 2}", "external_id": f"W-{number // 2}"}
        return http_client.post("/v1/screenings", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(160))) == {200}
    with reading(store.engine) as connection:
        for table in (assessments, submitted_texts):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 80
