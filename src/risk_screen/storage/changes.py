"""One write transaction: rows, then the events and audit entries that say what happened, numbered at the very end."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, event

from risk_screen.storage.audit_trail import AuditEntry, Head, append_entries
from risk_screen.storage.database import writing
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event, append_events
from risk_screen.storage.inserting import insert_rows
from risk_screen.storage.turns import take_turn

Row = Mapping[str, Any]
Counted = tuple[str, tuple[tuple[str, str], ...]]
"""A counter by name, and its labels."""
READS: Final = "SELECT"


@dataclass(slots=True)
class Change:
    """What one transaction writes.

    Attributes
    ----------
    connection : Connection
        For what is read and written at once.
    at : datetime
        Aware; the one instant of everything in this transaction.
    heads : tuple of Head or None
        First and last audit entry of this transaction; set just before the commit.
    pieces : int
        Pieces of work in this transaction.
    written : int
        Rises with everything that is written, said or counted: as long as it stays, nothing was.
    counts : Counter
        What is to be counted in the metrics once it is committed; see ``count``.
    """

    connection: Connection
    at: datetime
    heads: tuple[Head, Head] | None = None
    pieces: int = 0
    written: int = 0
    counts: Counter[Counted] = field(default_factory=Counter)
    _rows: dict[Table, list[Row]] = field(default_factory=dict)
    _names: set[Hashable] = field(default_factory=set)
    _events: list[Event] = field(default_factory=list)
    _entries: list[AuditEntry] = field(default_factory=list)
    _has_turn: bool = False

    @property
    def at_text(self) -> str:
        """The instant as it is stored: ISO 8601, UTC, milliseconds."""
        return self.at.isoformat(timespec="milliseconds")

    def add(self, table: Table, row: Row, *, name: Hashable = None) -> None:
        """Keep a row for later: all rows of a table are written in one statement, tables in the order first added to.

        Parameters
        ----------
        table : Table
        row : mapping
            Every column of the table.
        name : hashable, optional
            What the row can be looked up by; see ``settle``.
        """
        self.written += 1
        self._rows.setdefault(table, []).append(row)
        if name is not None:
            self._names.add(name)

    def settle(self, name: Hashable = None) -> None:
        """Write the rows kept so far, if one of them has this name (or whatever their names); before a look-up."""
        if name is None or name in self._names:
            written = self.written  # these rows were counted when they were added
            for table, rows in self._rows.items():
                insert_rows(self.connection, table, rows)
            self._rows.clear()
            self._names.clear()
            self.written = written

    def take_turn(self) -> None:
        """From here to the commit no other transaction of this kind runs: look, then write what follows from it."""
        if not self._has_turn:
            take_turn(self.connection)
            self._has_turn = True

    def publish(self, event: Event) -> None:
        """Tell the feed what happened; the event gets its number at the end of the transaction.

        Raises
        ------
        ValueError
            There is no such kind of event.
        """
        EventKind(event.kind)
        self.written += 1
        self._events.append(event)

    def record(self, entry: AuditEntry) -> None:
        """Write down who did it; the entry is chained at the end of the transaction."""
        self.written += 1
        self._entries.append(entry)

    def count(self, counter: str, **labels: str) -> None:
        """Count something in the metrics, once it is committed; labels hold no personal data and few values."""
        self.written += 1
        self.counts[counter, tuple(labels.items())] += 1

    def notice(self, _: Connection, __: Any, statement: str, *___: Any) -> None:
        """Take notice of a statement that may write."""
        if not statement.startswith(READS):
            self.written += 1

    def finish(self) -> None:
        """Write what was kept, and number events and entries: the last thing before the commit."""
        self.settle()
        if self._events or self._entries:
            self.take_turn()
            append_events(self.connection, self._events, self.at_text)
            self.heads = append_entries(self.connection, self._entries, self.at_text)


@contextmanager
def changing(engine: Engine, at: datetime) -> Iterator[Change]:
    """Open a write transaction; when the block ends well, what it says is written, numbered and committed."""
    with writing(engine) as connection:
        change = Change(connection, at)
        event.listen(connection, "before_cursor_execute", change.notice)
        yield change
        change.finish()
