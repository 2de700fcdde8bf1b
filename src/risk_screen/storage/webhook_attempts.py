"""What was tried and how it ended, what is tried again, and what was given up."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from risk_screen.storage.changes import Change
from risk_screen.storage.tables import events
from risk_screen.storage.webhook_queue import DEAD, WAITING, count_new, progress_of
from risk_screen.storage.webhook_tables import webhook_attempts, webhook_retries
from risk_screen.storage.webhooks import endpoints_after

LOG_KEPT: Final = timedelta(days=180)
_ALL_ENDPOINTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the delivery log; see the columns of ``webhook_attempts``. It holds nothing of what was sent."""

    id: str
    endpoint_id: str
    event_cursor: int | None
    number: int
    result: str
    status: int | None
    duration_ms: int
    attempted_at: str


@dataclass(frozen=True, slots=True)
class Retry:
    """An event that is tried again, or was given up; see the columns of ``webhook_retries``."""

    endpoint_id: str
    event_cursor: int
    state: str
    attempts: int
    problem: str
    due_at: str
    attempted_at: str | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has not arrived.

    Attributes
    ----------
    waiting : int
        Events that were not tried yet, or are tried again.
    dead : int
        Events that were given up.
    oldest_at : str or None
        When the oldest waiting one happened.
    """

    waiting: int
    dead: int
    oldest_at: str | None


def log_attempts(change: Change, attempts: Sequence[Attempt]) -> None:
    """Add lines to the delivery log."""
    change.connection.execute(insert(webhook_attempts), [asdict(one) for one in attempts])


def attempts_before(connection: Connection, endpoint_id: str, before: str, limit: int) -> Sequence[Attempt]:
    """Return lines of the log, the newest first, those before one (all when empty)."""
    wanted = select(webhook_attempts).where(webhook_attempts.c.endpoint_id == endpoint_id)
    if before:
        wanted = wanted.where(webhook_attempts.c.id < before)
    rows = connection.execute(wanted.order_by(webhook_attempts.c.id.desc()).limit(limit)).mappings()
    return [Attempt(**row) for row in rows]


def last_attempt_id(connection: Connection, endpoint_id: str) -> str | None:
    """Return the newest line of the log, so that the next one sorts after it."""
    mine = webhook_attempts.c.endpoint_id == endpoint_id
    return connection.execute(select(func.max(webhook_attempts.c.id)).where(mine)).scalar()


def forget_old_attempts(change: Change) -> None:
    """Remove the lines of the log whose time is over."""
    over = (change.at - LOG_KEPT).isoformat(timespec="milliseconds")
    change.connection.execute(delete(webhook_attempts).where(webhook_attempts.c.attempted_at < over))


def keep_retry(change: Change, retry: Retry) -> None:
    """Put an event among those that are tried again or given up, in the place of what was said of it before."""
    drop_retry(change, retry.endpoint_id, retry.event_cursor)
    change.connection.execute(insert(webhook_retries), asdict(retry))


def drop_retry(change: Change, endpoint_id: str, event_cursor: int) -> None:
    """Try an event no more."""
    mine = (webhook_retries.c.endpoint_id == endpoint_id, webhook_retries.c.event_cursor == event_cursor)
    change.connection.execute(delete(webhook_retries).where(*mine))


def dead_letters_after(connection: Connection, endpoint_id: str, after: int, limit: int) -> Sequence[Retry]:
    """Return what was given up, in the order of the events, those after one."""
    mine = (webhook_retries.c.endpoint_id == endpoint_id, webhook_retries.c.event_cursor > after)
    wanted = select(webhook_retries).where(*mine, webhook_retries.c.state == DEAD)
    rows = connection.execute(wanted.order_by(webhook_retries.c.event_cursor).limit(limit)).mappings()
    return [Retry(**row) for row in rows]


def revive_dead_letters(change: Change, endpoint_id: str, since: str) -> int:
    """Try again what was given up of what happened at an instant or after it; returns how many."""
    happened = select(events.c.cursor).where(events.c.created_at >= since)
    mine = (webhook_retries.c.endpoint_id == endpoint_id, webhook_retries.c.state == DEAD)
    revived = update(webhook_retries).where(*mine, webhook_retries.c.event_cursor.in_(happened))
    values = {"state": WAITING, "attempts": 0, "due_at": change.at_text}
    return change.connection.execute(revived.values(**values)).rowcount


def backlog_of(connection: Connection, endpoint_id: str | None = None) -> Backlog:
    """Count what has not arrived at one endpoint, or at all of them."""
    waiting, dead, oldest = 0, 0, []
    for endpoint in endpoints_after(connection, "", _ALL_ENDPOINTS):
        progress = progress_of(connection, endpoint.id)
        if progress is None or endpoint_id not in (None, endpoint.id):
            continue
        new, first_new = count_new(connection, endpoint, progress.cursor)
        retries = webhook_retries.c.endpoint_id == endpoint.id
        counted = select(webhook_retries.c.state, func.count(), func.min(events.c.created_at)).join(
            events, events.c.cursor == webhook_retries.c.event_cursor
        )
        by_state = {
            row[0]: row[1:] for row in connection.execute(counted.where(retries).group_by(webhook_retries.c.state))
        }
        again, first_again = by_state.get(WAITING, (0, None))
        waiting += new + again
        dead += by_state.get(DEAD, (0, None))[0]
        oldest += [one for one in (first_new, first_again) if one is not None]
    return Backlog(waiting, dead, min(oldest, default=None))


def webhook_backlog(connection: Connection) -> Backlog:
    """Count what has not arrived, over all endpoints; for the metrics."""
    return backlog_of(connection)
