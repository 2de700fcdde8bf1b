"""Write down how an attempt to push ended, and what follows from it: done, again later, given up, or no more at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.delivery.retrying import pause_after, rest_after
from risk_screen.delivery.sending import DELIVERED, GONE, OF_THE_RECEIVER, Outcome
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.numbering import new_id
from risk_screen.operations.webhooks import SUBJECT, party_of
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.webhook_attempts import Attempt, Retry, drop_retry, keep_retry, last_attempt_id, log_attempts
from risk_screen.storage.webhook_queue import (
    DEAD,
    WAITING,
    Due,
    instant,
    keep_claim,
    lead_to,
    note_progress,
    progress_of,
)
from risk_screen.storage.webhooks import DISABLED, Endpoint, endpoint_with_id, save_endpoint

SERVICE: Final = Actor("system", "webhooks")
FAILING_AFTER: Final = 5
"""Failures in a row: from here on administrators are told, and the receiver is left alone for a while."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """An attempt that has ended.

    Attributes
    ----------
    due : Due
    outcome : Outcome
    chance : float
        0 to 1, at random: spreads what is tried again.
    """

    due: Due
    outcome: Outcome
    chance: float

    @property
    def has_arrived(self) -> bool:
        """The receiver has it."""
        return self.outcome.result == DELIVERED


def settle(change: Change, endpoint_id: str, run: str, tried: Sequence[Attempted]) -> bool:
    """Write down how attempts ended; False when another run has taken the endpoint over meanwhile.

    What arrived has arrived, whoever sent it. Failures count, and the cursor moves on, only for the run that has the
    endpoint.

    Parameters
    ----------
    change : Change
    endpoint_id, run : str
        Where to, and which run sent.
    tried : sequence of Attempted
        In their order; nothing comes after one that failed.
    """
    is_ours = keep_claim(change, endpoint_id, run)
    endpoint = endpoint_with_id(change.connection, endpoint_id)
    if endpoint is None:
        return False
    _log(change, endpoint_id, tried)
    arrived = [one for one in tried if one.has_arrived]
    if arrived:
        _arrived(change, endpoint, arrived)
    if is_ours:
        if arrived:  # who lost the claim leaves the cursor: it may have been led back, to send all of it again
            _move_on(change, endpoint, arrived[-1])
        for one in tried[len(arrived) :]:
            _failed(change, endpoint, one)
    return is_ours


def _log(change: Change, endpoint_id: str, tried: Sequence[Attempted]) -> None:
    lines, last = list[Attempt](), last_attempt_id(change.connection, endpoint_id)
    for one in tried:
        last = new_id(change.at, after=last)
        line = Attempt(
            id=last,
            endpoint_id=endpoint_id,
            event_cursor=one.due.stored.cursor,
            number=one.due.attempts + 1,
            result=one.outcome.result,
            status=one.outcome.status,
            duration_ms=one.outcome.duration_ms,
            attempted_at=change.at_text,
        )
        lines.append(line)
    log_attempts(change, lines)


def _arrived(change: Change, endpoint: Endpoint, arrived: Sequence[Attempted]) -> None:
    for one in arrived:
        if one.due.is_retry:
            drop_retry(change, endpoint.id, one.due.stored.cursor)
    if _failures(change, endpoint) >= FAILING_AFTER:
        change.publish(Event(EventKind.WEBHOOK_RECOVERED, SUBJECT, endpoint.id, party_of(endpoint)))
    note_progress(change, endpoint.id, failures=0, failing_since=None, rests_until=None, delivered_at=change.at_text)


def _failed(change: Change, endpoint: Endpoint, tried: Attempted) -> None:
    result = tried.outcome.result
    if result == GONE:
        _disable(change, endpoint)
        return
    failures = _failures(change, endpoint) + 1
    rests = result in OF_THE_RECEIVER or failures >= FAILING_AFTER
    rests_until = instant(change.at + rest_after(failures, tried.chance)) if rests else None
    note_progress(change, endpoint.id, failures=failures, rests_until=rests_until)
    if failures == 1:
        note_progress(change, endpoint.id, failing_since=change.at_text)
    if failures == FAILING_AFTER:
        change.publish(Event(EventKind.WEBHOOK_FAILING, SUBJECT, endpoint.id, party_of(endpoint), {"result": result}))
    _keep_for_later(change, endpoint, tried)
    _move_on(change, endpoint, tried)


def _keep_for_later(change: Change, endpoint: Endpoint, tried: Attempted) -> None:
    attempts, cursor = tried.due.attempts + 1, tried.due.stored.cursor
    pause = pause_after(attempts, tried.chance)
    if pause is None:
        told = {"cursor": cursor, "attempts": attempts, "result": tried.outcome.result}
        change.publish(Event(EventKind.WEBHOOK_GIVEN_UP, SUBJECT, endpoint.id, party_of(endpoint), told))
    keep_retry(
        change,
        Retry(
            endpoint_id=endpoint.id,
            event_cursor=cursor,
            state=DEAD if pause is None else WAITING,
            attempts=attempts,
            problem=tried.outcome.result,
            due_at=instant(change.at + (pause or timedelta())),
            attempted_at=change.at_text,
        ),
    )


def _disable(change: Change, endpoint: Endpoint) -> None:
    """The receiver wants nothing more (410). Nothing is lost: an administrator may enable it again, and it goes on."""
    after = replace(endpoint, state=DISABLED, version=endpoint.version + 1, changed_at=change.at_text)
    save_endpoint(change, after)
    told = {"state": after.state, "version": after.version, "result": GONE}
    change.publish(Event(EventKind.WEBHOOK_DISABLED, SUBJECT, endpoint.id, party_of(endpoint), told))
    hashes = {"before_hash": fingerprint_of(endpoint), "after_hash": fingerprint_of(after)}
    change.record(AuditEntry(SERVICE, "webhook.disable", SUBJECT, endpoint.id, **hashes, details=told))


def _failures(change: Change, endpoint: Endpoint) -> int:
    progress = progress_of(change.connection, endpoint.id)
    return progress.failures if progress else 0


def _move_on(change: Change, endpoint: Endpoint, tried: Attempted) -> None:
    if not tried.due.is_retry:
        lead_to(change, endpoint.id, tried.due.stored.cursor)
