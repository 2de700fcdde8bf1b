"""Every test on a real SQLite file and on a real PostgreSQL; the clock stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from databases import ENGINES, fresh_database, migrated_database
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database

NOON = datetime(2026, 11, 22, 4, 0, 0, 123_000, tzinfo=UTC)


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with migrated_database(request.param, tmp_path) as migrated:
        yield migrated


@pytest.fixture(params=ENGINES)
def empty_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as empty:
        yield empty


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    opened = Store(open_database(address), now=lambda: NOON)
    yield opened
    opened.close()
