"""The application over a canned screener and a database of its own; and the same on a real socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from builders import CannedScreener, flyer_assessment
from risk_screen.api.app import create_app
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database

Serving = Callable[[FastAPI], Any]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    engine = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def app(store: Store) -> FastAPI:
    return create_app(CannedScreener(flyer_assessment()), store)  # type: ignore[arg-type]  # has what the API asks of one


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000))


@contextmanager
def on_a_socket(app: FastAPI) -> Iterator[int]:
    """Serve on a free loopback port, in a thread; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def port(app: FastAPI) -> Iterator[int]:
    with on_a_socket(app) as bound:
        yield bound
