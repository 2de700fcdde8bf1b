"""Work that comes at the same time is committed together; what fails fails alone; a stop writes what waits."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from risk_screen.storage import group_commit
from risk_screen.storage.changes import Change, changing
from risk_screen.storage.database import reading
from risk_screen.storage.group_commit import GroupWriter, WriterClosedError

numbers = Table("numbers", MetaData(), Column("n", Integer, primary_key=True))


class Counted:
    """Transactions of a database, counted; one may be made to wait, so that work queues up behind it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.commits = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.fault: Exception | None = None

    @contextmanager
    def transaction(self) -> Iterator[Change]:
        self.go_on.wait()
        with changing(self.engine, datetime.now(UTC)) as change:
            if self.fault is not None:
                raise self.fault
            yield change
        self.commits += 1


@pytest.fixture
def counted(engine: Engine) -> Counted:
    numbers.metadata.create_all(engine)
    return Counted(engine)


@pytest.fixture
def writer(counted: Counted) -> Iterator[GroupWriter]:
    made = GroupWriter(counted.transaction)
    yield made
    counted.go_on.set()
    made.close()


def adding(number: int) -> Callable[[Change], int]:
    def work(change: Change) -> int:
        change.add(numbers, {"n": number})
        return number

    return work


def failing(change: Change) -> None:
    change.add(numbers, {"n": -1})
    raise ZeroDivisionError


def stored(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return list(connection.execute(select(numbers.c.n).order_by(numbers.c.n)).scalars())


def queued(counted: Counted, writer: GroupWriter, *works: Callable[[Change], Any]) -> list["Future[Any]"]:
    """Submit work while a transaction is under way, so that all of it waits for the next."""
    counted.go_on.clear()
    first = writer.submit(lambda _: None)
    while writer._waiting:  # the first is taken
        threading.Event().wait(0.001)
    futures = [writer.submit(work) for work in works]
    counted.go_on.set()
    first.result()
    return futures


def test_the_result_comes_when_it_is_committed(writer: GroupWriter, counted: Counted) -> None:
    assert writer.submit(adding(7)).result() == 7
    assert stored(counted.engine) == [7]


def test_what_waits_is_committed_together_in_the_order_it_came(writer: GroupWriter, counted: Counted) -> None:
    futures = queued(counted, writer, *map(adding, range(20)))
    assert [future.result() for future in futures] == list(range(20))
    assert counted.commits == 2
    assert stored(counted.engine) == list(range(20))


def test_a_batch_has_an_upper_limit(writer: GroupWriter, counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MOST_TOGETHER", 6)
    for future in queued(counted, writer, *map(adding, range(20))):
        future.result()
    assert counted.commits == 1 + 4


def test_one_that_raises_fails_alone_and_leaves_nothing(writer: GroupWriter, counted: Counted) -> None:
    works = [*map(adding, range(9)), failing, *map(adding, range(9, 18))]
    futures = queued(counted, writer, *works)
    for future in futures[:9] + futures[10:]:
        assert future.result() is not None
    with pytest.raises(ZeroDivisionError):
        futures[9].result()
    assert stored(counted.engine) == list(range(18))
    assert counted.commits < 10  # halves, not one by one


def refusing(change: Change) -> None:
    change.connection.execute(select(numbers.c.n)).all()
    raise LookupError


def test_one_that_refuses_before_it_writes_costs_the_others_no_second_run(
    writer: GroupWriter, counted: Counted
) -> None:
    futures = queued(counted, writer, *map(adding, range(9)), refusing, *map(adding, range(9, 18)), refusing)
    assert [type(future.exception()) for future in futures if future.exception()] == [LookupError] * 2
    assert stored(counted.engine) == list(range(18))
    assert counted.commits == 2


def writing_directly(change: Change) -> None:
    change.connection.execute(numbers.insert(), {"n": -1})
    raise LookupError


def settling(change: Change) -> None:
    change.settle()
    raise LookupError


@pytest.mark.parametrize(("work", "commits"), [(writing_directly, 4), (settling, 2)])
def test_what_it_wrote_itself_goes_and_what_others_wrote_stays(
    writer: GroupWriter, counted: Counted, work: Callable[[Change], None], commits: int
) -> None:
    futures = queued(counted, writer, *map(adding, range(7)), work)
    assert isinstance(futures[-1].exception(), LookupError)
    assert stored(counted.engine) == list(range(7))
    assert counted.commits == commits


def test_what_another_transaction_was_in_the_way_of_is_tried_again(writer: GroupWriter, counted: Counted) -> None:
    tries = 0

    def work(change: Change) -> int:
        nonlocal tries
        tries += 1
        if tries < group_commit.MOST_TRIES:
            raise OperationalError("UPDATE", {}, DeadlockDetected())
        return adding(5)(change)

    assert writer.submit(work).result() == 5
    assert stored(counted.engine) == [5]


def test_one_that_the_database_refuses_fails_alone(writer: GroupWriter, counted: Counted) -> None:
    writer.submit(adding(5)).result()
    futures = queued(counted, writer, *map(adding, range(8)))
    outcomes = [type(future.exception()) for future in futures]
    assert outcomes == [type(None)] * 5 + [IntegrityError] + [type(None)] * 2
    assert stored(counted.engine) == list(range(8))


def test_when_the_database_is_in_the_way_all_are_told_at_once(writer: GroupWriter, counted: Counted) -> None:
    tries = 0

    def work(_: Change) -> None:
        nonlocal tries
        tries += 1
        raise OperationalError("INSERT", {}, Exception("disk full"))

    futures = queued(counted, writer, work, *map(adding, range(8)))
    assert all(isinstance(future.exception(), OperationalError) for future in futures)
    assert (tries, stored(counted.engine)) == (1, [])
    assert writer.submit(adding(3)).result() == 3


def test_every_caller_gets_an_error_of_its_own(counted: Counted) -> None:
    writer = GroupWriter(counted.transaction, lambda error: ValueError(type(error).__name__))
    counted.fault = OperationalError("BEGIN", {}, Exception("gone"))
    futures = queued_with_fault(counted, writer)
    errors = [future.exception() for future in futures]
    assert {str(error) for error in errors} == {"OperationalError"}
    assert len({id(error) for error in errors}) == len(errors)
    writer.close()


def queued_with_fault(counted: Counted, writer: GroupWriter) -> list["Future[Any]"]:
    counted.go_on.clear()
    futures: list[Future[Any]] = [writer.submit(adding(n)) for n in range(5)]
    counted.go_on.set()
    return futures


def test_a_stop_writes_what_waits_and_takes_nothing_more(writer: GroupWriter, counted: Counted) -> None:
    counted.go_on.clear()
    futures = [writer.submit(adding(n)) for n in range(30)]
    closing = threading.Thread(target=writer.close)
    closing.start()
    counted.go_on.set()
    closing.join()
    assert [future.done() for future in futures] == [True] * 30
    assert stored(counted.engine) == list(range(30))
    with pytest.raises(WriterClosedError):
        writer.submit(adding(31))
    writer.close()


def test_a_writer_that_went_to_rest_wakes_up(
    writer: GroupWriter, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "IDLE_SECONDS", 0.01)
    for number in range(3):
        assert writer.submit(adding(number)).result() == number
        while writer._thread is not None:
            threading.Event().wait(0.005)
    assert stored(counted.engine) == [0, 1, 2]


def test_many_threads_at_once_lose_nothing(
    writer: GroupWriter, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "IDLE_SECONDS", 0.0)  # rests whenever it can
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: writer.submit(adding(n)).result(), range(400)))
    assert results == list(range(400)) == stored(counted.engine)


def test_rows_of_many_are_written_in_few_statements(writer: GroupWriter, counted: Counted) -> None:
    from sqlalchemy import event

    statements: list[str] = []
    event.listen(counted.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    for future in queued(counted, writer, *map(adding, range(50))):
        future.result()
    assert sum(statement.startswith("INSERT") for statement in statements) == 1
    with reading(counted.engine) as connection:
        assert connection.execute(select(func.count()).select_from(numbers)).scalar() == 50


def test_work_that_asks_what_an_earlier_one_added_sees_it(writer: GroupWriter, counted: Counted) -> None:
    def add(change: Change) -> None:
        change.add(numbers, {"n": 1}, name="one")

    def look(change: Change) -> list[int]:
        change.settle("two")
        unsettled = change.connection.execute(text("SELECT count(*) FROM numbers")).scalar_one()
        change.settle("one")
        return [unsettled, change.connection.execute(text("SELECT count(*) FROM numbers")).scalar_one()]

    _, looked = queued(counted, writer, add, look)
    assert looked.result() == [0, 1]


def test_work_that_waits_for_other_work_is_refused_instead_of_waiting_for_ever(writer: GroupWriter) -> None:
    def nested(_: Change) -> int:
        return writer.submit(adding(1)).result()

    with pytest.raises(RuntimeError, match="a piece of work submitted work"):
        writer.submit(nested).result()
