"""Marks in the text as sent: exactly the words quoted, side by side, nothing of the text lost or run as HTML."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import assessment, reason, spans_of
from risk_screen.screening.assessment import Assessment, Exempted, MaskedText, PromiseFound
from risk_screen.web.marking import Segment, segments_of
from risk_screen.web.result import Background, view_of
from risk_screen.web.templating import render

TEXTS = st.text(st.sampled_from("保本息高 <>&\"'-月2%，。\n年😀\u200b"), min_size=1, max_size=40)
BACKGROUND = Background({}, {}, 0.03, {"low": "archive"})


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, Assessment]:
    text = draw(TEXTS)
    span = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda pair: tuple(sorted(pair)))
    spans = st.lists(span, max_size=4).map(tuple)
    reasons = [
        reason(f"rule.{k}", spans=draw(spans), via=draw(st.sampled_from([(), ("separator",)])))
        for k in range(draw(st.integers(0, 4)))
    ]
    promises = [PromiseFound("", draw(spans), "text", 0.1, None, None, None, "cash", "1")]
    masked = [MaskedText("", draw(spans), "text", "声明")]
    exempted = [Exempted("rule.x", "", draw(spans), "text", '<b>"警示"</b>')]
    return text, assessment(reasons, promises=tuple(promises), masked=tuple(masked), exempted=tuple(exempted))


def shown_html(text: str, answer: Assessment) -> str:
    """The paragraph with the marked text as the page has it."""
    view = view_of(
        answer.stamped(assessment_id="x", created_at="2026-11-22T04:00:00+00:00"), {"text": text}, BACKGROUND
    )
    page = render("result.html", {"view": view})
    found = re.search(r'<p class="text" lang="zh-CN">(.*?)</p>\n</div>', page, re.DOTALL)
    assert found is not None
    return found[1]


def without_numbers(marked: str) -> str:
    return re.sub(r"<sup.*?</sup>", "", marked, flags=re.DOTALL)


@given(marked_texts())
def test_stripping_tags_gives_back_the_text(case: tuple[str, Assessment]) -> None:
    text, answer = case
    assert html.unescape(re.sub(r"<[^>]*>", "", without_numbers(shown_html(text, answer)))) == text


@given(marked_texts())
def test_marks_stand_side_by_side_and_never_in_one_another(case: tuple[str, Assessment]) -> None:
    depth = 0
    for tag in re.findall(r"</?(?:mark|span)", without_numbers(shown_html(*case))):
        depth += -1 if tag.startswith("</") else 1
        assert depth in (0, 1)
    assert depth == 0


@given(marked_texts())
def test_a_character_is_marked_exactly_when_a_span_covers_it(case: tuple[str, Assessment]) -> None:
    text, answer = case
    segments = segments_of(answer, "text", text)
    assert "".join(s.text for s in segments) == text
    of_characters = [segment for segment in segments for _ in segment.text]
    for at, segment in enumerate(of_characters):
        numbers = tuple(n for n, r in enumerate(answer.reasons, 1) if covers(r.spans, at))
        assert segment.reasons == numbers
        assert segment.is_promise == covers(answer.promises[0].spans, at)
        assert bool(segment.masked) == covers(answer.masked[0].spans, at)
        assert bool(segment.exempted) == covers(answer.exempted[0].spans, at)


@given(marked_texts())
def test_every_reason_with_words_has_its_number_once_as_target(case: tuple[str, Assessment]) -> None:
    text, answer = case
    references = [r for s in segments_of(answer, "text", text) for r in s.references]
    quoted = {n for n, r in enumerate(answer.reasons, 1) if any(start < end for start, end in r.spans)}
    assert sorted(r.number for r in references if r.is_first) == sorted(quoted)


def covers(spans: tuple[tuple[int, int], ...], at: int) -> bool:
    return any(start <= at < end for start, end in spans)


@pytest.mark.parametrize(
    ("text", "pieces", "numbered_after"),
    [
        ("承诺保-本*高 息！", ("保", "本", "高", "息"), ["息"]),
        ("保\u200b本", ("保", "本"), ["本"]),
        ("先说保本，后说保本。", ("保本", "保本"), ["保本", "保本"]),
        ("保\n本", ("保", "本"), ["保", "本"]),
    ],
)
def test_pieces_of_one_quotation_share_one_number(
    text: str, pieces: tuple[str, ...], numbered_after: list[str]
) -> None:
    answer = assessment([reason(spans=spans_of(text, *pieces))])
    assert [s.text for s in segments_of(answer, "text", text) if s.references] == numbered_after


def test_overlapping_reasons_share_the_words_and_keep_their_numbers() -> None:
    text = "每月返利保本"
    answer = assessment([reason("a", spans=((0, 4),)), reason("b", spans=((2, 6),))])
    assert [(s.text, s.reasons, [r.number for r in s.references]) for s in segments_of(answer, "text", text)] == [
        ("每月", (1,), []),
        ("返利", (1, 2), [1]),
        ("保本", (2,), [2]),
    ]


def test_an_evasion_is_named_once_behind_its_words() -> None:
    text = "保 本，保 本"
    marked = shown_html(text, assessment([reason(spans=spans_of(text, "保", "本", "保", "本"), via=("separator",))]))
    assert marked.count("字间插入符号") == 1
    assert marked.index("字间插入符号") < marked.index("，")


def test_ordinary_folding_is_not_called_an_evasion() -> None:
    assert "规避" not in shown_html("保本", assessment([reason(via=("width", "traditional"))]))


def test_marks_of_another_field_are_not_shown() -> None:
    assert segments_of(assessment([reason(field="name")]), "business_scope", "保本") == (Segment("保本"),)


@given(TEXTS)
def test_a_text_without_findings_is_one_piece(text: str) -> None:
    assert segments_of(assessment(), "text", text) == (Segment(text),)
