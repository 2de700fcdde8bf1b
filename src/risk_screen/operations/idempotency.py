"""A request sent twice under one key is done once, and answered twice with the same bytes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from risk_screen.errors import RiskScreenError
from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.idempotency import KeptAnswer, RequestKey, answer_under, keep_answer, kept_answer


class IdempotencyConflictError(RiskScreenError):
    """The key was used for another request."""

    code = "idempotency_conflict"

    def __init__(self) -> None:
        super().__init__(
            "这个 Idempotency-Key 已用于另一个请求：重试要原样再送；内容不同的请求请换一个新的 Idempotency-Key。"
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to a request.

    Attributes
    ----------
    content : bytes
        JSON.
    status : int
        The HTTP status.
    is_replayed : bool
        The same request was answered before, and nothing was done now.
    consultation_id : str or None
        The consultation that what was asked led to, where that is known without looking.
    """

    content: bytes
    status: int = 200
    is_replayed: bool = False
    consultation_id: str | None = None


def request_key(party: str, key: str, address: str, body: bytes) -> RequestKey:
    """Make the key of a request; the same key at another address is another request."""
    return RequestKey(party, key, hashlib.sha256(address.encode() + b"\n" + body).hexdigest())


def answered_before(store: Store, key: RequestKey) -> Answer | None:
    """Look up what was answered under a key, before work that costs much; ``answer_once`` looks again.

    Raises
    ------
    IdempotencyConflictError, StoreUnavailableError
    """
    with store.reading() as connection:
        kept = answer_under(connection, key, store.now())
    return None if kept is None else _again(kept, key)


def answer_once(change: Change, key: RequestKey | None, work: Callable[[], Answer]) -> Answer:
    """Do the work and keep its answer under the key; or return what was answered to the same request before.

    Only an answer is kept: what raises may be sent again under the same key. Answers are kept for 48 hours.

    Raises
    ------
    IdempotencyConflictError
        When the key was used for another request.
    """
    if key is None:
        return work()
    kept = kept_answer(change, key)
    if kept is None:
        answer = work()
        keep_answer(change, key, answer.status, answer.content)
        return answer
    return _again(kept, key)


def _again(kept: KeptAnswer, key: RequestKey) -> Answer:
    if kept.request_sha256 != key.request_sha256:
        raise IdempotencyConflictError
    return Answer(kept.content, kept.status, is_replayed=True)
