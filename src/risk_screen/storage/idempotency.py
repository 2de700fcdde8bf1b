"""Answers kept under the sender's own keys, so that a request sent twice is done once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

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
    is_this = idempotency_keys.c.party == key.party, idempotency_keys.c.key == key.key
    row = change.connection.execute(select(idempotency_keys).where(*is_this)).first()
    if row is None:
        return None
    if row.created_at < _oldest_kept(change):
        change.connection.execute(delete(idempotency_keys).where(*is_this))
        return None
    return KeptAnswer(row.request_sha256, row.status, bytes(row.answer))


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
    change.connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < _oldest_kept(change)))


def _oldest_kept(change: Change) -> str:
    return (change.at - KEPT).isoformat(timespec="milliseconds")
