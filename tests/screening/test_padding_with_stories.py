"""Stories, headings and warnings never lower the level of a pitch beside which they stand."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_screen import Screener
from risk_screen.screening.policy import LEVELS

REPOSITORY = Path(__file__).parents[2]
STORIES = [
    "据报道，近日某地警方破获一起非法集资案，被告人王某被判处有期徒刑十年。",
    "近日，法院对一起集资诈骗案作出判决，受害人达三百余人，涉案金额上亿元。",
    "龚婆婆起初每月领到利息，第七个月对方失联，她到派出所报了案。",
    "“共富计划”的业务员许诺高息，后来人去楼空。",
]
HEADINGS = [
    "【骗局揭秘】",
    "风险提示",
    "【以案说法】",
    "案例一",
    "防范非法集资宣传月",
    "非法集资十大套路",
    "警方提醒：",
]
WARNINGS = [
    "这类骗局屡见不鲜，请提高警惕。",
    "谨防冒充我公司的骗局，我们是合法的。",
    "投资有风险，远离非法集资。",
    "本产品非金融产品，不承诺保本，不构成投资建议。",
]
LINES = st.lists(st.sampled_from([*STORIES, *HEADINGS, *WARNINGS]), max_size=3)


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(REPOSITORY / "rules", REPOSITORY / "models")


def pitches() -> list[str]:
    """Pitches written for this project."""
    paths = sorted((REPOSITORY / "models" / "corpus" / "marketing").glob("*.jsonl"))
    rows = [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [row["text"] for row in rows if row["label"] == 1]


PITCHES = pitches()


def level(screener: Screener, text: str) -> int:
    return LEVELS.index(screener.screen("marketing", text=text).level)


@settings(max_examples=200, deadline=None)
@given(before=LINES, pitch=st.sampled_from(PITCHES), after=LINES)
def test_lines_before_and_after_a_pitch_never_lower_its_level(
    screener: Screener, before: list[str], pitch: str, after: list[str]
) -> None:
    assert level(screener, "\n".join([*before, pitch, *after])) >= level(screener, pitch)


@settings(max_examples=100, deadline=None)
@given(pitch=st.sampled_from(PITCHES), story=st.sampled_from(STORIES))
def test_a_story_right_before_a_pitch_on_its_line_never_lowers_its_level(
    screener: Screener, pitch: str, story: str
) -> None:
    assert level(screener, story + pitch) >= level(screener, pitch)
