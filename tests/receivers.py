"""Receivers of pushes for tests: real servers on this machine, well-behaved and hostile ones."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from risk_screen.delivery.sending import Sender

HOST = "receiver.test"
Behaviour = Callable[["Request"], None]
Request = BaseHTTPRequestHandler


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """A receiver that runs; what it got, and how it is to answer from now on."""

    port: int
    behaviour: Behaviour
    received: list[Received] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    was_drained: bool = False

    def url(self, path: str = "/hook", scheme: str = "http", host: str = HOST) -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.received]


@contextmanager
def receiving(
    behaviour: Behaviour | None = None, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Receiver]:
    """Run a receiver on a free port of this machine."""
    receiver = Receiver(0, behaviour or answering(204))

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        receiver_ = receiver

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            named = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, named, body))
            with suppress(OSError):
                receiver.behaviour(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            pass

    server = Quiet((host, 0), Answers)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stopped.set()
        server.shutdown()
        server.server_close()


def answering(*statuses: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Behaviour:
    """Answer with these statuses, one after the other; the last one for ever."""
    left = list(statuses)

    def answer(request: Request) -> None:
        request.send_response(left.pop(0) if len(left) > 1 else left[0])
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def never_answering(request: Request) -> None:
    request.receiver_.stopped.wait()  # type: ignore[attr-defined]


def closing(request: Request) -> None:
    request.close_connection = True


def dripping_headers(request: Request) -> None:
    """A header line now and then, for ever."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not request.receiver_.stopped.wait(0.01):  # type: ignore[attr-defined]
        request.wfile.write(b"x: y\r\n")


def dripping_body(request: Request) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while not request.receiver_.stopped.wait(0.01):  # type: ignore[attr-defined]
        request.wfile.write(b"x")


def flooding(request: Request) -> None:
    """Ten megabytes, as fast as they are taken; says when all were."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10485760\r\n\r\n")
    for _ in range(160):
        request.wfile.write(b"x" * 65_536)
    request.receiver_.was_drained = True  # type: ignore[attr-defined]


def babbling(request: Request) -> None:
    request.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")
    request.close_connection = True


def local_sender(resolved: Sequence[str] = ("127.0.0.1",), **options: Any) -> Sender:
    """A sender for which every name lies on this machine; it may go there unless a test says otherwise."""

    async def resolve(_: str, __: int) -> Sequence[str]:
        return resolved

    return Sender(**{"allows_loopback": True, "total_seconds": 5.0, "resolve": resolve, **options})


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.005)
