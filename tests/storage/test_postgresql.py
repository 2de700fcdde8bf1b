"""What may go wrong with a PostgreSQL, in words; and never with the address, which holds a password."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text

from databases import fresh_database
from risk_screen.storage import database
from risk_screen.storage.database import DatabaseError, is_reachable, open_database, reading, writing

PASSWORD = "geheim-4711"
Changed = Callable[[URL], URL]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[URL]:
    with fresh_database("postgresql", tmp_path) as address:
        yield make_url(address)


@pytest.fixture
def administrator(url: URL) -> Iterator[Engine]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def opened(url: URL) -> Engine:
    return open_database(url.render_as_string(hide_password=False))


def told(url: URL) -> str:
    with pytest.raises(DatabaseError) as caught:
        opened(url.set(password=PASSWORD))
    assert PASSWORD not in str(caught.value) + str(caught.value.__cause__)
    return caught.value.detail


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda url: url.set(database="nowhere"), "没有这个库"),
        (lambda url: url.set(username="nobody"), "没有这个用户"),
        (lambda url: url.set(query={"host": "/nowhere"}), "连接不上"),
        (lambda url: url.set(host="127.0.0.1", port=1, query={}), "连接不上"),
        (lambda url: url.set(host="no-such-host.invalid", query={}), "连接不上"),
    ],
)
def test_a_server_that_cannot_be_used_is_told_in_words(url: URL, change: Changed, says: str) -> None:
    assert says in told(change(url))


def test_an_address_without_the_driver_is_understood(url: URL) -> None:
    for name in ("postgresql", "postgres"):
        assert is_reachable(opened(url.set(drivername=name)))


def test_an_old_server_is_refused(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_POSTGRESQL", 99)
    assert "太旧" in told(url)


def test_a_database_in_another_encoding_is_refused(url: URL, administrator: Engine) -> None:
    name = f"{url.database}_ascii"
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"))
        try:
            assert "UTF8" in told(url.set(database=name))
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def test_a_user_who_may_not_make_tables_is_told(url: URL, administrator: Engine) -> None:
    role = f"{url.database}_reader"
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        try:
            assert "权限" in told(url.set(username=role))
        finally:
            connection.execute(text(f"DROP ROLE {role}"))


def test_a_database_that_only_reads_is_told(url: URL, administrator: Engine) -> None:
    with administrator.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {url.database} SET default_transaction_read_only = on"))
    assert "只读" in told(url)


def test_a_connection_the_server_cut_is_replaced(url: URL, administrator: Engine) -> None:
    engine = opened(url)
    with administrator.connect() as connection:
        others = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
        )
        assert connection.execute(others, {"name": url.database}).all()
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE mine (x INTEGER)"))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM mine")).scalar() == 0
    engine.dispose()


def test_a_database_that_is_gone_is_not_reachable(url: URL) -> None:
    engine = opened(url)
    maintenance = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"DROP DATABASE {url.database} WITH (FORCE)"))
    assert not is_reachable(engine)
    with suppress(Exception):
        engine.dispose()
    maintenance.dispose()
