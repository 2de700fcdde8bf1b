"""The letter of a registration hold: what it says, word for word, and that two people stand behind it."""

from dataclasses import replace
from datetime import date

import pytest

from golden_files import check_golden
from risk_screen.casework.chinese_dates import in_chinese
from risk_screen.casework.hold_letter import (
    HOLD_TRANSITIONS,
    HoldLetter,
    HoldState,
    HoldStateError,
    OwnDraftError,
    Procedure,
    as_html,
    as_text,
    hold_after,
    number_of,
    signed_by_another,
)
from risk_screen.casework.terms import ConsultationTerms

DRAFT = HoldLetter(
    addressee="张店区行政审批服务局",
    subject_name="淄博示例财富管理有限公司",
    credit_code="91350100M000100Y43",
    procedures=(Procedure.CHANGE, Procedure.CANCELLATION),
    case_reference="线索 2026-17",
    reasons="正在核查其向不特定对象吸收资金的情况。\n为防止注销后逃避责任。",
)


def test_a_signed_letter_reads_like_this(terms: ConsultationTerms) -> None:
    letter = replace(DRAFT, number=number_of(terms.hold, 2026, 3), signed_on=date(2026, 11, 23))
    check_golden("hold_letter.txt", as_text(letter, terms.hold))


def test_a_draft_says_that_it_is_one(terms: ConsultationTerms) -> None:
    text = as_text(DRAFT, terms.hold)
    assert "草稿，未签发，不得外送" in text
    assert "2026年" not in text


def test_a_lifted_letter_says_when_and_why(terms: ConsultationTerms) -> None:
    letter = replace(DRAFT, signed_on=date(2026, 11, 23), lifted_on=date(2026, 12, 1), lifting_reason="查否")
    assert "本建议已于二〇二六年十二月一日解除。原因：\n查否" in as_text(letter, terms.hold)


def test_the_page_escapes_what_people_wrote(terms: ConsultationTerms) -> None:
    page = as_html(replace(DRAFT, reasons="<script>alert(1)</script>\n第二行"), terms.hold)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>第二行" in page
    assert "第22条" in page


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 23), "二〇二六年十一月二十三日"),
        (date(2025, 10, 10), "二〇二五年十月十日"),
        (date(2030, 1, 30), "二〇三〇年一月三十日"),
        (date(2026, 12, 31), "二〇二六年十二月三十一日"),
        (date(2026, 2, 1), "二〇二六年二月一日"),
    ],
)
def test_dates_are_written_in_chinese(day: date, written: str) -> None:
    assert in_chinese(day) == written


@pytest.mark.parametrize("state", HoldState)
@pytest.mark.parametrize("following", HoldState)
def test_a_hold_moves_as_the_table_says(state: HoldState, following: HoldState) -> None:
    if following in HOLD_TRANSITIONS[state]:
        assert hold_after(state, following) is following
    else:
        with pytest.raises(HoldStateError):
            hold_after(state, following)


@pytest.mark.parametrize(("drafter", "signer"), [("7", "7"), ("", "7"), ("", "")])
def test_nobody_signs_what_they_drafted_themselves(drafter: str, signer: str) -> None:
    with pytest.raises(OwnDraftError):
        signed_by_another(drafter, signer)
    signed_by_another("7", "8")
