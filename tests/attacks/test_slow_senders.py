"""Senders that take their time, or never come to an end, on a real socket to the connection the service uses."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI, Request

from receivers import until
from risk_screen.api.observing import ABORTED
from risk_screen.cli.timed_connection import TimedConnection
from risk_screen.cli.working import server_config
from risk_screen.settings import Settings

HEAD = b"POST /probe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
WHOLE = HEAD + b"\r\nabcd"


class Hurried(TimedConnection):
    """The same, for tests that do not want to wait."""

    head_seconds = 0.5
    body_seconds = 0.5
    most_head_bytes = 8_192


@dataclass(frozen=True, slots=True)
class Served:
    """Where the probe is, and what it has read."""

    address: tuple[str, int]
    bodies: list[bytes]

    @contextmanager
    def connection(self) -> Iterator[socket.socket]:
        with socket.create_connection(self.address, timeout=30) as caller:
            yield caller


def everything(caller: socket.socket) -> bytes:
    """Read until the service closes the connection."""
    try:
        return b"".join(iter(lambda: caller.recv(65_536), b""))
    except ConnectionResetError:
        return b"reset"


@contextmanager
def serving(server: uvicorn.Server) -> Iterator[tuple[str, int]]:
    """Serve in a thread; yields the address."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    app, bodies = FastAPI(), list[bytes]()

    @app.post("/probe")
    async def probe(request: Request) -> dict[str, str]:
        bodies.append(await request.body())
        return {}

    config = uvicorn.Config(app, http=Hurried, log_level="critical", timeout_graceful_shutdown=5)
    with serving(uvicorn.Server(config)) as address:
        yield Served(address, bodies)


@pytest.mark.parametrize("begun", [HEAD[:1], HEAD[:10], HEAD, WHOLE + HEAD], ids=["letter", "line", "head", "second"])
def test_a_head_that_does_not_come_to_an_end_is_given_up(served: Served, begun: bytes) -> None:
    with served.connection() as caller:
        caller.sendall(begun)
        answer = everything(caller)
    assert b"HTTP/1.1 408 " in answer
    assert (b"HTTP/1.1 200 " in answer) == (begun[: len(WHOLE)] == WHOLE)


def test_a_letter_now_and_then_buys_no_time(served: Served) -> None:
    with served.connection() as caller:
        caller.settimeout(0.1)
        caller.sendall(HEAD + b"X-Filler: ")
        for _ in range(100):
            with suppress(TimeoutError):
                assert caller.recv(65_536).startswith(b"HTTP/1.1 408 ")
                return
            caller.sendall(b"a")
    pytest.fail("still listening after ten seconds")


def test_who_connects_and_says_nothing_is_let_go(served: Served) -> None:
    with served.connection() as caller:
        assert everything(caller) == b""


def test_a_body_that_stops_is_given_up_and_nothing_is_read_of_it(served: Served) -> None:
    before = list(served.bodies)
    with served.connection() as caller:
        caller.sendall(HEAD + b"\r\nab")
        assert everything(caller) in {b"", b"reset"}
    assert served.bodies == before


def test_a_head_without_end_is_refused(served: Served) -> None:
    with served.connection() as caller:
        caller.sendall(HEAD + b"X-Filler: " + b"a" * 20_000)
        assert everything(caller).startswith(b"HTTP/1.1 431 ")


def test_a_slow_body_that_keeps_coming_is_read(served: Served) -> None:
    with served.connection() as caller:
        caller.sendall(HEAD + b"Connection: close\r\n\r\n")
        for letter in b"slow":
            threading.Event().wait(0.2)
            caller.sendall(bytes([letter]))
        assert everything(caller).startswith(b"HTTP/1.1 200 ")
    assert served.bodies[-1] == b"slow"


def test_the_service_uses_this_connection() -> None:
    assert server_config(FastAPI(), Settings()).http is TimedConnection


def test_who_goes_away_in_the_middle_is_no_fault_of_the_service(app: FastAPI, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="risk_screen")
    server = uvicorn.Server(uvicorn.Config(app, http=TimedConnection, log_config=None, timeout_graceful_shutdown=5))
    with serving(server) as address:
        with socket.create_connection(address, timeout=30) as caller:
            caller.sendall(HEAD.replace(b"/probe", b"/v1/screenings") + b"Content-Type: application/json\r\n\r\n{")
        until(lambda: bool(caplog.records))
    assert [(one.levelname, vars(one).get("status")) for one in caplog.records] == [("INFO", ABORTED)]
