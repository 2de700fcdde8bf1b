"""What the desk can say to an applicant: which words, why, and the smallest change that would proceed."""

from dataclasses import dataclass
from typing import Any, Final

from risk_screen.screening.assessment import Assessment, Reason
from risk_screen.screening.rewording import PROCEED, SEPARATORS, Rewording, smallest_rewording
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import FIELD_TITLES, Submission, SubmissionError

REGISTRATION: Final = "registration"
NO_CHANGE_FOUND: Final = "没有找到只删去几个字就能办理的改法，请与登记窗口商量怎样写。"
_RESERVATION: Final = "以登记机关的审查为准。"


class NotARegistrationError(SubmissionError):
    """Only an applicant for a registration is advised."""

    code = "not_a_registration"

    def __init__(self) -> None:
        super().__init__("只有企业登记才有给申请人的说明；宣传文本请看筛查结果本身。")


@dataclass(frozen=True, slots=True)
class ApplicantSentence:
    """One reason in plain words; ``code`` is that of the reason."""

    code: str
    field: str
    quote: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What an applicant is told.

    Attributes
    ----------
    sentences : tuple of ApplicantSentence
        One for each reason, in the order of the assessment; none where the registration proceeds.
    rewording : Rewording or None
        The smallest change that was found to proceed.
    summary : str
        The change in one sentence; empty where the registration proceeds.
    """

    sentences: tuple[ApplicantSentence, ...]
    rewording: Rewording | None
    summary: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as in the API."""
        changed = None
        if self.rewording is not None:
            removed = [{"field": field, "words": words} for field, words in self.rewording.removed]
            changed = {
                "fields": dict(self.rewording.fields),
                "removed": removed,
                "is_complete": self.rewording.is_complete,
                "route": PROCEED,
            }
        sentences = [
            {"code": s.code, "field": s.field, "quote": s.quote, "sentence": s.sentence} for s in self.sentences
        ]
        return {"sentences": sentences, "change": changed, "summary": self.summary}


def advise(screener: Screener, submission: Submission, assessment: Assessment) -> Advice:
    """Say what an applicant may be told of this assessment.

    Parameters
    ----------
    screener : Screener
        Made the assessment; tries the changes.
    submission : Submission
    assessment : Assessment
        Of this submission.

    Raises
    ------
    NotARegistrationError
    """
    if submission.channel != REGISTRATION:
        raise NotARegistrationError
    if assessment.route == PROCEED:
        return Advice((), None, "")
    rewording = smallest_rewording(
        dict(submission.fields),
        assessment,
        lambda fields: screener.assess(Submission.of(REGISTRATION, fields, submission.facts)),
    )
    sentences = tuple(_sentence(screener, reason) for reason in assessment.reasons)
    return Advice(sentences, rewording, _summary(rewording))


def _sentence(screener: Screener, reason: Reason) -> ApplicantSentence:
    why = screener.book.rulebook.rule(reason.code).to_applicant or f"{reason.title}，需要先核对。"
    laws = "；".join(f"{basis.law}第{basis.article}条" if basis.article else basis.law for basis in reason.basis)
    told = f"{FIELD_TITLES[reason.field]}中的“{reason.quote}”：{why}（依据：{laws}）"
    return ApplicantSentence(reason.code, reason.field, reason.quote, told)


def _summary(rewording: Rewording | None) -> str:
    if rewording is None:
        return NO_CHANGE_FOUND
    parts = []
    for field, title in FIELD_TITLES.items():
        words = "".join(f"“{words.strip(SEPARATORS)}”" for where, words in rewording.removed if where == field)
        if words:
            parts.append(f"{title}去掉{words}")
    if not rewording.is_complete:
        parts.append("换成不含金融、投资、收益意思的内容")
    return f"{'，'.join(parts)}，按现行规则可以办理；{_RESERVATION}"
