"""Open the database: SQLite in WAL mode by default. Transactions that write say so, and wait for their turn."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from risk_screen.errors import RiskScreenError
from risk_screen.storage.migrating import NewerSchemaError, migrate

BUSY_SECONDS: Final = 30
_WRITES: Final = "risk_screen_writes"
_CAUSES: Final = {
    sqlite3.SQLITE_CANTOPEN: "文件或它所在的目录打不开，请检查路径与权限",
    sqlite3.SQLITE_READONLY: "文件或它所在的目录不可写，请检查权限",
    sqlite3.SQLITE_NOTADB: "这个文件不是 SQLite 数据库，请换一个文件名",
    sqlite3.SQLITE_CORRUPT: "数据库文件已损坏，请从备份恢复或换一个文件名",
    sqlite3.SQLITE_FULL: "磁盘已满，请腾出空间",
    sqlite3.SQLITE_BUSY: "另一个程序长时间占用着它，请关闭那个程序后重试",
}


class DatabaseError(RiskScreenError):
    """A database that cannot be used."""

    code = "database_unusable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"数据库不能使用：{reason}（由 --database 或 RISK_SCREEN_DATABASE 指定）。")


def open_database(address: str) -> Engine:
    """Connect, migrate to this program's schema, and return the engine.

    Parameters
    ----------
    address : str
        SQLAlchemy address, e.g. ``sqlite:///var/risk_screen.db``; missing folders are made.

    Raises
    ------
    DatabaseError
        When the address is wrong, the place cannot be written to, or the schema is newer than the program.
    """
    try:
        engine = _engine(address)
        with writing(engine) as connection:
            migrate(connection)
    except ArgumentError as error:
        raise DatabaseError("地址写法不对，应形如 sqlite:///目录/文件.db") from error
    except ImportError as error:
        raise DatabaseError("缺少这种数据库的驱动程序，请安装后重试，或改用 sqlite") from error
    except NewerSchemaError as error:
        raise DatabaseError("它由更新版本的程序建立，请升级程序，或换一个数据库") from error
    except (OSError, SQLAlchemyError) as error:
        raise DatabaseError(_cause(error)) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads; it never waits for writers."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write: it takes its turn at the start, and is committed whole or not at all."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


def is_reachable(engine: Engine) -> bool:
    """Whether the database answers and takes writes (an empty write transaction is opened and closed)."""
    try:
        with writing(engine) as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _engine(address: str) -> Engine:
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    if url.database in (None, "", ":memory:"):
        raise DatabaseError("各个线程看不到同一个内存数据库，请给出文件名")
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver begins no transactions of its own; _begin_sqlite does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock first: a transaction that reads, then wants to write, would be refused without waiting."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _cause(error: Exception) -> str:
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        return _CAUSES.get(code, "连接不上，请检查地址、权限和磁盘空间")
    return "它所在的目录建不起来，请检查路径与权限"
