"""Waiting for news: woken by whatever process writes, no longer than asked, and many wait with one look."""

import asyncio
import time

import pytest
from pushing import publish

from risk_screen.operations.feed import CursorExpiredError, events_after
from risk_screen.operations.feed_watching import FeedWatcher
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database, writing
from risk_screen.storage.tables import events


def test_whoever_waits_is_told_of_what_another_process_writes(store: Store, address: str) -> None:
    other = Store(open_database(address))
    watcher = FeedWatcher(store, lambda: False, every_seconds=0.01)

    async def waiting() -> float:
        began = time.monotonic()
        waiters = [watcher.wait_beyond(0, 20) for _ in range(50)]
        await asyncio.gather(*waiters, asyncio.to_thread(publish, other, "a"))
        return time.monotonic() - began

    assert asyncio.run(waiting()) < 10
    other.close()


def test_nobody_waits_longer_than_asked_or_when_the_service_stops(store: Store) -> None:
    watcher = FeedWatcher(store, lambda: False, every_seconds=0.01)
    asyncio.run(watcher.wait_beyond(0, 0.05))
    stopping = FeedWatcher(store, lambda: True)
    asyncio.run(stopping.wait_beyond(0, 3_600))


def test_a_cursor_before_what_is_kept_is_told_and_the_beginning_is_what_is_kept(store: Store) -> None:
    publish(store, "a", "b", "c")
    with writing(store.engine) as connection:
        connection.execute(events.delete().where(events.c.cursor <= 2))
    for cursor in (0, 1):
        with pytest.raises(CursorExpiredError, match="第 3 个"):
            events_after(store, cursor)
    assert [one.cursor for one in events_after(store, 2).events] == [3]
    assert [one.cursor for one in events_after(store, None).events] == [3]


def test_who_was_away_for_a_week_pages_through_everything(store: Store) -> None:
    publish(store, *map(str, range(1_000)))
    seen: list[str] = []
    cursor = None
    while True:
        page = events_after(store, cursor, limit=200)
        if not page.events:
            break
        seen += [one.event.subject_id for one in page.events]
        cursor = page.next_cursor
    assert seen == list(map(str, range(1_000)))
