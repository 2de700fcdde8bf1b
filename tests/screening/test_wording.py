"""The sentence that stands in a table, as a registrar reads and signs it."""

from typing import Any

import pytest
from tests.builders import assessment, reason

from risk_screen.screening.assessment import Basis
from risk_screen.screening.wording import basis_phrase, sentence_of, title_with_quote

ARTICLE_9 = (Basis("条例", "防范和处置非法集资条例", "9"),)


def in_name(code: str, title: str, quote: str, spans: tuple[tuple[int, int], ...], **changes: Any) -> Any:
    return reason(code, title=title, quote=quote, spans=spans, field="name", basis=ARTICLE_9, **changes)


@pytest.mark.parametrize(
    ("title", "quote", "field", "said"),
    [
        ("名称或经营范围含“金融”字样", "金融", "name", "名称含“金融”字样"),
        ("名称或经营范围含“金融”字样", "金融", "business_scope", "经营范围含“金融”字样"),
        ("名称含“投资”“资产”“基金”字样", "资产", "name", "名称含“资产”字样"),
        ("名称用金控、金服等近似金融字样", "金服", "name", "名称用金控、金服等近似金融字样“金服”"),
        ("承诺保本保息", "保本付息", "text", "承诺保本保息“保本付息”"),
    ],
)
def test_the_words_found_are_said_once_and_in_their_field(title: str, quote: str, field: str, said: str) -> None:
    assert title_with_quote(reason(title=title, quote=quote, field=field)) == said


def test_words_within_longer_words_are_one_reason_and_a_law_is_named_once() -> None:
    sentence = sentence_of(
        assessment(
            [
                in_name("registration.private", "名称含募资行业字样", "股权投资", ((4, 8),)),
                in_name("registration.investment", "名称含“投资”字样", "投资", ((6, 8),)),
                in_name("registration.coinage", "名称用近似金融字样", "金服", ((2, 4),)),
            ],
            channel="registration",
            level="high",
            route="consult",
        )
    )
    assert "名称含“投资”字样" not in sentence
    assert sentence.count("《防范和处置非法集资条例》第9条") == 1
    assert sentence.endswith("名称用近似金融字样“金服”（依据同上）。")


def test_words_that_stand_elsewhere_too_keep_their_reason() -> None:
    sentence = sentence_of(
        assessment(
            [
                in_name("registration.private", "名称含募资行业字样", "股权投资", ((4, 8),)),
                in_name("registration.investment", "名称含“投资”字样", "投资", ((0, 2), (6, 8))),
            ],
            channel="registration",
            level="high",
            route="consult",
        )
    )
    assert "名称含“投资”字样" in sentence


@pytest.mark.parametrize(("level", "noted"), [("low", True), ("attention", True), ("elevated", False)])
def test_a_consultation_that_the_score_does_not_ask_for_says_so(level: str, noted: bool) -> None:
    found = assessment(
        [in_name("registration.investment", "名称含“投资”字样", "投资", ((0, 2),))],
        channel="registration",
        level=level,
        route="consult",
    )
    assert ("依所含字样，不论分数" in sentence_of(found)) is noted


@pytest.mark.parametrize(
    ("channel", "level", "said"),
    [
        ("registration", "low", "没有发现涉及集资的用语"),
        ("marketing", "low", "没有发现涉及集资的用语"),
        ("registration", "attention", "仅文本分类器给分略高"),
        ("marketing", "attention", "“返利”"),
    ],
)
def test_the_classifier_alone_is_not_said_to_have_found_words_in_an_ordinary_text(
    channel: str, level: str, said: str
) -> None:
    found = assessment([], model=2.0, channel=channel, level=level, route="proceed", model_terms=("返利",))
    assert said in sentence_of(found)


def test_a_document_cited_as_a_whole_goes_by_its_short_number() -> None:
    reply = Basis("张财〔2024〕98号", "某市某区财政局对区政协第九次会议第一号提案的答复", "")
    assert basis_phrase(reply) == "张财〔2024〕98号"
    assert basis_phrase(Basis("条例", "防范和处置非法集资条例", "")) == "《防范和处置非法集资条例》"
