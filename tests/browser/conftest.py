"""A real Chromium against the real service; without one the tests say so, and fail where everything is required."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from looking import PICTURES
from office import Office
from playwright.sync_api import Browser, Cookie, Page, expect, sync_playwright

from people import POLICY
from risk_screen.access.roles import Role
from risk_screen.api.app import create_app
from risk_screen.web.pages import add_pages
from risk_screen.wiring import Screener, open_store

NOT_RUN = "NOT RUN: browser (needs chromium)"
# Playwright's own browser is not downloaded: Debian's is driven, with nothing that would ask the network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What Chromium logs of answers like 404 and of a network that was taken away on purpose.
EXPECTED = ("Failed to load resource",)
Open = Callable[..., Page]
expect.set_options(timeout=30_000)  # a machine may be busy; what never comes fails all the same


@pytest.fixture(scope="module")  # Playwright keeps an event loop running for as long as it lives
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(NOT_RUN)
        pytest.skip(NOT_RUN)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port, as `risk-screen serve` does."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def watching(browser: Browser, address: str) -> Iterator[Open]:
    """Open addresses in windows of a given width; a page may ask nobody else and log no error."""
    complaints: list[str] = []
    contexts = []

    def open_page(path: str = "/", *, width: int = 360, cookies: Sequence[Cookie] = (), **options: Any) -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 720}, locale="zh-CN", **options
        )
        contexts.append(context)
        context.add_cookies(list(cookies))  # type: ignore[arg-type]
        page = context.new_page()
        page.on("request", lambda request: complaints.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [c for c in complaints if not c.startswith((address, *EXPECTED))] == []


@pytest.fixture(scope="session")
def screener() -> Screener:
    """What is shipped; loaded once."""
    return Screener.load()


@pytest.fixture(scope="module")
def app(screener: Screener, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = create_app(screener, open_store(f"sqlite:///{tmp_path_factory.mktemp('page')}/page.db"))
    add_pages(app)
    return app


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def office(app: FastAPI, address: str) -> Office:
    """Everybody has an account, and passwords are hashed quickly."""
    app.state.gate.policy = POLICY
    return Office.open(app, address)


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    with watching(browser, address) as open_page:
        yield open_page


@pytest.fixture
def visit_as(office: Office, visit: Open) -> Open:
    """Open an address as somebody of a role who has signed in."""

    def open_page(role: Role, path: str = "/", **options: Any) -> Page:
        return visit(path, cookies=[office.cookie_of(role)], **options)

    return open_page


@pytest.fixture(scope="module", autouse=True)
def screenshots() -> Path:
    """Where pictures for people are left."""
    PICTURES.mkdir(exist_ok=True)
    return PICTURES
