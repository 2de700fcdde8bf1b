"""All tables as lines of JSON, and back: what a backup holds, the same for SQLite and PostgreSQL."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection, LargeBinary, MetaData, Table, insert, inspect, select

from risk_screen.storage.archive_errors import ArchiveDamagedError
from risk_screen.storage.migrating import REVISION_TABLE
from risk_screen.storage.tables import metadata

# What belongs to running processes and open browsers is not brought back.
FLEETING: Final = frozenset({"leases", "sessions", "single_sign_ons"})
ROWS_AT_ONCE: Final = 500
BYTES_AT_ONCE: Final = 4 * 2**20
# Of tables whose rows may be megabytes.
LARGE_ROWS_AT_ONCE: Final = 8
_TRIGGER_FUNCTION: Final = "DROP FUNCTION IF EXISTS refuse_change_of_audit_trail() CASCADE"


def lines_of_tables(connection: Connection) -> Iterator[bytes]:
    """Write every table of ours as this transaction sees it: columns, a line for each row, counts at the end."""
    counts = {}
    for table in _tables(connection):
        name = str(table.name)
        if name in FLEETING:
            continue
        yield orjson.dumps({"table": name, "columns": [str(column.name) for column in table.columns]})
        counts[name] = 0
        query = select(table).order_by(*table.primary_key.columns)
        for row in connection.execution_options(yield_per=_at_once(table)).execute(query):
            counts[name] += 1
            yield orjson.dumps(list(row), default=_plain)
    yield orjson.dumps({"end": counts})


def load_tables(connection: Connection, lines: Iterator[bytes]) -> dict[str, int]:
    """Insert what the lines hold into tables that are empty; how many rows of each.

    Raises
    ------
    ArchiveDamagedError
    """
    filling = _Filling(connection)
    for line in lines:
        said = orjson.loads(line)
        if isinstance(said, list):
            filling.add(said, len(line))
        elif "end" in said:
            return filling.end(said["end"])
        else:
            filling.begin(said["table"], said["columns"])
    raise ArchiveDamagedError


class _Filling:
    """Tables that are filled one after the other, several rows in one statement."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = {str(table.name): table for table in _tables(connection)}
        self._counts: dict[str, int] = {}
        self._current = ""
        self._columns: tuple[str, ...] = ()
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0

    def begin(self, table: str, columns: Sequence[str]) -> None:
        self._write()
        if table not in self._tables or not set(columns) <= set(self._tables[table].columns.keys()):
            raise ArchiveDamagedError
        self._current, self._columns = table, tuple(columns)
        self._counts[table] = 0

    def add(self, values: Sequence[Any], size: int) -> None:
        self._rows.append(dict(zip(self._columns, map(_value, values), strict=True)))
        self._bytes += size
        if len(self._rows) >= ROWS_AT_ONCE or self._bytes >= BYTES_AT_ONCE:
            self._write()

    def end(self, expected: Mapping[str, int]) -> dict[str, int]:
        self._write()
        if self._counts != expected:
            raise ArchiveDamagedError
        return self._counts

    def _write(self) -> None:
        if self._rows:
            self._connection.execute(insert(self._tables[self._current]), self._rows)
            self._counts[self._current] += len(self._rows)
            self._rows, self._bytes = [], 0


def has_rows(connection: Connection) -> bool:
    """Whether a table of ours holds anything."""
    return any(connection.execute(select(table).limit(1)).first() is not None for table in _tables(connection))


def drop_tables(connection: Connection) -> None:
    """Take away every table of ours, and no other."""
    for table in reversed(_tables(connection, REVISION_TABLE)):
        table.drop(connection)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_TRIGGER_FUNCTION)


def _tables(connection: Connection, *more: str) -> Sequence[Table]:
    """Our tables as they are in this database, every one after those it refers to."""
    ours = {*metadata.tables, *more}
    found = MetaData()
    found.reflect(connection, only=[name for name in inspect(connection).get_table_names() if name in ours])
    return found.sorted_tables


def _at_once(table: Table) -> int:
    is_large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    return LARGE_ROWS_AT_ONCE if is_large else ROWS_AT_ONCE


def _plain(value: object) -> Mapping[str, str]:
    if isinstance(value, bytes | memoryview):
        return {"base64": b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def _value(value: Any) -> Any:
    return b64decode(value["base64"]) if isinstance(value, dict) else value
