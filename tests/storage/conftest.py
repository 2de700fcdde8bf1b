"""A real SQLite file for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from risk_screen.storage.database import open_database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.dispose()
