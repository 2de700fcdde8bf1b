"""What the page shows of an assessment: reasons with the articles they cite, the sum, the profile, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from risk_screen.rules.reference import Law
from risk_screen.screening.assessment import (
    CHARACTERISTICS,
    Assessment,
    Basis,
    ProfilePart,
    PromiseFound,
    Reason,
)
from risk_screen.screening.screener import Screener
from risk_screen.screening.wording import FIELD_TITLES, basis_phrase, promise_meaning
from risk_screen.web.marking import Segment, segments_of

# A longer text is folded away behind a click, so that the reasons stay near the top of a small screen.
LONG_TEXT_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Background:
    """What the rulebook knows beyond an assessment.

    Attributes
    ----------
    laws : mapping of str to Law
        By the key a basis cites.
    rule_titles : mapping of str to str
        Rule id → title.
    one_year_lpr : float
        Loan prime rate, fraction per year.
    usual_routes : mapping of str to str
        Level → route before any rule asks for a higher one.
    """

    laws: Mapping[str, Law]
    rule_titles: Mapping[str, str]
    one_year_lpr: float
    usual_routes: Mapping[str, str]

    @classmethod
    def of(cls, screener: Screener, channel: str) -> Self:
        """Take it from the rulebook and policy a screener works with."""
        rulebook = screener.book.rulebook
        return cls(
            laws=rulebook.laws,
            rule_titles={rule.id: rule.title for rule in rulebook.rules},
            one_year_lpr=rulebook.policy.lpr.value,
            usual_routes=screener.policy.channels[channel].routes,
        )


@dataclass(frozen=True, slots=True)
class LawShown:
    """An article as cited, and its words where the rulebook has them."""

    phrase: str
    text: str | None


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """A reason under its number."""

    number: int
    reason: Reason
    laws: tuple[LawShown, ...]


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field as sent, cut for marking."""

    title: str
    characters: int
    segments: tuple[Segment, ...]

    @property
    def is_long(self) -> bool:
        """Whether the page folds it away."""
        return self.characters > LONG_TEXT_CHARACTERS


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """A promised return and what it comes to."""

    promise: PromiseFound
    meaning: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """Everything the template of a result needs; what is said twice in a text is listed once."""

    assessment: Assessment
    fields: tuple[FieldShown, ...]
    reasons: tuple[ReasonShown, ...]
    promises: tuple[PromiseShown, ...]
    profile: tuple[tuple[str, ProfilePart], ...]
    questions: tuple[str, ...]
    exempted: tuple[tuple[str, str, str], ...]
    masked: tuple[tuple[str, str], ...]
    not_evaluated: tuple[tuple[str, str], ...]
    is_raised: bool

    @property
    def marks(self) -> frozenset[str]:
        """Kinds of marks in the text, so that the legend names only these."""
        segments = [segment for field in self.fields for segment in field.segments]
        kinds = {
            "reason": any(s.reasons for s in segments),
            "promise": any(s.is_promise for s in segments),
            "masked": any(s.masked for s in segments),
            "exempted": any(s.exempted for s in segments),
        }
        return frozenset(kind for kind, is_there in kinds.items() if is_there)


def view_of(assessment: Assessment, fields: Mapping[str, str], background: Background) -> ResultView:
    """Prepare an assessment of the fields as sent for showing."""
    titles = background.rule_titles
    in_profile = {question for part in assessment.profile.values() for question in part.missing}
    return ResultView(
        assessment=assessment,
        fields=tuple(
            FieldShown(FIELD_TITLES[name], len(text), segments_of(assessment, name, text))
            for name, text in fields.items()
        ),
        reasons=tuple(
            ReasonShown(number, reason, tuple(_law(basis, background.laws) for basis in reason.basis))
            for number, reason in enumerate(assessment.reasons, 1)
        ),
        promises=tuple(PromiseShown(p, promise_meaning(p, background.one_year_lpr)) for p in assessment.promises),
        profile=tuple((c, assessment.profile[c]) for c in CHARACTERISTICS if c in assessment.profile),
        questions=tuple(question for question in assessment.questions if question not in in_profile),
        exempted=tuple(dict.fromkeys((titles.get(e.code, e.code), e.quote, e.why) for e in assessment.exempted)),
        masked=tuple(dict.fromkeys((m.quote, m.why) for m in assessment.masked)),
        not_evaluated=tuple((titles.get(n.code, n.code), n.why) for n in assessment.not_evaluated),
        is_raised=assessment.route != background.usual_routes[assessment.level],
    )


def _law(basis: Basis, laws: Mapping[str, Law]) -> LawShown:
    law = laws.get(basis.law)
    article = law.articles.get(basis.article) if law is not None else None
    return LawShown(basis_phrase(basis), article.text if article is not None else None)
