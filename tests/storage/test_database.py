"""Opening a database: what may go wrong, in words; and writers that wait for one another."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from risk_screen.storage import database
from risk_screen.storage.database import DatabaseError, is_reachable, open_database, reading, writing


def test_missing_folders_are_made(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'a' / 'b' / 'store.db'}")
    assert is_reachable(engine)


def test_opening_twice_finds_the_same_tables(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'store.db'}"
    with writing(open_database(address)) as connection:
        connection.execute(text("CREATE TABLE mine (x)"))
    with reading(open_database(address)) as connection:
        assert connection.execute(text("SELECT count(*) FROM mine")).scalar() == 0


def test_two_programs_may_open_a_new_database_at_the_same_time(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'store.db'}"
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


def test_a_locked_database_is_told_after_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    path = tmp_path / "store.db"
    open_database(f"sqlite:///{path}").dispose()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseError, match="占用"):
        open_database(f"sqlite:///{path}")
    other.close()


def test_a_database_that_may_only_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    sqlite3.connect(path).execute("CREATE TABLE other (x)").connection.close()
    with pytest.raises(DatabaseError, match="不可写"):
        open_database(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_write_that_fails_leaves_nothing(engine: Engine) -> None:
    def write() -> None:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE half (x)"))
            connection.execute(text("INSERT INTO half VALUES (1)"))
            connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(OperationalError):
        write()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'half'")).scalar() == 0


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE busy (x)"))
        with reading(engine) as reader:
            assert reader.execute(text("SELECT count(*) FROM assessments")).scalar() == 0


def test_a_writer_that_read_first_still_gets_its_turn(engine: Engine) -> None:
    """Without BEGIN IMMEDIATE this is SQLite's classic 'database is locked', whatever the timeout."""
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE counter (n)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def add_one(_: int) -> None:
        with writing(engine) as connection:
            n = connection.execute(text("SELECT n FROM counter")).scalar_one()
            connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(80)))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 80


def test_a_database_that_went_away_is_not_reachable(engine: Engine, tmp_path: Path) -> None:
    assert is_reachable(engine)
    engine.dispose()
    for path in tmp_path.glob("store.db*"):
        path.unlink()
    (tmp_path / "store.db").mkdir()
    assert not is_reachable(engine)
