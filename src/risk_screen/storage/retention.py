"""What is kept for a time only, and how it goes: the oldest first, in pieces, so that nobody waits long to write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Table, Update, and_, delete, func, select, true, update

from risk_screen.storage.changes import Change

ROWS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record with a time of its own.

    Attributes
    ----------
    name : str
        Stable, for the audit trail.
    table : Table
    order : Column
        Sorts the rows by age.
    first_kept : callable
        Of a connection and an instant: the value of ``order`` before which rows are older.
    instead : mapping
        What the columns become; empty: the rows are removed.
    may_go : callable
        Of an instant (ISO 8601, UTC): which of the older rows go; not those that somebody still works on, nor those of
        which nothing is left to go.
    at : str
        The column that says when a row was made.
    kept_as : str
        The kind whose schedule it follows; empty: its own. The setting is ``keep_<schedule>_days``.
    """

    name: str
    table: Table
    order: Column[Any]
    first_kept: Callable[[Connection, datetime], Any]
    instead: Mapping[str, Any] = field(default_factory=dict)
    may_go: Callable[[str], ColumnElement[bool]] = lambda _: true()
    at: str = "created_at"
    kept_as: str = ""

    @property
    def schedule(self) -> str:
        """The name of its schedule."""
        return self.kept_as or self.name


@dataclass(frozen=True, slots=True)
class Old:
    """How many rows of a kind are older, and from when to when (ISO 8601, UTC; None where there is none)."""

    count: int
    oldest: str | None
    newest: str | None


def old_rows(connection: Connection, kind: Kind, before: datetime) -> Old:
    """Count what is older."""
    return _counted(connection, kind, _older(kind, kind.first_kept(connection, before), before))


def remove_old(change: Change, kind: Kind, before: datetime, most: int = ROWS_AT_ONCE) -> Old:
    """Remove some of what is older, the oldest first; none is left when fewer than ``most`` went."""
    connection = change.connection
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # what is removed is written over
    first_kept = kind.first_kept(connection, before)
    after_some = select(kind.order).where(_older(kind, first_kept, before)).order_by(kind.order).offset(most).limit(1)
    boundary = connection.execute(after_some).scalar()
    those = _older(kind, first_kept if boundary is None else boundary, before)
    gone = _counted(connection, kind, those)
    if gone.count:
        connection.execute(_cleared(kind).where(those) if kind.instead else delete(kind.table).where(those))
    return gone


def _cleared(kind: Kind) -> Update:
    """Words go; what has a version gets another one, so that nobody is told that a copy with the words is current."""
    versions = {"version": kind.table.c.version + 1} if "version" in kind.table.c else {}
    return update(kind.table).values(**kind.instead, **versions)


def _older(kind: Kind, first_kept: Any, before: datetime) -> ColumnElement[bool]:
    return and_(kind.order < first_kept, kind.may_go(before.isoformat(timespec="milliseconds")))


def _counted(connection: Connection, kind: Kind, those: ColumnElement[bool]) -> Old:
    at = kind.table.c[kind.at]
    row = connection.execute(select(func.count(), func.min(at), func.max(at)).where(those)).one()
    return Old(row[0], row[1], row[2])
