"""One writer at a time where order matters: numbers without gaps, and look-then-insert."""

from typing import Final

from sqlalchemy import Connection

# Any number, as long as no other program uses it as a key of advisory locks in this database.
TURN: Final = 7_249_200_742
_LOCK: Final = f"SELECT pg_advisory_xact_lock({TURN})"


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction holds the turn, and hold it until the commit; what they wrote is visible then.

    SQLite gave the turn when the transaction began (``BEGIN IMMEDIATE``). PostgreSQL makes a commit visible before it
    releases its locks, and every statement of a READ COMMITTED transaction sees what is committed by then.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_LOCK)
