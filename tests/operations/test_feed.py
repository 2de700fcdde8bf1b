"""The feed: every event once, in the order of the commits, also while several programs write and one is killed."""

import multiprocessing
import random
import time
from collections.abc import Iterator

import pytest
from feed_writers import write, write_until_killed

from risk_screen.operations.auditing import verify
from risk_screen.operations.feed import UnknownCursorError, events_after
from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event, StoredEvent

SPAWN = multiprocessing.get_context("spawn")
PARTIES = ("party-0", "party-1", "party-2")


def publish(store: Store, *subjects: str, party: str = "") -> None:
    def work(change: Change) -> None:
        for subject in subjects:
            change.publish(Event(EventKind.ENTERPRISE_ADDED, "test", subject, party, {"n": 1}))

    store.write(work)


def ids(found: tuple[StoredEvent, ...]) -> list[str]:
    return [one.event.subject_id for one in found]


def test_events_come_in_the_order_of_their_commits_and_say_where_to_go_on(store: Store) -> None:
    publish(store, "a", "b")
    publish(store, "c")
    first = events_after(store, 0, limit=2)
    assert (ids(first.events), first.next_cursor) == (["a", "b"], 2)
    rest = events_after(store, first.next_cursor, limit=2)
    assert (ids(rest.events), rest.next_cursor) == (["c"], 3)
    nothing = events_after(store, rest.next_cursor)
    assert (nothing.events, nothing.next_cursor) == ((), 3)
    assert first.events[0] == StoredEvent(
        1, Event(EventKind.ENTERPRISE_ADDED, "test", "a", "", {"n": 1}), "2026-11-22T04:00:00.123+00:00"
    )


def test_a_party_sees_its_own_events_and_is_led_past_those_of_others(store: Store) -> None:
    publish(store, "a", party="bureau")
    publish(store, "b", party="district")
    seen = events_after(store, 0, party="bureau")
    assert (ids(seen.events), seen.next_cursor) == (["a"], 2)
    assert ids(events_after(store, 0, party="nobody").events) == []


@pytest.mark.parametrize("cursor", [-1, 2])
def test_a_cursor_of_another_database_is_refused(store: Store, cursor: int) -> None:
    publish(store, "a")
    with pytest.raises(UnknownCursorError):
        events_after(store, cursor)


def test_what_fails_leaves_no_event_and_no_gap(store: Store) -> None:
    def fail(change: Change) -> None:
        change.publish(Event(EventKind.ENTERPRISE_ADDED, "test", "never"))
        raise ZeroDivisionError

    publish(store, "a")
    with pytest.raises(ZeroDivisionError):
        store.write(fail)
    publish(store, "b")
    assert [(e.cursor, e.event.subject_id) for e in events_after(store, 0).events] == [(1, "a"), (2, "b")]


def test_a_kind_that_is_none_cannot_be_told(store: Store) -> None:
    with pytest.raises(ValueError, match="not a valid EventKind"):
        store.write(lambda change: change.publish(Event("hold.signed", "test", "a")))
    assert events_after(store, 0).events == ()


@pytest.fixture
def killed(address: str, store: Store) -> Iterator[multiprocessing.context.SpawnProcess]:
    program = SPAWN.Process(target=write_until_killed, args=(address, 9))
    program.start()
    yield program
    program.kill()
    program.join()


def test_a_reader_misses_nothing_while_programs_write_and_one_is_killed(
    address: str, store: Store, killed: multiprocessing.context.SpawnProcess
) -> None:
    writers = [SPAWN.Process(target=write, args=(address, number, 60)) for number in range(3)]
    for writer in writers:
        writer.start()
    seen: dict[str | None, list[StoredEvent]] = {None: [], **{party: [] for party in PARTIES}}
    cursors: dict[str | None, int] = dict.fromkeys(seen, 0)
    finished = False
    while not finished:
        finished = not any(program.is_alive() for program in (*writers, killed))
        for party in seen:
            answer = events_after(store, cursors[party], party=party, limit=random.choice([1, 3, 50]))
            assert answer.next_cursor >= cursors[party]
            seen[party] += answer.events
            cursors[party] = answer.next_cursor
            finished = finished and not answer.events
        if killed.is_alive() and len(seen[None]) > 80:
            killed.kill()
        time.sleep(0.002)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert [one.cursor for one in seen[None]] == list(range(1, len(seen[None]) + 1))
    for party in PARTIES:
        assert seen[party] == [one for one in seen[None] if one.event.party == party]
    wanted = {f"{writer}-{number}-0" for writer in range(3) for number in range(60) if number % 5 != 4}
    assert wanted <= set(ids(tuple(seen[None])))
    assert not any(one.event.subject_id.split("-")[1].endswith(("4", "9")) for one in seen[None])
    assert verify(store.engine).findings == ()
