"""The whole application over a canned screener and a database of its own."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from builders import CannedScreener, flyer_assessment
from risk_screen.api.app import create_app
from risk_screen.operations.store import Store
from risk_screen.screening.assessment import Assessment
from risk_screen.storage.database import open_database
from risk_screen.web.pages import add_pages

NOON = datetime(2026, 11, 22, 4, 0, 0, 123000, tzinfo=UTC)
Serve = Callable[..., TestClient]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_database(f"sqlite:///{tmp_path}/page.db"), now=lambda: NOON)


@pytest.fixture
def serve(store: Store) -> Serve:
    def start(answer: Assessment | None = None) -> TestClient:
        app = create_app(CannedScreener(answer or flyer_assessment()), store)  # type: ignore[arg-type]
        add_pages(app)
        return TestClient(
            app, raise_server_exceptions=False, headers={"accept": "text/html"}, client=("127.0.0.1", 50000)
        )

    return start


@pytest.fixture
def client(serve: Serve) -> TestClient:
    return serve()
