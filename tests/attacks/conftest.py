"""The service with its pages over a canned screener, and raw bytes on a real socket to it."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from builders import CannedScreener, flyer_assessment
from people import gate_for
from risk_screen.access.caller import AccessMode, Site
from risk_screen.api.app import create_app
from risk_screen.operations.gate import Gate
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database
from risk_screen.web.pages import add_pages

Raw = Callable[[bytes], bytes]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    engine = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    app = create_app(CannedScreener(flyer_assessment()), Store(engine))  # type: ignore[arg-type]  # has what is asked
    add_pages(app)
    yield app
    engine.dispose()


@pytest.fixture
def gate(app: FastAPI) -> Gate:
    app.state.gate = gate_for(app.state.store, Site(AccessMode.REQUIRED), second_factor=False)
    return app.state.gate


@pytest.fixture
def client(app: FastAPI, gate: Gate) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, client=("10.2.0.7", 50000), follow_redirects=False)


@pytest.fixture
def seen(app: FastAPI) -> list[str]:
    """Paths that reached the probe."""
    seen: list[str] = []

    async def probe(request: Request) -> dict[str, str]:
        seen.append(request.url.path)
        return {}

    app.add_api_route("/probe", probe, methods=["GET", "POST"])
    app.add_api_route("/probe/smuggled", probe, methods=["GET"])
    return seen


@pytest.fixture
def raw(app: FastAPI) -> Iterator[Raw]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()

    def send(content: bytes) -> bytes:
        """Send, say that nothing follows, and read to the end."""
        with socket.create_connection(listener.getsockname(), timeout=60) as caller:
            caller.sendall(content)
            caller.shutdown(socket.SHUT_WR)
            try:
                return b"".join(iter(lambda: caller.recv(65_536), b""))
            except ConnectionResetError:
                return b""

    try:
        yield send
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
