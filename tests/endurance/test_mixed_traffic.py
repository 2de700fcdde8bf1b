"""The short form of ten minutes of mixed traffic, half a minute on each engine; and that what it looks for is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mixed_traffic import Planned, Seen, mixed_traffic, plan, wrong_with
from running_service import Setting, new_setting
from watched_service import Look, Watch

from databases import ENGINES, fresh_database

SECONDS = 30.0


@pytest.fixture(params=ENGINES)
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Setting]:
    with fresh_database(request.param, tmp_path) as database:
        yield new_setting(database, tmp_path)


@pytest.mark.slow
@pytest.mark.xdist_group("service")
def test_ten_times_the_peak_is_answered_stored_told_and_pushed_whole(setting: Setting) -> None:
    seen, watch = mixed_traffic(setting, SECONDS)
    assert seen.wrong == []
    assert {kind: len(times) for kind, times in seen.milliseconds.items()} == {"name": 1500, "flyer": 600, "batch": 110}
    assert seen.items == watch.events_told == 3_200


def watched(*looks: Look) -> Watch:
    return Watch(None, None, looks=list(looks))  # type: ignore[arg-type]  # nothing is asked


def looks(memory: tuple[float, ...], waiting: tuple[float, ...]) -> list[Look]:
    pairs = zip(memory, waiting, strict=True)
    return [Look({7: one}, {"risk_screen_webhook_waiting": many}, 0) for one, many in pairs]


@pytest.mark.parametrize(
    ("memory", "waiting", "said"),
    [
        ((90.0, 100.0, 100.0, 110.0), (0, 300, 100, 500), []),
        ((90.0, 100.0, 110.0, 120.0), (0, 0, 0, 0), ["memory of a process grew from 100 to 120 MiB"]),
        ((90.0, 100.0, 100.0, 100.0), (0, 50, 200, 900), ["risk_screen_webhook_waiting grew from 50 to 900"]),
    ],
)
def test_memory_and_queues_that_grow_after_a_quarter_of_the_time_are_told(
    memory: tuple[float, ...], waiting: tuple[float, ...], said: list[str]
) -> None:
    assert list(watched(*looks(memory, waiting)).growth(settled=1, ratio=1.15)) == said


SENT = [Planned(0.0, "name", "/v1/screenings", [{"name": "甲"}])]


@pytest.mark.parametrize(
    ("seen", "told", "left", "said"),
    [
        (Seen(items=1), 1, {}, []),
        (Seen(items=0), 1, {}, ["0 of 1 items answered whole"]),
        (Seen(items=1), 0, {}, ["0 events in the feed for 1 items"]),
        (Seen(items=1), 1, {"waiting": 3.0}, ["still waiting at the end: {'waiting': 3.0}"]),
    ],
)
def test_what_is_not_answered_told_or_pushed_is_found(
    seen: Seen, told: int, left: dict[str, float], said: list[str]
) -> None:
    watch = watched()
    watch.events_told, watch.left = told, left
    assert list(wrong_with(seen, watch, SENT, SECONDS)) == said


def test_the_plan_is_fifty_names_twenty_flyers_and_one_batch_in_twenty_each_second() -> None:
    planned = plan(10.0)
    counts = {kind: sum(one.kind == kind for one in planned) for kind in ("name", "flyer", "batch")}
    assert counts == {"name": 500, "flyer": 200, "batch": 36}
    assert abs(counts["batch"] / len(planned) - 0.05) < 0.002
    numbers = [item["external_id"] for one in planned for item in one.items]
    assert len(numbers) == len(set(numbers))
