"""What waits for somebody to look: worst first, page by page, within reach, and only the latest text."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from registrations import LEAD, MEMBER, later, register

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.operations.consultation_view import ListCursorError
from risk_screen.operations.store import Store
from risk_screen.operations.waiting import waiting_list, waiting_place
from risk_screen.storage.waiting import WaitingPage

WORKER = Identity(Actor("person", "p-9"), frozenset({Role.GRID_WORKER}))


def flyer(store: Store, score: float, external_id: str | None = None, **more: Any) -> str:
    later(store, seconds=1)
    changes = {"route": "site_check", "channel": "marketing", **more}
    name = f"传单 {score} {changes['route']}"
    return register(store, name, external_id, score=score, **changes)


def pages(
    store: Store, identity: Identity = MEMBER, route: str = "site_check", order: str = "worst", **narrowed: str
) -> list[str]:
    found, cursor = [], None
    while True:
        page = WaitingPage(route, order, waiting_place(cursor), 2, **narrowed)
        part = orjson.loads(waiting_list(store, identity, page))
        found += [one["assessment_id"] for one in part["items"]]
        cursor = part["next"]
        if cursor is None:
            assert part["count"] == len(found)
            return found


def test_the_worst_come_first_and_of_equals_the_newest(store: Store) -> None:
    middle, older, newer, worst = (flyer(store, score) for score in (91.5, 90.0, 90.0, 99.9))
    flyer(store, 99.0, route="watch")
    grid = flyer(store, 60.0, route="verify")
    assert pages(store) == [worst, middle, newer, older]
    assert pages(store, LEAD, order="newest") == [worst, newer, older, middle]
    assert pages(store, order="oldest") == [middle, older, newer, worst]
    assert pages(store, route="verify") == [grid]


def test_a_worker_sees_their_own_and_everybody_only_the_latest_text(store: Store) -> None:
    mine = flyer(store, 95.0, identity=WORKER)
    flyer(store, 96.0, "F-1")
    latest = flyer(store, 92.0, "F-1")
    assert pages(store, WORKER) == [mine]
    assert pages(store) == [mine, latest]


def test_narrowed_to_a_time_or_a_town(store: Store) -> None:
    here = Identity(Actor("person", "p-7"), frozenset({Role.GRID_WORKER}), town="t-7")
    first = flyer(store, 91.0)
    between = store.now() + timedelta(seconds=1)
    second = flyer(store, 92.0, identity=here)
    at = between.isoformat(timespec="milliseconds")
    assert pages(store, since=at) == [second]
    assert pages(store, until=at) == [first]
    assert pages(store, town="t-7") == [second]
    assert pages(store, town="t-8") == []


@pytest.mark.parametrize("cursor", ["", "x~y", "nan~y", "5", "5~", "101~y", "-1~y", "5~\x00", "inf~a"])
def test_a_cursor_nobody_gave_is_refused(cursor: str) -> None:
    with pytest.raises(ListCursorError):
        waiting_place(cursor)
