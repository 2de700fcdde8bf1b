"""A real Chromium against the real service; without one the tests say so, and fail where everything is required."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the application on a free port, as `risk-screen serve` does."""
    app = create_app(Screener.load(), open_store(f"sqlite:///{tmp_path_factory.mktemp('page')}/page.db"))
    add_pages(app)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Open an address in a window of the given width; the page may ask nobody else and log no error."""
    complaints: list[str] = []
    contexts = []

    def open_page(path: str = "/", *, width: int = 360, **options: Any) -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 720}, locale="zh-CN", **options
        )
        contexts.append(context)
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


@pytest.fixture(scope="module")  # Playwright keeps an event loop running for as long as it lives
def screenshots() -> Path:
    """Where pictures for people are left; git ignores it."""
    folder = Path(__file__).parents[2] / "test-results"
    folder.mkdir(exist_ok=True)
    return folder
