"""Open the database, SQLite or PostgreSQL. Transactions that write say so, and wait for their turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from risk_screen.errors import RiskScreenError
from risk_screen.storage.causes import cause_of
from risk_screen.storage.migrating import NewerSchemaError, migrate

BUSY_SECONDS: Final = 10
CONNECT_SECONDS: Final = 10
# A writer that hangs while it holds its turn is cut off by the server, so that the others go on.
IDLE_SECONDS: Final = 60
CONNECTIONS: Final = 5
MORE_CONNECTIONS: Final = 35
OLDEST_POSTGRESQL: Final = 15
# How SQLite's own addresses begin: sqlite:///file:var/store.db?mode=ro&uri=true
SQLITE_URI: Final = "file:"
SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
_WRITES: Final = "risk_screen_writes"
_DRIVER: Final = "postgresql+psycopg"
# On SQLite having begun is proof enough; a standby of PostgreSQL begins, too.
_TAKES_WRITES: Final = {SQLITE: "SELECT 1", POSTGRESQL: "SELECT NOT pg_is_in_recovery()"}


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
        SQLAlchemy address: ``sqlite:///var/risk_screen.db`` (missing folders are made) or
        ``postgresql+psycopg://user:password@host/database`` (PostgreSQL 15 or newer; the database must exist).

    Raises
    ------
    DatabaseError
        When the address is wrong, the place cannot be written to, or the schema is newer than the program.
    """
    with _told():
        engine = _engine(_url(address), is_ours=True)
        with writing(engine) as connection:
            migrate(connection)
    return engine


def connect_database(address: str) -> Engine:
    """Connect to a database that is to be filled, make missing folders, and leave its schema as it is.

    Raises
    ------
    DatabaseError
    """
    with _told():
        engine = _engine(_url(address), is_ours=True)
        with reading(engine) as connection:
            inspect(connection).get_table_names()
    return engine


def attach_database(address: str) -> Engine:
    """Connect to a database that is there, and leave its schema as it is.

    Raises
    ------
    DatabaseError
    """
    with _told():
        engine = _engine(_url(address), is_ours=False)
        with reading(engine) as connection:
            inspect(connection).get_table_names()
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads; it never waits for writers."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading_still(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads, and sees the database as it stood at its first statement."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    chosen = options if engine.dialect.name == POSTGRESQL else {}
    with engine.connect().execution_options(**chosen) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write, committed whole or not at all; on SQLite it takes its turn at the start."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


def is_reachable(engine: Engine) -> bool:
    """Whether the database answers and takes writes (an empty write transaction is opened and closed)."""
    try:
        with writing(engine) as connection:
            return bool(connection.execute(text(_TAKES_WRITES[engine.dialect.name])).scalar())
    except SQLAlchemyError:
        return False


@contextmanager
def _told() -> Iterator[None]:
    """Say in words why a database cannot be used."""
    try:
        yield
    except ArgumentError as error:
        raise DatabaseError(
            "地址写法不对，应形如 sqlite:///目录/文件.db 或 postgresql+psycopg://用户:密码@主机/库名"
        ) from error
    except ImportError as error:
        raise DatabaseError(
            "缺少这种数据库的驱动程序，请安装后重试（PostgreSQL：pip install 'risk-screen[postgresql]'），或改用 sqlite"
        ) from error
    except NewerSchemaError as error:
        raise DatabaseError("它由更新版本的程序建立，请升级程序，或换一个数据库") from error
    except (OSError, SQLAlchemyError) as error:
        raise DatabaseError(cause_of(error)) from error


def _url(address: str) -> URL:
    url = make_url(address)
    if url.drivername in ("postgres", POSTGRESQL):
        return url.set(drivername=_DRIVER)
    return url


def _engine(url: URL, *, is_ours: bool) -> Engine:
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url, is_ours=is_ours)
        case "postgresql":
            return _postgresql(url)
    create_engine(url)  # says first when the driver is missing
    raise DatabaseError("只支持 SQLite 和 PostgreSQL")


def _sqlite(url: URL, *, is_ours: bool) -> Engine:
    if url.database in (None, "", ":memory:"):
        raise DatabaseError("各个线程看不到同一个内存数据库，请给出文件名")
    path = Path(str(url.database))
    is_uri = str(url.database).startswith(SQLITE_URI)
    if is_uri != (url.query.get("uri") == "true"):
        raise DatabaseError("SQLite 的地址写法不对：文件写成 sqlite:///目录/文件.db；sqlite:///file:… 要带 ?uri=true")
    if is_ours and not is_uri:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # citizens' texts will lie there
    elif not url.query and not path.is_file():
        raise DatabaseError("没有这个文件，请检查路径")
    engine = create_engine(
        url, pool_size=CONNECTIONS, max_overflow=MORE_CONNECTIONS, connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _leave_transactions_to_us)
    if is_ours:
        event.listen(engine, "connect", _make_durable)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _leave_transactions_to_us(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver begins no transactions of its own; _begin_sqlite does


def _make_durable(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock first: a transaction that reads, then wants to write, would be refused without waiting."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    limits = {
        "lock_timeout": f"{BUSY_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        "client_encoding": "UTF8",
    }
    given = url.query.get("options", ())
    ours = [f"-c {name}={value}" for name, value in limits.items()]
    options = " ".join([*ours, *([given] if isinstance(given, str) else given)])  # of two alike the last counts
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=MORE_CONNECTIONS,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": options},
    )
    event.listen(engine, "first_connect", _check_postgresql)
    return engine


def _check_postgresql(connection: Any, _: Any) -> None:
    if connection.pgconn.server_version < OLDEST_POSTGRESQL * 10_000:
        raise DatabaseError(f"PostgreSQL 太旧，需要 {OLDEST_POSTGRESQL} 或更新的版本")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseError("PostgreSQL 的这个库不是 UTF8 编码，请用 ENCODING 'UTF8' 重新建库")
