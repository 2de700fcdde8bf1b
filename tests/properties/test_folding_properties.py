"""What folding promises for every text, lone surrogates and rubbish included."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference_folding import reference_fold

from risk_screen.text.folding import ORDINARY, STEPS, USUAL_MARKS, FoldedText, Folding
from risk_screen.text.folding_tables import parse_tables

RULES = Path(__file__).resolve().parents[2] / "rules" / "folding"
CONTENTS = {path.name: path.read_text(encoding="utf-8") for path in RULES.glob("*.tsv")}
TABLES = parse_tables(CONTENTS)
FOLDING = Folding.from_tables(CONTENTS)

ANY_CHARACTER = st.characters(exclude_categories=())
LIVELY = st.sampled_from(
    "保本投资理财息利月年分厘万元整亿十百三一五肆伍陆拾半两亻呆言氵去刂禾另贝扌殳半㊀㊁㊉㊙ \n\r-~/·★.😀💰"
    "\u200b\ufe0f\u3000\ud800②㈡⑩ﷺ㎡ＡａP2，。；、（）!?…”a1%Рр収夲寶\u0301〇𠮷⺅⼈"
)
TEXTS = st.text(st.one_of(ANY_CHARACTER, LIVELY, LIVELY), max_size=40)


@given(TEXTS)
@example("亻呆\n本金")
@example("保 亻 言\n本 金")
@example("\r\r\n\x0b")
@settings(max_examples=300, deadline=None)
def test_folding_equals_the_slow_reading(text: str) -> None:
    folded, letters = FOLDING.fold(text), reference_fold(text, TABLES)
    assert folded.text == "".join(letter.char for letter in letters)
    assert folded.gaps == tuple(k for k, letter in enumerate(letters) if letter.gap)
    assert [folded.spans(k, k + 1) for k in range(len(letters))] == [((x.first, x.last + 1),) for x in letters]


@pytest.mark.parametrize("frame", ["{}", "保{}本", "亻{}分"])
def test_the_short_way_for_ordinary_characters_reads_each_of_them_as_the_table_does(frame: str) -> None:
    ordinary = [chr(code) for first, end in ORDINARY for code in range(first, end)]
    for text in map(frame.format, [*ordinary, *USUAL_MARKS]):
        short, by_table = FOLDING.fold(text), FOLDING._fold_by_table(text)
        assert short == by_table
        assert short.spans(0, len(short.text)) == by_table.spans(0, len(by_table.text))


@given(TEXTS)
@example("亻呆\n本金")
@example("息 伍分")
@example("息 ㊁分")
@settings(max_examples=300, deadline=None)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    once = FOLDING.fold(text).text
    again = FOLDING.fold(once)
    assert again.text == once
    assert again.gaps == ()
    assert again.spans(0, len(once)) == (((0, len(once)),) if once else ())


@given(TEXTS, st.data())
@settings(max_examples=200, deadline=None)
def test_places_rise_and_lie_in_the_original(text: str, data: st.DataObject) -> None:
    folded = FOLDING.fold(text)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(folded.text))] * 2)))
    spans = folded.spans(start, end)
    flat = [place for span in spans for place in span]
    assert flat == sorted(set(flat))
    assert not flat or 0 <= flat[0] < flat[-1] <= len(text)
    assert folded.quote(start, end) == (text[flat[0] : flat[-1]] if flat else "")
    assert set(folded.steps(start, end)) <= set(STEPS)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_what_no_span_covers_was_dropped_for_a_reason(text: str) -> None:
    folded = FOLDING.fold(text)
    covered = {k for first, end in folded.spans(0, len(folded.text)) for k in range(first, end)}
    dropped = {ch for k, ch in enumerate(text) if k not in covered}
    assert all(TABLES.outputs.get(ord(ch), ch) in {"", "\n", *TABLES.separators} for ch in dropped)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_sentences_lie_apart_and_hold_every_character_but_line_feeds(text: str) -> None:
    folded = FOLDING.fold(text)
    inside = [k for start, end in folded.sentences for k in range(start, end)]
    assert inside == [k for k, ch in enumerate(folded.text) if ch != "\n"]


def test_every_code_point_is_closed() -> None:
    everything = "".join(map(chr, range(0x110000)))
    once = FOLDING.fold(everything)
    assert FOLDING.fold(once.text).text == once.text
    assert once.text.encode("utf-8")
    assert not any(ch in output for output in TABLES.outputs.values() for ch in map(chr, TABLES.outputs))


@pytest.mark.parametrize(
    "unit",
    ["ﷺ", "保 ", "保\n", " ", "\n", "\r\n", "亻呆", "亻", "㊀", "肆", "伍万", "一-", "★", "\u200b", "😀保", "\ud800"],
)
def test_a_hundred_thousand_of_anything_fold_to_no_more_than_eighteen_times_as_many(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    folded: FoldedText = FOLDING.fold(text)
    assert len(folded.text) <= 18 * len(text)
    assert len(folded.gaps) <= len(text)
