"""Bring a database forwards to the schema this program knows."""

from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from risk_screen.storage.turns import take_turn

REVISION_TABLE: Final = "alembic_version"
MIGRATIONS: Final = Path(__file__).parent / "migrations"


class NewerSchemaError(Exception):
    """The schema was made by a newer program."""


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the schema forwards, inside the transaction of the connection; two programs do it one after the other.

    Raises
    ------
    NewerSchemaError
        When the database is at a revision this program does not know.
    """
    take_turn(connection)
    if is_current(connection):
        return
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise NewerSchemaError from error


def is_current(connection: Connection) -> bool:
    """Whether the schema is the one of this program."""
    return MigrationContext.configure(connection).get_current_revision() == _head()


def revision_of(connection: Connection) -> str:
    """Which revision the schema is at; empty when there is none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def knows(revision: str) -> bool:
    """Whether this program can bring a schema of this revision forwards."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
