"""Patterns are looked for only where their words stand, by the quicker engine: neither changes what is found."""

import json
import re
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_screen.rules import regular_expression
from risk_screen.rules.pattern_needs import first_characters, needs_of
from risk_screen.rules.pattern_set import PatternSet
from risk_screen.rules.patterns import negated_classes_end_at_lines
from risk_screen.rules.regular_expression import RegularExpression
from risk_screen.text.blocks import BLOCK
from risk_screen.wiring import load_book

REPOSITORY = Path(__file__).parents[2]
BOOK = load_book(REPOSITORY / "rules")
SHIPPED = sorted(set(re.findall(r"pattern: '((?:[^'\n]|'')+)'", "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "rules").rglob("*.yaml"))
))))  # fmt: skip
FLYERS = [
    json.loads(line)["text"]
    for path in sorted((REPOSITORY / "models" / "corpus" / "marketing").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]

PATTERNS = PatternSet(SHIPPED)
EXPRESSIONS = [RegularExpression(pattern) for pattern in SHIPPED]


def found_in(text: str) -> dict[int, list[tuple[int, int]]]:
    """What the set finds by way of its chances."""
    return found_by(PATTERNS, text)


def found_by(patterns: PatternSet, text: str) -> dict[int, list[tuple[int, int]]]:
    """What a set finds by way of its chances."""
    chances = patterns.chances(text)
    present = [number for number in range(len(patterns)) if chances.present >> number & 1]
    return {number: spans for number in present if (spans := patterns.spans(number, text, chances))}


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        ("年化", [{"年化"}]),
        ("年化[0-9]{1,3}%", [{"年化"}, set("0123456789"), {"%"}]),
        ("(投|存)入?(钱|款)", [{"投钱", "投款", "投入钱", "投入款", "存钱", "存款", "存入钱", "存入款"}]),
        ("投[^,]{0,4}返", [{"投"}, {"返"}]),
        ("(?:保本)?保息", [{"保息"}]),
        ("(月.{0,3}返|日返)", [{"月", "日返"}]),
        ("(月|.{0,3})返", [{"返"}]),
        ("(保本){2}", [{"保本"}]),
        ("(保本){0,2}息", [{"息"}]),
        (r"rwa\.io", [{"rwa.io"}]),
        (r"\p{Han}币", [{"币"}]),
        ("(?i)USDT", []),
        ("[^,]", []),
        ("a?", []),
    ],
)
def test_what_a_pattern_needs_is_read_off_it(pattern: str, needs: list[set[str]]) -> None:
    found = [set(need) for need in needs_of(pattern)]
    assert sorted(map(sorted, found)) == sorted(map(sorted, needs))


@pytest.mark.parametrize(
    ("pattern", "characters"),
    [
        ("年化", "年"),
        ("(投|存入?)钱", "投存"),
        ("(?:保本)?息", "保息"),
        ("(想|愿意)(进|来)|带你", "想愿带"),
        ("[一二]{1,3}(年|月).{0,3}返", "一二"),
        ("([0-9]{0,2}个)?月", "0123456789个月"),
        ("[^,]{0,3}返", ""),
        (".返", ""),
        ("^返", ""),
        (r"\p{Han}返", ""),
        ("(?i)USDT", ""),
        ("a?", ""),
    ],
)
def test_the_characters_that_a_match_begins_with_are_read_off_a_pattern(pattern: str, characters: str) -> None:
    assert first_characters(pattern) == set(characters)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SHIPPED).flatmap(lambda p: st.tuples(st.just(p), st.from_regex(p, fullmatch=True))))
def test_whatever_a_pattern_matches_holds_what_it_needs(case: tuple[str, str]) -> None:
    pattern, text = case
    assert all(any(word in text for word in need) for need in needs_of(pattern))
    starts = first_characters(pattern)
    assert not starts or text[0] in starts


@pytest.mark.parametrize("text", FLYERS[::9])
def test_every_place_lies_in_a_stretch_that_has_what_its_pattern_needs(text: str) -> None:
    read = BOOK.folding.fold(text).text
    assert found_in(read) == {n: spans for n, e in enumerate(EXPRESSIONS) if (spans := e.spans(read))}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(SHIPPED).flatmap(lambda p: st.from_regex(p, fullmatch=True).filter(str.isprintable))
        | st.text(alphabet="。\n，,投返1年 ", max_size=6),
        max_size=6,
    ).map("".join)
)
def test_borders_between_and_inside_words_change_nothing(text: str) -> None:
    assert found_in(text) == {n: spans for n, e in enumerate(EXPRESSIONS) if (spans := e.spans(text))}


@pytest.mark.parametrize("filling", ["水", "。", "水。"])
@pytest.mark.parametrize("short_of", range(-2, 12))
def test_a_place_where_two_blocks_of_a_long_text_meet_is_found(filling: str, short_of: int) -> None:
    text = (filling * 2 * BLOCK)[: BLOCK - short_of] + "月返3个点" + filling * BLOCK
    patterns = PatternSet(["月返[0-9]{1,2}个点", "返[^。]{0,3}点"])
    start = BLOCK - short_of
    assert found_by(patterns, text) == {0: [(start, start + 5)], 1: [(start + 1, start + 5)]}


@pytest.mark.parametrize(
    ("pattern", "is_local"),
    [
        ("投[^。,]{0,4}返", True),
        ("投[^。\\n]{0,4}返", True),
        ("投.{0,4}返", False),
        ("投[^,]{0,4}返", False),
        ("投。返", False),
        ("投[。、]返", False),
        ("^投返", False),
        ("投\\n返", False),
        (r"rwa\.io", True),
        (r"\p{Han}返", False),
    ],
)
def test_a_pattern_is_local_when_nothing_in_it_matches_a_border(pattern: str, is_local: bool) -> None:
    assert RegularExpression(pattern).is_local == is_local


@pytest.mark.parametrize(
    ("pattern", "is_in_line"),
    [
        ("投[^。,]{0,4}返", True),
        ("投.{0,4}返", True),
        ("投[^,]{0,4}返", True),
        ("投。返", True),
        ("^投返$", True),
        ("投\\n返", False),
        ("投[、\\n]返", False),
        ("(?i)USDT", False),
        (r"\p{Han}返", False),
    ],
)
def test_a_pattern_is_looked_for_line_by_line_when_nothing_in_it_matches_a_line_end(
    pattern: str, is_in_line: bool
) -> None:
    assert RegularExpression(pattern).is_in_line == is_in_line


@pytest.mark.parametrize(
    "text", ["投1返", "投1\n返2", "返\n投1返\n水", "投。1返\n", "\n\n投1返\n\n投1返", "投返\n投返"]
)
@pytest.mark.parametrize(
    "pattern", ["投.{0,4}返", "^投.{0,4}返", "投.{0,4}返$", "投[^,]{0,4}返", "(投|水)[^,]{0,2}返?$"]
)
def test_reading_line_by_line_finds_what_reading_the_text_finds(pattern: str, text: str) -> None:
    expected = [m.span() for m in re2.compile(negated_classes_end_at_lines(pattern)).finditer(text)]
    assert found_by(PatternSet([pattern]), text).get(0, []) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(SHIPPED),
    st.lists(st.sampled_from([BOOK.folding.fold(text).text for text in FLYERS]) | st.text(max_size=20), max_size=2),
    st.data(),
)
def test_both_engines_find_the_same_places(pattern: str, around: list[str], data: st.DataObject) -> None:
    matching = st.from_regex(pattern, fullmatch=True).filter(lambda text: text.isprintable())
    text = "".join([*around, *data.draw(st.lists(matching, max_size=3)), *around])[: regular_expression.SHORT]
    expected = [m.span() for m in re2.compile(negated_classes_end_at_lines(pattern)).finditer(text)]
    assert RegularExpression(pattern).spans(text) == expected


def test_a_long_text_is_read_by_the_linear_engine_with_the_same_result() -> None:
    text = "月返3个点，" * (regular_expression.SHORT // 3)
    expression = RegularExpression("月返[0-9]{1,2}个点")
    assert len(text) > regular_expression.SHORT
    assert expression.spans(text) == [(i, i + 5) for i in range(0, len(text), 6)]


@pytest.mark.parametrize(
    "pattern",
    [
        "(a?){0,2}b",
        "(a{0,20}){0,2}b",
        "((ab){0,3}c){1,2}d",
        "(a|aa){0,20}b",
        "(x|.{0,30}.{0,30}.{0,30}.{0,30})y",
        "息$",
    ],
)
def test_a_pattern_that_could_try_for_long_is_left_to_the_linear_engine(pattern: str) -> None:
    assert not RegularExpression(pattern).is_quick


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        ("ab", 1),
        ("a.{0,9}b", 10),
        ("a.{0,9}b.{0,4}c", 50),
        ("(a.{0,9}|b.{0,4})c", 15),
        ("(a.{0,9}|b|c)d.{0,1}", 20),
        ("a.{0,9}|b|(c|d.{0,1})e.{0,4}", 20),
        ("(a|b)(c|d)", 1),
    ],
)
def test_repeats_in_a_row_multiply_and_branches_add(pattern: str, ways: int) -> None:
    assert regular_expression._ways_to_try(pattern) == ways


def test_most_shipped_patterns_are_quick() -> None:
    assert len(SHIPPED) > 100
    assert sum(RegularExpression(pattern).is_quick for pattern in SHIPPED) > 0.9 * len(SHIPPED)
