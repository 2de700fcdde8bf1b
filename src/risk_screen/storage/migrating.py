"""Bring a database forwards to the schema this program knows."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from risk_screen.storage.turns import take_turn

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
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    at = MigrationContext.configure(connection).get_current_revision()
    if at == ScriptDirectory.from_config(config).get_current_head():
        return
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise NewerSchemaError from error
