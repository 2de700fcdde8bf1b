"""Answers kept under the sender's own keys, so that a request sent twice is done once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select

from risk_screen.storage.changes import Change
from risk_screen.storage.tables import idempotency_keys

KEPT: Final = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A sender's key for a request, and the SHA-256 of the request (address and body)."""

    party: str
    key: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered under a key, and to which request."""

    request_sha256: str
    status: int
    content: bytes


def kept_answer(change: Change, key: RequestKey) -> KeptAnswer | None:
    """Find the answer under a key; until the commit nobody else answers under it."""
    change.take_turn()
    change.settle((idempotency_keys, key.party, key.key))
    return answer_under(change.connection, key, change.at)


def answer_under(connection: Connection, key: RequestKey, at: datetime) -> KeptAnswer | None:
    """Find the answer under a key whose time is not over."""
    is_kept = idempotency_keys.c.created_at >= _oldest(at)
    row = connection.execute(select(idempotency_keys).where(*_is(key), is_kept)).first()
    return None if row is None else KeptAnswer(row.request_sha256, row.status, bytes(row.answer))


def keep_answer(change: Change, key: RequestKey, status: int, content: bytes) -> None:
    """Keep an answer, and forget those whose time is over."""
    forget_old_answers(change)
    row = {
        "party": key.party,
        "key": key.key,
        "request_sha256": key.request_sha256,
        "status": status,
        "answer": content,
        "created_at": change.at_text,
    }
    change.add(idempotency_keys, row, name=(idempotency_keys, key.party, key.key))


def forget_old_answers(change: Change) -> None:
    """Remove the answers whose time is over."""
    change.connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < _oldest(change.at)))


def _is(key: RequestKey) -> tuple[ColumnElement[bool], ...]:
    return idempotency_keys.c.party == key.party, idempotency_keys.c.key == key.key


def _oldest(at: datetime) -> str:
    return (at - KEPT).isoformat(timespec="milliseconds")
