"""A registration hold (暂缓登记建议, 条例 §22): what may happen to it, and the letter a person signs.

It asks; nothing in this program acts on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from html import escape
from types import MappingProxyType
from typing import Final, Self

from risk_screen.casework.chinese_dates import in_chinese
from risk_screen.errors import RiskScreenError
from risk_screen.rules.consultation_file import HoldPolicy
from risk_screen.rules.reference import Law


class HoldState(StrEnum):
    """Where a hold stands."""

    DRAFT = "draft"
    SIGNED = "signed"
    LIFTED = "lifted"
    DISCARDED = "discarded"


class Procedure(StrEnum):
    """Which registrations are meant."""

    ESTABLISHMENT = "establishment"
    CHANGE = "change"
    CANCELLATION = "cancellation"


HOLD_TITLES: Final[Mapping[HoldState, str]] = MappingProxyType(
    {
        HoldState.DRAFT: "草稿",
        HoldState.SIGNED: "已签发",
        HoldState.LIFTED: "已解除",
        HoldState.DISCARDED: "已作废",
    }
)
PROCEDURE_TITLES: Final[Mapping[Procedure, str]] = MappingProxyType(
    {Procedure.ESTABLISHMENT: "设立", Procedure.CHANGE: "变更", Procedure.CANCELLATION: "注销"}
)
HOLD_TRANSITIONS: Final[Mapping[HoldState, frozenset[HoldState]]] = MappingProxyType(
    {
        HoldState.DRAFT: frozenset({HoldState.SIGNED, HoldState.DISCARDED}),
        HoldState.SIGNED: frozenset({HoldState.LIFTED}),
        HoldState.LIFTED: frozenset(),
        HoldState.DISCARDED: frozenset(),
    }
)


class HoldStateError(RiskScreenError):
    """The hold is past this."""

    code = "hold_state"

    def __init__(self, state: HoldState) -> None:
        super().__init__(f"这份暂缓登记建议{HOLD_TITLES[state]}，不能再这样办理：请重新读取。")


class OwnDraftError(RiskScreenError):
    """Drafted and signed by the same person."""

    code = "own_draft"

    def __init__(self) -> None:
        super().__init__("起草与签发、提出与确认须由不同的人办理：请由另一位负责人办理。")


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """What stands in every hold.

    Attributes
    ----------
    issuer : str
    number_form : str
        With ``{year}`` and ``{number}``.
    law, document_number, article, article_text : str
        The basis, as it stands in laws.yaml.
    """

    issuer: str
    number_form: str
    law: str
    document_number: str
    article: str
    article_text: str

    @classmethod
    def from_file(cls, file: HoldPolicy, law: Law) -> Self:
        """Take over what rules/consultation.yaml and laws.yaml say."""
        text = law.articles[file.article].text
        return cls(file.issuer, file.number, law.title, law.document_number, file.article, text)


@dataclass(frozen=True, slots=True)
class HoldLetter:
    """What one hold says.

    Attributes
    ----------
    addressee, subject_name : str
        Who is asked, and about whom.
    credit_code : str
        Of the subject; empty when it has none yet.
    procedures : tuple of Procedure
    case_reference : str
        The investigation it rests on: the law gives this power only when one was organised.
    reasons : str
    number : str
        Empty as long as it is a draft.
    signed_on, lifted_on : date or None
        In China.
    lifting_reason : str
    """

    addressee: str
    subject_name: str
    credit_code: str
    procedures: tuple[Procedure, ...]
    case_reference: str
    reasons: str
    number: str = ""
    signed_on: date | None = None
    lifted_on: date | None = None
    lifting_reason: str = ""


def number_of(terms: HoldTerms, year: int, number: int) -> str:
    """Write the number of a document."""
    return terms.number_form.format(year=year, number=number)


def signed_by_another(drafter: str, signer: str) -> None:
    """Check that two people acted.

    Raises
    ------
    OwnDraftError
    """
    if not drafter or drafter == signer:
        raise OwnDraftError


def hold_after(state: HoldState, following: HoldState) -> HoldState:
    """Check a transition.

    Raises
    ------
    HoldStateError
    """
    if following not in HOLD_TRANSITIONS[state]:
        raise HoldStateError(state)
    return following


def as_text(letter: HoldLetter, terms: HoldTerms) -> str:
    """Write the letter as plain text."""
    return "\n\n".join(_paragraphs(letter, terms)) + "\n"


def as_html(letter: HoldLetter, terms: HoldTerms) -> str:
    """Write the letter as a page of its own that can be printed; without script or style."""
    title, *rest = _paragraphs(letter, terms)
    body = "\n".join(f"<p>{escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in rest)
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    main = f"<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>"
    return f'<!doctype html>\n<html lang="zh-CN">\n{head}\n<body>\n{main}\n</body>\n</html>\n'


def _paragraphs(letter: HoldLetter, terms: HoldTerms) -> Iterator[str]:
    kinds = "、".join(PROCEDURE_TITLES[one] for one in letter.procedures)
    code = f"（统一社会信用代码：{letter.credit_code}）" if letter.credit_code else ""
    yield "关于暂停办理登记的建议函"
    yield letter.number or "（草稿，未签发，不得外送）"
    yield f"{letter.addressee}："
    yield f"我单位正在对下列单位涉嫌非法集资行为组织调查（{letter.case_reference}）。"
    yield f"单位名称：{letter.subject_name}{code}"
    yield f"依据《{terms.law}》（{terms.document_number}）第{terms.article}条：“{terms.article_text}”"
    yield f"建议暂停为该单位办理{kinds}登记。理由：\n{letter.reasons}"
    yield "本函是供登记机关依法办理时参考的建议，不由系统自动执行；是否暂停由登记机关决定，并请函复办理情况。"
    yield f"{terms.issuer}\n{in_chinese(letter.signed_on) if letter.signed_on else '（签发日期）'}"
    if letter.lifted_on is not None:
        yield f"本建议已于{in_chinese(letter.lifted_on)}解除。原因：\n{letter.lifting_reason}"
