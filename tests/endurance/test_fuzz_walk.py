"""The short form of `make endurance`: a fixed seed, the same checks; and that each check can fail."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fuzz_walk import fuzz
from growth import calls_made, filled, screening
from hostile_texts import hostile_submission
from invariants import broken_assessment

from risk_screen import Screener
from risk_screen.screening.assessment import Assessment

RULES = Path(__file__).parents[2] / "rules"
SEED, INPUTS, PARTS = 20261123, 2_000, 8
TEXT = "存5万元，每月返利1.5%，保 本 保 息！电话 13800000000"
SHORT, TIMES = 500, 8


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(rules=RULES)


FOUND_ONCE = [
    ("registration", {"business_scope": "[不含除，"}),  # a mask of no characters
]


@pytest.mark.parametrize(("channel", "fields"), FOUND_ONCE)
def test_what_broke_once_holds(screener: Screener, channel: str, fields: dict[str, str]) -> None:
    assert list(broken_assessment(screener.screen(channel, **fields), fields)) == []


@pytest.mark.parametrize("part", range(PARTS))
def test_two_thousand_hostile_texts_break_nothing(screener: Screener, part: int) -> None:
    tally = fuzz(screener, SEED, range(part, INPUTS, PARTS))
    assert tally.broken == []
    assert tally.inputs == INPUTS // PARTS
    assert tally.blank < tally.inputs // 10
    assert len(tally.routes) >= 4


def test_the_same_seed_and_number_give_the_same_text() -> None:
    assert hostile_submission(1, 7) == hostile_submission(1, 7) != hostile_submission(2, 7)


def test_a_fault_in_the_walk_is_found(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, *_: object, **__: object) -> Assessment:
        raise ZeroDivisionError

    monkeypatch.setattr(Screener, "screen", broken)
    tally = fuzz(screener, SEED, range(20))
    assert len(tally.broken) == tally.inputs
    assert "ZeroDivisionError" in tally.broken[0][1]


WRONG: list[tuple[str, Callable[[Assessment], dict[str, Any]]]] = [
    ("do not add up", lambda a: {"total_decibans": a.total_decibans + 0.1}),
    ("a score of", lambda a: {"score": a.score + 0.1}),
    ("a score of", lambda _: {"score": 101.0}),
    ("a level or route", lambda _: {"route": "proceed"}),
    ("reasons: span", lambda a: {"reasons": (replace(a.reasons[0], spans=((0, 10_000),)), *a.reasons[1:])}),
    ("reasons: span", lambda a: {"reasons": (replace(a.reasons[0], spans=((4, 6), (1, 2))), *a.reasons[1:])}),
    ("reasons: no span", lambda a: {"reasons": (replace(a.reasons[0], spans=()), *a.reasons[1:])}),
    ("does not stand", lambda a: {"promises": (replace(a.promises[0], quote="没有写"),)}),
    ("paid back", lambda a: {"promises": (replace(a.promises[0], payback_days=-1),)}),
    ("rates of", lambda a: {"promises": (replace(a.promises[0], annual_rate=1e30),)}),
    ("profile", lambda a: {"profile": {}}),
]


@pytest.mark.parametrize(("says", "change"), WRONG)
def test_a_wrong_answer_is_seen(screener: Screener, says: str, change: Callable[[Assessment], dict[str, Any]]) -> None:
    right = screener.screen("marketing", text=TEXT)
    assert list(broken_assessment(right, {"text": TEXT})) == []
    assert any(says in found for found in broken_assessment(replace(right, **change(right)), {"text": TEXT}))


BLOCKS = [
    "一",
    "1",
    "ﷺ",
    "。",
    "“”",
    "（不含",
    "亻呆",
    "肆",
    "投10万返",
    "谨防骗局：“保本”",
    "不含",
    "\ud800",
    "：",
    "1-",
    "加v",
    "bao本",
]


@pytest.mark.parametrize("block", [*BLOCKS, "保 本 "])
@pytest.mark.parametrize("channel", ["marketing", "registration"])
def test_eight_times_the_text_makes_no_more_than_twelve_times_the_calls(
    screener: Screener, channel: str, block: str
) -> None:
    """Work is counted, not timed: calls of Python and C functions; eight is linear, sixty-four quadratic."""
    screen = screening(screener, channel)
    for size in (SHORT, SHORT * TIMES):
        screen(filled(block, size))  # what is made at the first text is no part of the growth
    few, many = (calls_made(screen, filled(block, size) + "本") for size in (SHORT, SHORT * TIMES))
    assert many <= 12 * few
