"""How pushes go: the log, what was given up, sending again, and a test message."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from risk_screen.access.actor import Actor
from risk_screen.delivery.destinations import AllowList
from risk_screen.delivery.sending import Sender
from risk_screen.delivery.signing import signed_headers
from risk_screen.errors import RiskScreenError
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import kept_allow_list
from risk_screen.operations.webhook_messages import ping_message
from risk_screen.operations.webhooks import SUBJECT, WebhookLimitError, WebhookNotFoundError
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.events import cursor_before, event_with_cursor
from risk_screen.storage.webhook_attempts import (
    Attempt,
    Backlog,
    Retry,
    attempts_before,
    backlog_of,
    dead_letters_after,
    keep_retry,
    last_attempt_id,
    log_attempts,
    revive_dead_letters,
)
from risk_screen.storage.webhook_queue import (
    WAITING,
    Progress,
    count_new,
    is_for,
    lead_back_to,
    note_progress,
    progress_of,
)
from risk_screen.storage.webhooks import (
    EVERYBODY,
    Endpoint,
    endpoint_with_id,
    signing_secrets,
)

PING_NUMBER: Final = 1
MOST_AGAIN: Final = 100_000


class EventNotFoundError(RiskScreenError):
    """No such event, or none that this endpoint gets."""

    code = "event_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个编号的事件，或它不属于这个推送端点的单位和事件种类：请检查编号。")


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fares."""

    endpoint: Endpoint
    progress: Progress
    backlog: Backlog


def health_of(store: Store, endpoint_id: str) -> Health:
    """Tell how far an endpoint has come and what has not arrived.

    Raises
    ------
    WebhookNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        endpoint = _endpoint(connection, endpoint_id)
        progress = progress_of(connection, endpoint_id)
        assert progress is not None  # every endpoint has one
        return Health(endpoint, progress, backlog_of(connection, endpoint_id))


def attempts_at(store: Store, endpoint_id: str, before: str, limit: int) -> Sequence[Attempt]:
    """Return the log, the newest first, before one line of it (from the top when empty).

    Raises
    ------
    WebhookNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        _endpoint(connection, endpoint_id)
        return attempts_before(connection, endpoint_id, before, limit)


def dead_letters_of(store: Store, endpoint_id: str, after: int, limit: int) -> Sequence[Retry]:
    """Return what was given up, by event.

    Raises
    ------
    WebhookNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        _endpoint(connection, endpoint_id)
        return dead_letters_after(connection, endpoint_id, after, limit)


def resend(store: Store, actor: Actor, endpoint_id: str, cursor: int) -> int:
    """Send one event again, whether it arrived or was given up; returns how many are sent.

    Raises
    ------
    WebhookNotFoundError, EventNotFoundError, StoreUnavailableError
    """

    def work(change: Change) -> int:
        endpoint = _endpoint(change.connection, endpoint_id)
        stored = event_with_cursor(change.connection, cursor)
        if stored is None or not is_for(stored.event.kind, endpoint.kinds):
            raise EventNotFoundError
        if endpoint.party not in (EVERYBODY, stored.event.party):
            raise EventNotFoundError
        keep_retry(change, Retry(endpoint_id, cursor, WAITING, 0, "", change.at_text, None))
        return _asked_again(change, actor, endpoint_id, 1)

    return store.write(work)


def resend_dead_letters(store: Store, actor: Actor, endpoint_id: str, since: str = "") -> int:
    """Send again what was given up of everything that happened since an instant (ISO 8601, UTC; all when empty).

    Raises
    ------
    WebhookNotFoundError, StoreUnavailableError
    """

    def work(change: Change) -> int:
        _endpoint(change.connection, endpoint_id)
        return _asked_again(change, actor, endpoint_id, revive_dead_letters(change, endpoint_id, since))

    return store.write(work)


def resend_after(store: Store, actor: Actor, endpoint_id: str, cursor: int) -> int:
    """Send again everything after an event, arrived or not, in its order; returns how many events wait then.

    Raises
    ------
    WebhookNotFoundError, WebhookLimitError, StoreUnavailableError
    """
    return _lead_back(store, actor, endpoint_id, lambda _: cursor)


def resend_since(store: Store, actor: Actor, endpoint_id: str, since: str) -> int:
    """Send again everything that happened since an instant (ISO 8601, UTC); as ``resend_after``."""
    return _lead_back(store, actor, endpoint_id, lambda connection: cursor_before(connection, since))


def _lead_back(store: Store, actor: Actor, endpoint_id: str, place: Callable[[Connection], int]) -> int:
    def work(change: Change) -> int:
        change.take_turn()
        endpoint = _endpoint(change.connection, endpoint_id)
        progress = progress_of(change.connection, endpoint_id)
        assert progress is not None  # every endpoint has one
        cursor = min(place(change.connection), progress.cursor)
        count, _ = count_new(change.connection, endpoint, cursor)
        if count > MOST_AGAIN:
            raise WebhookLimitError(
                f"从那里起有 {count} 个事件，一次至多重推 {MOST_AGAIN} 个："
                "请选晚一些的，更早的由接收方用 GET /v1/events 补读。"
            )
        lead_back_to(change, endpoint_id, cursor)
        return _asked_again(change, actor, endpoint_id, count)

    return store.write(work)


async def ping(store: Store, sender: Sender, actor: Actor, endpoint_id: str) -> Attempt:
    """Send a test message now, also to an endpoint that is paused, and tell how that ended.

    Raises
    ------
    WebhookNotFoundError, StoreUnavailableError
    """
    endpoint, signing, allowed = await asyncio.to_thread(_ready, store, sender, endpoint_id)
    at = store.now()
    message = ping_message(new_id(at), at.isoformat(timespec="milliseconds"))
    async with sender.line() as line:
        outcome = await line.send(endpoint.url, allowed, signed_headers(message, signing, at), message.body)

    def work(change: Change) -> Attempt:
        told = Attempt(
            new_id(change.at, after=last_attempt_id(change.connection, endpoint_id)),
            endpoint_id,
            None,
            PING_NUMBER,
            outcome.result,
            outcome.status,
            outcome.duration_ms,
            change.at_text,
        )
        log_attempts(change, [told])
        change.record(AuditEntry(actor, "webhook.ping", SUBJECT, endpoint_id, details={"result": outcome.result}))
        return told

    return await asyncio.wrap_future(store.submit(work))


def _ready(store: Store, sender: Sender, endpoint_id: str) -> tuple[Endpoint, Sequence[bytes], AllowList]:
    with store.reading() as connection:
        allowed = kept_allow_list(connection, allows_loopback=sender.allows_loopback)
        return _endpoint(connection, endpoint_id), signing_secrets(connection, endpoint_id, store.ring()), allowed


def _endpoint(connection: Connection, endpoint_id: str) -> Endpoint:
    endpoint = endpoint_with_id(connection, endpoint_id)
    if endpoint is None:
        raise WebhookNotFoundError
    return endpoint


def _asked_again(change: Change, actor: Actor, endpoint_id: str, count: int) -> int:
    note_progress(change, endpoint_id, rests_until=None)
    change.record(AuditEntry(actor, "webhook.resend", SUBJECT, endpoint_id, details={"events": count}))
    return count
