"""Rows of one table are handed to the driver together, in one statement for many of them.

Row by row, the thread that writes lets go of the interpreter at each of them and waits until it gets it back; under
load that costs more than the writing.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Table

# 13 columns at most: far from the 32,766 values that SQLite takes in a statement, and the 65,535 of PostgreSQL.
MOST_ROWS: Final = 64
_MARKS: Final = {"sqlite": "?", "postgresql": "%s"}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows.

    Parameters
    ----------
    connection : Connection
    table : Table
        Of columns that need no translation: numbers, texts, bytes.
    rows : sequence of mapping
        Every column of the table by its name.
    """
    names = tuple(column.name for column in table.columns)
    for first in range(0, len(rows), MOST_ROWS):
        together = rows[first : first + MOST_ROWS]
        values = tuple([row[name] for row in together for name in names])
        connection.exec_driver_sql(_statement(table, len(together), _MARKS[connection.dialect.name]), values)


@cache
def _statement(table: Table, rows: int, mark: str) -> str:
    names = [column.name for column in table.columns]
    one = f"({', '.join([mark] * len(names))})"
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([one] * rows)}"
