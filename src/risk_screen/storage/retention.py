"""What is kept for a time only, and how it goes: the oldest first, in pieces, so that nobody waits long to write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, func, select, true, update

from risk_screen.storage.changes import Change
from risk_screen.storage.reporter_tables import reporters
from risk_screen.storage.tables import assessments, events, submitted_texts

ROWS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record with a time of its own.

    Attributes
    ----------
    name : str
        Stable, for the audit trail; the setting is ``keep_<name>_days``.
    table : Table
    order : Column
        Sorts the rows by age.
    first_kept : callable
        Of a connection and an instant: the value of ``order`` before which rows are older.
    instead : mapping
        What the columns become; empty: the rows are removed.
    still_there : ColumnElement
        Rows of which anything is left to go.
    """

    name: str
    table: Table
    order: Column[Any]
    first_kept: Callable[[Connection, datetime], Any]
    instead: Mapping[str, Any] = field(default_factory=dict)
    still_there: ColumnElement[bool] = field(default_factory=true)


@dataclass(frozen=True, slots=True)
class Old:
    """How many rows of a kind are older, and from when to when (ISO 8601, UTC; None where there is none)."""

    count: int
    oldest: str | None
    newest: str | None


def old_rows(connection: Connection, kind: Kind, before: datetime) -> Old:
    """Count what is older."""
    return _counted(connection, kind, _older(kind, kind.first_kept(connection, before)))


def remove_old(change: Change, kind: Kind, before: datetime, most: int = ROWS_AT_ONCE) -> Old:
    """Remove some of what is older, the oldest first; none is left when fewer than ``most`` went."""
    connection = change.connection
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # what is removed is written over
    first_kept = kind.first_kept(connection, before)
    after_some = select(kind.order).where(_older(kind, first_kept)).order_by(kind.order).offset(most).limit(1)
    boundary = connection.execute(after_some).scalar()
    those = _older(kind, first_kept if boundary is None else boundary)
    gone = _counted(connection, kind, those)
    if gone.count:
        connection.execute(
            update(kind.table).where(those).values(**kind.instead) if kind.instead else delete(kind.table).where(those)
        )
    return gone


def _older(kind: Kind, first_kept: Any) -> ColumnElement[bool]:
    return and_(kind.order < first_kept, kind.still_there)


def _counted(connection: Connection, kind: Kind, those: ColumnElement[bool]) -> Old:
    at = kind.table.c.created_at
    row = connection.execute(select(func.count(), func.min(at), func.max(at)).where(those)).one()
    return Old(row[0], row[1], row[2])


def _first_id(_: Connection, before: datetime) -> str:
    """The beginning of every id (UUIDv7) that was made at this instant."""
    milliseconds = f"{int(before.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"


def _first_cursor(connection: Connection, before: datetime) -> int:
    """The first event that is not older, or else the last of all: numbers go on from it."""
    at_text = before.isoformat(timespec="milliseconds")
    younger = select(events.c.cursor).where(events.c.created_at >= at_text).order_by(events.c.cursor).limit(1)
    first = connection.execute(younger).scalar()
    return first if first is not None else connection.execute(select(func.max(events.c.cursor))).scalar() or 0


KINDS: Final = (
    Kind("texts", submitted_texts, submitted_texts.c.assessment_id, _first_id),
    Kind("quotes", assessments, assessments.c.id, _first_id, {"content": b""}, assessments.c.content != b""),
    Kind("events", events, events.c.cursor, _first_cursor),
    Kind("reporters", reporters, reporters.c.id, _first_id),
)
