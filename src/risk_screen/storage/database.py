"""Open the database: SQLite in WAL mode by default; migrate it forwards, and refuse one that is newer than the program."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from risk_screen.errors import RiskScreenError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10


class DatabaseError(RiskScreenError):
    """A database that cannot be used."""

    code = "database_unusable"


def open_database(address: str) -> Engine:
    """Connect, migrate to this program's schema, and return the engine.

    Raises
    ------
    DatabaseError
        When the address is wrong, the place cannot be written to, or the schema is newer than the program.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise DatabaseError(
            "数据库地址写法不对：应形如 sqlite:///目录/文件.db，请检查 RISK_SCREEN_DATABASE。"
        ) from error
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    try:
        if is_file:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if is_file else {})
        if is_file:
            event.listen(engine, "connect", _prepare_sqlite)
        migrate(engine)
    except (OSError, SQLAlchemyError) as error:
        raise DatabaseError(
            "打不开数据库：请检查 RISK_SCREEN_DATABASE 指向的目录是否存在、是否可写、磁盘是否已满。"
        ) from error
    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema forwards to the newest revision this program knows.

    Raises
    ------
    DatabaseError
        When the schema was made by a newer program.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
        head = ScriptDirectory.from_config(config).get_current_head()
        if at == head:
            return
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseError("数据库由更新版本的程序建立，本版本不能使用：请升级程序，或换一个数据库。") from error


def is_reachable(engine: Engine) -> bool:
    """Whether the database answers and takes writes (an empty write transaction is opened and rolled back)."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.execute(text("SELECT 1"))
            connection.rollback()
    except SQLAlchemyError:
        return False
    return True


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
