"""Opening a database: what may go wrong, in words; and writers that wait for one another."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from risk_screen.storage import database
from risk_screen.storage.database import DatabaseError, attach_database, is_reachable, open_database, reading, writing
from risk_screen.storage.turns import take_turn


def test_missing_folders_are_made(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a' / 'b' / 'store.db'}")
    assert is_reachable(engine)


def test_opening_twice_finds_the_same_tables(address: str) -> None:
    with writing(open_database(address)) as connection:
        connection.execute(text("CREATE TABLE mine (x INTEGER)"))
    with reading(open_database(address)) as connection:
        assert connection.execute(text("SELECT count(*) FROM mine")).scalar() == 0


def test_two_programs_may_open_a_new_database_at_the_same_time(address: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(lambda _: open_database(address), range(8)))
    assert all(is_reachable(engine) for engine in engines)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("not an address", "地址写法不对"),
        ("nosuchkind://x/y", "地址写法不对"),
        ("sqlite://", "请给出文件名"),
        ("sqlite:///:memory:", "请给出文件名"),
        ("oracle://user@host/db", "缺少这种数据库的驱动程序"),
        ("postgresql+psycopg2://user@host/db", "缺少这种数据库的驱动程序"),
        ("sqlite:////proc/version/x.db", "目录建不起来"),
        ("sqlite:////proc/x.db", "打不开"),
        ("sqlite:////tmp", "打不开"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_words(address: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says) as caught:
        open_database(address)
    assert caught.value.code == "database_unusable"


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("记事：" + "这不是数据库。" * 200, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="不是 SQLite 数据库"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_locked_database_is_told_after_waiting(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with writing(open_database(address)) as connection:
        take_turn(connection)
        with pytest.raises(DatabaseError, match="占用"):
            open_database(address)


def test_a_database_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sqlite3.connect(path).execute("CREATE TABLE other (x)").connection.close()
    with pytest.raises(DatabaseError, match="不可写"):
        open_database(f"sqlite:///file:{path}?mode=ro&uri=true")


@pytest.mark.parametrize("address", ["sqlite:///file:var/store.db", "sqlite:///var/store.db?uri=true"])
def test_an_address_half_in_the_words_of_sqlite_is_told(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatabaseError, match="uri=true"):
        open_database(address)
    assert list(tmp_path.iterdir()) == []


def test_an_address_in_the_words_of_sqlite_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_reachable(open_database("sqlite:///file:store.db?uri=true"))
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} == {"store.db"}


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_options_in_an_address_count_beside_our_own(address: str) -> None:
    joined = "&" if "?" in address else "?"
    engine = open_database(f"{address}{joined}options=-c%20work_mem%3D7MB%20-c%20lock_timeout%3D9s")
    with reading(engine) as connection:
        settings = ("work_mem", "lock_timeout", "idle_in_transaction_session_timeout")
        found = [connection.execute(text(f"SHOW {name}")).scalar() for name in settings]
    assert found == ["7MB", "9s", "1min"]


def test_a_write_that_fails_leaves_nothing(engine: Engine) -> None:
    def write() -> None:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE half (x INTEGER)"))
            connection.execute(text("INSERT INTO half VALUES (1)"))
            connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(DBAPIError):
        write()
    with reading(engine) as connection:
        assert not inspect(connection).has_table("half")


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE busy (x INTEGER)"))
        take_turn(connection)
        with reading(engine) as reader:
            assert reader.execute(text("SELECT count(*) FROM assessments")).scalar() == 0


def test_a_writer_that_looks_first_misses_nothing_another_writes(engine: Engine) -> None:
    """Without BEGIN IMMEDIATE this is SQLite's classic 'database is locked', on PostgreSQL a lost update."""
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def add_one(_: int) -> None:
        with writing(engine) as connection:
            take_turn(connection)
            n = connection.execute(text("SELECT n FROM counter")).scalar_one()
            connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(80)))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 80


def test_a_file_that_went_away_is_not_reachable(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    assert is_reachable(engine)
    engine.dispose()
    for path in tmp_path.glob("store.db*"):
        path.unlink()
    (tmp_path / "store.db").mkdir()
    assert not is_reachable(engine)


def test_attaching_changes_nothing_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="没有这个文件"):
        attach_database(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "other.db"
    sqlite3.connect(path).execute("CREATE TABLE other (x)").connection.close()
    with reading(attach_database(f"sqlite:///{path}")) as connection:
        assert inspect(connection).get_table_names() == ["other"]


def test_attaching_leaves_the_file_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    sqlite3.connect(path).execute("CREATE TABLE other (x)").connection.close()
    before = path.read_bytes()
    attach_database(f"sqlite:///{path}").dispose()
    assert path.read_bytes() == before
    (tmp_path / "notes.txt").write_text("这不是数据库" * 300, encoding="utf-8")
    with pytest.raises(DatabaseError, match="不是 SQLite 数据库"):
        attach_database(f"sqlite:///{tmp_path / 'notes.txt'}")
