"""What was kept long enough goes, the rest stays; readers are told that something went; the trail says what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text

from builders import CannedScreener, flyer_assessment
from risk_screen.access.actor import ANONYMOUS, Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.errors import RiskScreenError
from risk_screen.operations.auditing import verify
from risk_screen.operations.feed import CursorExpiredError, events_after
from risk_screen.operations.purging import TITLES, Purged, due, purge
from risk_screen.operations.replaying import stored_for_replay
from risk_screen.operations.reporters import Reporter, Subject, keep_reporter
from risk_screen.operations.screening import readable_assessment, screen_and_store, stored_assessment
from risk_screen.operations.store import Store
from risk_screen.screening.submission import Submission
from risk_screen.storage import retention
from risk_screen.storage.database import reading
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event, events_between
from risk_screen.storage.retention_kinds import KINDS
from risk_screen.storage.sealing import AesCipher, KeyRing
from risk_screen.storage.tables import assessments, events

START = datetime(2024, 1, 1, tzinfo=UTC)
OPERATOR = Actor("system", "operator")
NEVER = dict.fromkeys(TITLES, 0)
CANNED: Any = CannedScreener(flyer_assessment())
FLYER = Submission.of("marketing", {"text": "存5万元，保本保息"})
READER = Identity(Actor("person", "p"), roles=frozenset({Role.ANALYST}))


@pytest.fixture
def ids(store: Store) -> list[str]:
    """One screening each on ten days, with a reporter each; it is the eleventh day."""
    ring = KeyRing({"k": AesCipher(b"1" * 32)})
    made = []
    for day in range(10):
        store.now = lambda day=day: START + timedelta(days=day)  # type: ignore[misc]
        content = screen_and_store(CANNED, store, FLYER, actor=ANONYMOUS, external_id="W-1" if day == 0 else None)
        made.append(str(orjson.loads(content)["id"]))
        keep_reporter(store, ring, Subject("assessment", made[-1]), Reporter(name="张某某"), READER)
    store.now = lambda: START + timedelta(days=10)
    return made


def count(store: Store, name: str) -> int:
    table = next(kind for kind in KINDS if kind.name == name).table
    with reading(store.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def days(**kinds: int) -> dict[str, int]:
    return NEVER | kinds


def test_every_kind_has_a_title() -> None:
    assert [kind.name for kind in KINDS] == list(TITLES)


@pytest.mark.parametrize("kind", ["texts", "events", "reporters"])
def test_what_is_older_goes_and_the_rest_stays(store: Store, ids: list[str], kind: str) -> None:
    period = "2024-01-01T00:00:00.000+00:00", "2024-01-03T00:00:00.000+00:00"
    expected = Purged(kind, TITLES[kind], 7, 3, *period, f"keep_{kind}_days")
    before = {one.name: count(store, one.name) for one in KINDS}
    assert expected in due(store, days(**{kind: 7}))
    assert {one.name: count(store, one.name) for one in KINDS} == before
    assert expected in purge(store, days(**{kind: 7}), OPERATOR)
    assert {one.name: count(store, one.name) for one in KINDS} == before | {kind: 7}
    assert [one.count for one in due(store, days(**{kind: 7}))] == [0] * len(KINDS)
    with reading(store.engine) as connection:
        said = connection.execute(text("SELECT * FROM audit_trail ORDER BY sequence DESC")).first()
    assert said is not None
    assert (said.action, said.subject_id, orjson.loads(said.details)["count"]) == ("retention.purge", kind, 3)
    assert verify(store.engine).findings == ()


def test_what_is_kept_for_ever_stays(store: Store, ids: list[str]) -> None:
    store.now = lambda: START + timedelta(days=36_500)
    assert [one.count for one in purge(store, NEVER, OPERATOR)] == [0] * len(KINDS)
    assert count(store, "texts") == 10


def test_it_goes_in_pieces_and_each_says_so(store: Store, ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr("risk_screen.operations.purging.ROWS_AT_ONCE", 3)
    monkeypatch.setattr("risk_screen.operations.purging.remove_old", lambda *args: retention.remove_old(*args, most=3))
    found = next(one for one in purge(store, days(texts=1), OPERATOR) if one.kind == "texts")
    assert (found.count, count(store, "texts")) == (9, 1)
    with reading(store.engine) as connection:
        said = connection.execute(text("SELECT count(*) FROM audit_trail WHERE action = 'retention.purge'")).scalar()
    assert said == 3


def test_a_result_whose_quotes_are_gone_says_so_and_still_counts(store: Store, ids: list[str]) -> None:
    purge(store, days(texts=7, quotes=7), OPERATOR)
    for read in (
        lambda: stored_assessment(store, ids[0]),
        lambda: readable_assessment(store, READER, ids[0]),
    ):
        with pytest.raises(RiskScreenError) as caught:
            read()
        assert caught.value.code == "assessment_stripped"
    with pytest.raises(RiskScreenError) as caught:
        stored_for_replay(store, ids[0])
    assert caught.value.code == "replay_text_gone"
    assert stored_assessment(store, ids[9])
    with reading(store.engine) as connection:
        levels = connection.execute(select(assessments.c.level).where(assessments.c.id == ids[0])).scalars().all()
    assert levels == ["high"]


@pytest.mark.parametrize("gone", [("texts",), ("quotes",), ("texts", "quotes")])
def test_the_same_text_under_the_same_number_is_screened_anew(
    store: Store, ids: list[str], gone: tuple[str, ...]
) -> None:
    purge(store, days(**dict.fromkeys(gone, 7)), OPERATOR)
    again = orjson.loads(screen_and_store(CANNED, store, FLYER, actor=ANONYMOUS, external_id="W-1"))
    assert again["id"] not in ids
    assert orjson.loads(stored_assessment(store, again["id"])) == again


def test_the_feed_goes_on_with_its_numbers_and_tells_readers_who_were_away(store: Store, ids: list[str]) -> None:
    purge(store, days(events=7), OPERATOR)
    assert [one.cursor for one in events_after(store, None).events] == list(range(4, 11))
    assert events_after(store, 3).events[0].cursor == 4
    with pytest.raises(RiskScreenError) as caught:
        events_after(store, 1)
    assert caught.value.code == "cursor_expired"
    store.now = lambda: START + timedelta(days=1_000)
    purge(store, days(events=7), OPERATOR)
    screen_and_store(CANNED, store, FLYER, actor=ANONYMOUS)
    with reading(store.engine) as connection:
        assert connection.execute(select(events.c.cursor).order_by(events.c.cursor)).scalars().all() == [10, 11]


def happen(store: Store, *days: float) -> None:
    """One event each, so many days after the start by the clock of the machine."""
    for day in days:
        store.now = lambda day=day: START + timedelta(days=day)  # type: ignore[misc]
        store.write(lambda change: change.publish(Event(EventKind.ENTERPRISE_ADDED, "enterprise", "e", "bureau")))


CLOCKS = {
    "that goes right": [0, 10, 183.999, 184, 200, 368],
    "that was set back": [0, 200, 10, 20, 368],
    "that was ahead": [368, 0, 10, 200, 368],
    "that stood still": [184] * 6 + [368],
    "of years": [0, 1, 2, 3],
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_no_event_younger_than_six_months_goes_whatever_the_clock_did(store: Store, clock: str) -> None:
    happen(store, *CLOCKS[clock])
    store.now = lambda: START + timedelta(days=368)
    purge(store, days(events=184), OPERATOR)
    left = {one.cursor for one in events_after(store, None, limit=1_000).events}
    younger = {cursor for cursor, day in enumerate(CLOCKS[clock], 1) if day >= 184}
    last = len(CLOCKS[clock])
    assert younger | {last} <= left == set(range(min(left), last + 1))


def test_every_cursor_from_before_is_told_and_every_other_goes_on(store: Store) -> None:
    happen(store, *range(10))
    store.now = lambda: START + timedelta(days=190)
    purge(store, days(events=184), OPERATOR)
    for party in (None, "bureau", "nobody"):
        for cursor in range(5):
            with pytest.raises(CursorExpiredError, match="第 7 个"):
                events_after(store, cursor, party=party)
        for cursor in range(6, 11):
            events_after(store, cursor, party=party)


def test_who_reads_while_events_go_is_told_or_gets_them_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(store, *range(10))
    store.now = lambda: START + timedelta(days=190)

    def between(*arguments: Any, **named: Any) -> Any:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(purge, store, days(events=184), OPERATOR).result()
        return events_between(*arguments, **named)

    monkeypatch.setattr("risk_screen.operations.feed.events_between", between)
    try:
        found = [one.cursor for one in events_after(store, 2).events]
    except CursorExpiredError:
        return
    assert found == list(range(3, 11))


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_what_went_is_written_over_in_the_file(store: Store, address: str) -> None:
    secret = Submission.of("marketing", {"text": "保本保息" + "绝无仅有的字句" * 300})
    store.now = lambda: START
    screen_and_store(CANNED, store, secret, actor=ANONYMOUS)
    store.now = lambda: START + timedelta(days=10)
    purge(store, days(texts=1), OPERATOR)
    store.close()
    files = Path(address.removeprefix("sqlite:///")).parent.glob("store.db*")
    assert not any("绝无仅有的字句".encode() in file.read_bytes() for file in files)
