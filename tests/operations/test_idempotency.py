"""A request sent twice under one key is done once, whoever sends it at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from builders import flyer_assessment
from risk_screen.access.actor import Actor
from risk_screen.operations.feed import events_after
from risk_screen.operations.idempotency import (
    Answer,
    IdempotencyConflictError,
    answer_once,
    answered_before,
    request_key,
)
from risk_screen.operations.screening import Screened, submit_screened
from risk_screen.operations.store import Store
from risk_screen.screening.submission import Submission
from risk_screen.storage.changes import Change
from risk_screen.storage.database import open_database, reading
from risk_screen.storage.idempotency import KEPT, RequestKey, forget_old_answers
from risk_screen.storage.tables import assessments, idempotency_keys

ME = Actor("key", "7")
key_of = partial(request_key, "key:7")


def answer(store: Store, key: RequestKey | None, content: bytes = b"{}", status: int = 200) -> Answer:
    return store.write(lambda change: answer_once(change, key, lambda: Answer(content, status)))


def test_the_same_request_gets_the_same_answer_and_is_not_done_again(store: Store) -> None:
    key = key_of("K-1", "/v1/screenings", b"body")
    assert answer(store, key, b"first", 201) == Answer(b"first", 201)
    assert answer(store, key, b"second") == Answer(b"first", 201, is_replayed=True)


@pytest.mark.parametrize(("place", "body"), [("/v1/screenings", b"other"), ("/v1/other", b"body")])
def test_another_request_under_the_key_is_refused(store: Store, place: str, body: bytes) -> None:
    answer(store, key_of("K-1", "/v1/screenings", b"body"))
    with pytest.raises(IdempotencyConflictError, match="另一个请求") as caught:
        answer(store, key_of("K-1", place, body))
    assert caught.value.code == "idempotency_conflict"


def test_a_key_belongs_to_whoever_uses_it(store: Store) -> None:
    first = answer(store, key_of("K-1", "/", b"a"), b"mine")
    assert answer(store, request_key("key:8", "K-1", "/", b"b"), b"theirs").content != first.content


def test_without_a_key_everything_is_done(store: Store) -> None:
    assert [answer(store, None, content).content for content in (b"1", b"2")] == [b"1", b"2"]


def test_what_fails_keeps_no_answer(store: Store) -> None:
    def fail(change: Change) -> Answer:
        return answer_once(change, key_of("K-1", "/", b"a"), lambda: Answer(str(1 // 0).encode()))

    with pytest.raises(ZeroDivisionError):
        store.write(fail)
    assert not answer(store, key_of("K-1", "/", b"b")).is_replayed


def test_answers_are_kept_for_two_days_and_then_forgotten(store: Store) -> None:
    start = store.now()
    answer(store, key_of("K-1", "/", b"a"), b"old")
    store.now = lambda: start + KEPT - timedelta(minutes=1)
    answer(store, key_of("K-2", "/", b"a"))
    assert answer(store, key_of("K-1", "/", b"a")).is_replayed
    store.now = lambda: start + KEPT + timedelta(minutes=1)
    assert answer(store, key_of("K-1", "/", b"another request"), b"new") == Answer(b"new")
    store.now = lambda: start + KEPT * 2
    store.write(forget_old_answers)
    with reading(store.engine) as connection:
        assert connection.execute(select(idempotency_keys.c.key)).scalars().all() == ["K-1"]


def test_an_answer_is_found_before_the_work_as_long_as_it_is_kept(store: Store) -> None:
    key = key_of("K-1", "/", b"a")
    assert answered_before(store, key) is None
    answer(store, key, b"first", 201)
    assert answered_before(store, key) == Answer(b"first", 201, is_replayed=True)
    with pytest.raises(IdempotencyConflictError):
        answered_before(store, key_of("K-1", "/", b"b"))
    start = store.now()
    store.now = lambda: start + KEPT + timedelta(seconds=1)
    assert answered_before(store, key) is None


def test_equal_requests_at_once_are_done_once_also_by_two_programs(store: Store, address: str) -> None:
    other = Store(open_database(address))
    screened = [Screened(Submission.of("marketing", {"text": "甲"}), flyer_assessment())]

    def send(number: int) -> Answer:
        key = key_of(f"K-{number % 5}", "/", b"a")
        which = (store, other)[number % 2]
        return submit_screened(which, screened, actor=ME, key=key, answered=lambda contents: contents[0]).result()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(40)))
    other.close()
    assert len({one.content for one in answers}) == 5 == sum(not one.is_replayed for one in answers)
    with reading(store.engine) as connection:
        assert connection.execute(select(func.count()).select_from(assessments)).scalar() == 5
    assert len(events_after(store, 0).events) == 5


def test_two_in_one_transaction_are_done_once(store: Store) -> None:
    def work(change: Change) -> list[Answer]:
        make: Callable[[bytes], Answer] = lambda content: answer_once(  # noqa: E731
            change, key_of("K-1", "/", b"a"), lambda: Answer(content)
        )
        return [make(b"1"), make(b"2")]

    assert store.write(work) == [Answer(b"1"), Answer(b"1", is_replayed=True)]
