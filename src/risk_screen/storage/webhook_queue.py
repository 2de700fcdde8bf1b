"""How far each endpoint has come, what is to be sent to it next, and which run may send it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from risk_screen.storage.changes import Change
from risk_screen.storage.event_kinds import EVERY_KIND, NEVER_PUSHED
from risk_screen.storage.events import StoredEvent, event_of, last_cursor
from risk_screen.storage.tables import events
from risk_screen.storage.webhook_tables import webhook_endpoints, webhook_progress, webhook_retries
from risk_screen.storage.webhooks import ENABLED, EVERYBODY, Endpoint

WAITING: Final = "waiting"
DEAD: Final = "dead"
LEASE: Final = timedelta(seconds=60)
"""A run that sends shows within this time that it lives; longer than one attempt can take."""
# An endpoint that wants none of so many new events is led past them, so that they are not looked through again.
LED_PAST: Final = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an endpoint has come; see the columns of ``webhook_progress``."""

    endpoint_id: str
    cursor: int
    failures: int = 0
    failing_since: str | None = None
    rests_until: str | None = None
    delivered_at: str | None = None
    attempted_at: str | None = None
    claimed_by: str = ""
    claimed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """An event that is to be sent now.

    Attributes
    ----------
    stored : StoredEvent
    attempts : int
        So far.
    is_retry : bool
        It was tried before, or is asked for again.
    """

    stored: StoredEvent
    attempts: int
    is_retry: bool


def start_progress(change: Change, endpoint_id: str) -> None:
    """Begin with what happens from now on."""
    change.take_turn()
    row = asdict(Progress(endpoint_id, last_cursor(change.connection)))
    change.connection.execute(insert(webhook_progress), row)


def progress_of(connection: Connection, endpoint_id: str) -> Progress | None:
    """Return how far an endpoint has come."""
    mine = webhook_progress.c.endpoint_id == endpoint_id
    row = connection.execute(select(webhook_progress).where(mine)).mappings().first()
    return None if row is None else Progress(**row)


def note_progress(change: Change, endpoint_id: str, **values: Any) -> None:
    """Write down how far an endpoint has come."""
    mine = webhook_progress.c.endpoint_id == endpoint_id
    change.connection.execute(update(webhook_progress).where(mine).values(**values))


def lead_to(change: Change, endpoint_id: str, cursor: int) -> None:
    """Move the cursor of an endpoint on; never back."""
    mine = (webhook_progress.c.endpoint_id == endpoint_id, webhook_progress.c.cursor < cursor)
    change.connection.execute(update(webhook_progress).where(*mine).values(cursor=cursor))


def lead_back_to(change: Change, endpoint_id: str, cursor: int) -> None:
    """Send again whatever comes after an event; a run that is sending now loses its claim, and writes nothing down."""
    again = (webhook_retries.c.endpoint_id == endpoint_id, webhook_retries.c.event_cursor > cursor)
    change.connection.execute(delete(webhook_retries).where(*again))
    note_progress(change, endpoint_id, cursor=cursor, rests_until=None, claimed_by="", claimed_at=None)


def claim(change: Change, endpoint_id: str, run: str) -> bool:
    """Take an endpoint for a run; False when another one has it."""
    free = _is_unclaimed(change.at)
    return _note_claim(change, (webhook_progress.c.endpoint_id == endpoint_id, free), run)


def keep_claim(change: Change, endpoint_id: str, run: str) -> bool:
    """Show that a run lives; False when another one has taken over."""
    mine = (webhook_progress.c.endpoint_id == endpoint_id, webhook_progress.c.claimed_by == run)
    return _note_claim(change, mine, run)


def release_claim(change: Change, endpoint_id: str, run: str) -> None:
    """Let another run have the endpoint at once."""
    mine = (webhook_progress.c.endpoint_id == endpoint_id, webhook_progress.c.claimed_by == run)
    change.connection.execute(update(webhook_progress).where(*mine).values(claimed_by="", claimed_at=None))


def endpoints_with_work(connection: Connection, at: datetime) -> list[str]:
    """Name the endpoints to which something may be sent now and which no run has."""
    last = last_cursor(connection)
    progress = webhook_progress.c
    awake = [webhook_endpoints.c.state == ENABLED, _is_unclaimed(at), _is_awake(at)]
    wanted = select(webhook_endpoints, progress.cursor).join(webhook_progress).where(*awake)
    retried = select(webhook_retries.c.endpoint_id).where(_is_due(at)).distinct()
    with_retries = set(connection.execute(retried).scalars())
    found = []
    for row in connection.execute(wanted).mappings():
        endpoint = _wants(row)
        new = row["cursor"] < last and (
            last - row["cursor"] > LED_PAST
            or connection.execute(select(exists(_new_events(*endpoint, row["cursor"], last)))).scalar()
        )
        if new or row["id"] in with_retries:
            found.append(row["id"])
    return found


def due_now(change: Change, endpoint: Endpoint, progress: Progress, most: int) -> list[Due]:
    """Return what is to be sent now, the oldest first, and lead the endpoint past what is not for it.

    What is tried again comes before what is new.
    """
    if endpoint.state != ENABLED or not _has_rested(progress, change.at):
        return []
    retry = (
        select(events, webhook_retries.c.attempts)
        .join(webhook_retries, webhook_retries.c.event_cursor == events.c.cursor)
        .where(webhook_retries.c.endpoint_id == endpoint.id, _is_due(change.at))
    )
    rows = change.connection.execute(retry.order_by(events.c.cursor).limit(most)).all()
    if rows:
        return [Due(event_of(row), row.attempts, is_retry=True) for row in rows]
    last = last_cursor(change.connection)  # before the events: what is committed in between is looked at next time
    new = _new_events(endpoint.party, endpoint.kinds, progress.cursor, last)
    rows = change.connection.execute(new.order_by(events.c.cursor).limit(most)).all()
    if not rows:
        lead_to(change, endpoint.id, last)
    return [Due(event_of(row), 0, is_retry=False) for row in rows]


def count_new(connection: Connection, endpoint: Endpoint, cursor: int) -> tuple[int, str | None]:
    """Count the events that were not tried yet, and tell when the oldest happened."""
    new = _new_events(endpoint.party, endpoint.kinds, cursor, last_cursor(connection)).subquery()
    count, oldest = connection.execute(select(func.count(), func.min(new.c.created_at)).select_from(new)).one()
    return count, oldest


def is_for(event_kind: str, kinds: tuple[str, ...]) -> bool:
    """Tell whether an endpoint wants a kind of event; what happens to pushes themselves is never pushed."""
    if event_kind.startswith(NEVER_PUSHED):
        return False
    return any(kind in (EVERY_KIND, event_kind) or _is_below(event_kind, kind) for kind in kinds)


def _is_below(event_kind: str, kind: str) -> bool:
    return kind.endswith(".*") and event_kind.startswith(kind[:-1])


def _new_events(party: str, kinds: tuple[str, ...], after: int, up_to: int) -> Select[Any]:
    conditions = [events.c.cursor > after, events.c.cursor <= up_to, ~events.c.kind.startswith(NEVER_PUSHED)]
    if party != EVERYBODY:
        conditions.append(events.c.party == party)
    if EVERY_KIND not in kinds:
        conditions.append(or_(*(_of_kind(kind) for kind in kinds)))
    return select(events).where(*conditions)


def _of_kind(kind: str) -> ColumnElement[bool]:
    if kind.endswith(".*"):
        return events.c.kind.startswith(kind[:-1], autoescape=True)
    return events.c.kind == kind


def _wants(row: RowMapping) -> tuple[str, tuple[str, ...]]:
    return row["party"], tuple(row["kinds"].split())


def _note_claim(change: Change, where: tuple[ColumnElement[bool], ...], run: str) -> bool:
    values = {"claimed_by": run, "claimed_at": change.at_text}
    return change.connection.execute(update(webhook_progress).where(*where).values(**values)).rowcount == 1


def _is_unclaimed(at: datetime) -> ColumnElement[bool]:
    """No run has it, or the one that had it has fallen silent; clocks that were set back count as silence."""
    claimed_at = webhook_progress.c.claimed_at
    return or_(webhook_progress.c.claimed_by == "", claimed_at < instant(at - LEASE), claimed_at > instant(at + LEASE))


def _is_awake(at: datetime) -> ColumnElement[bool]:
    rests_until, attempted_at = webhook_progress.c.rests_until, webhook_progress.c.attempted_at
    return or_(rests_until.is_(None), rests_until <= instant(at), attempted_at > instant(at + LEASE))


def _has_rested(progress: Progress, at: datetime) -> bool:
    if progress.rests_until is None or progress.rests_until <= instant(at):
        return True
    return progress.attempted_at is not None and progress.attempted_at > instant(at + LEASE)


def _is_due(at: datetime) -> ColumnElement[bool]:
    """It is time; or the clock was set back since the last attempt."""
    due_at, attempted_at = webhook_retries.c.due_at, webhook_retries.c.attempted_at
    is_time = or_(due_at <= instant(at), attempted_at > instant(at + LEASE))
    return and_(webhook_retries.c.state == WAITING, is_time)


def instant(at: datetime) -> str:
    """Write an instant as it is stored."""
    return at.isoformat(timespec="milliseconds")
