"""What happened, in the order of the commits: numbers without gaps, so that a reader can tell it has missed nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Row, func, select

from risk_screen.storage.inserting import insert_rows
from risk_screen.storage.tables import events

_LAST: Final = "SELECT max(cursor) FROM events"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, to be told to others.

    Parameters
    ----------
    kind : str
        An ``EventKind``; one read from the store may be of a newer program.
    subject_type, subject_id : str
        What it happened to; the reader asks for it by its id.
    party : str
        The institution whose feed shows it; empty for none.
    payload : mapping
        Plain values that help a reader decide whether to ask; never a name, a number or a word of a citizen.
    """

    kind: str
    subject_type: str
    subject_id: str
    party: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its number and its time (ISO 8601, UTC)."""

    cursor: int
    event: Event
    created_at: str


def append_events(connection: Connection, happened: Sequence[Event], at: str) -> None:
    """Number events and insert them; the transaction must hold the turn and commit next."""
    if not happened:
        return
    first = last_cursor(connection) + 1
    rows = [
        {
            "cursor": cursor,
            "kind": event.kind,
            "subject_type": event.subject_type,
            "subject_id": event.subject_id,
            "party": event.party,
            "payload": orjson.dumps(event.payload).decode(),
            "created_at": at,
        }
        for cursor, event in enumerate(happened, first)
    ]
    insert_rows(connection, events, rows)


def last_cursor(connection: Connection) -> int:
    """Return the number of the latest event; 0 before the first."""
    return connection.exec_driver_sql(_LAST).scalar() or 0


def events_between(
    connection: Connection, after: int, up_to: int, *, limit: int, party: str | None = None
) -> list[StoredEvent]:
    """Return events with ``after < cursor <= up_to``, oldest first; those of one party, or all."""
    query = select(events).where(events.c.cursor > after, events.c.cursor <= up_to)
    if party is not None:
        query = query.where(events.c.party == party)
    return [event_of(row) for row in connection.execute(query.order_by(events.c.cursor).limit(limit))]


def event_of(row: Row[Any]) -> StoredEvent:
    """Make an event of a row of ``events``."""
    happened = Event(row.kind, row.subject_type, row.subject_id, row.party, orjson.loads(row.payload))
    return StoredEvent(row.cursor, happened, row.created_at)


def cursor_before(connection: Connection, at: str) -> int:
    """Return the number after which everything comes that happened at an instant (ISO 8601, UTC) or later."""
    first = connection.execute(select(func.min(events.c.cursor)).where(events.c.created_at >= at)).scalar()
    return last_cursor(connection) if first is None else first - 1


def oldest_cursor(connection: Connection) -> int:
    """Return the number of the oldest event that is still kept; 0 when there is none."""
    return connection.execute(select(func.min(events.c.cursor))).scalar() or 0


def event_with_cursor(connection: Connection, cursor: int) -> StoredEvent | None:
    """Return one event; None when there is none with this number, or no longer."""
    row = connection.execute(select(events).where(events.c.cursor == cursor)).first()
    return None if row is None else event_of(row)
