"""What screening answers: level, route, every point of the score with words and law, and what was not evaluated."""

from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from risk_screen.text.folding import Span

CHARACTERISTICS: Final = ("illegality", "publicity", "inducement", "sociality")


@dataclass(frozen=True, slots=True)
class Basis:
    """An article of a law: the key in rules/laws.yaml, its short title, and the article."""

    law: str
    title: str
    article: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that speaks against the text; ``weight`` as declared, ``decibans`` as counted."""

    code: str
    title: str
    quote: str
    spans: tuple[Span, ...]
    field: str
    characteristic: str
    weight: float
    decibans: float
    basis: tuple[Basis, ...]
    via: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exempted:
    """Words a rule matched that do not count, and why."""

    code: str
    quote: str
    spans: tuple[Span, ...]
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be asked, and why; never the same as no hit."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A disclaimer or official phrase that was left out of the reading, and why; it earns no credit."""

    quote: str
    spans: tuple[Span, ...]
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class PromiseFound:
    """A promised return with the arithmetic a person can check; rates per year as fractions."""

    quote: str
    spans: tuple[Span, ...]
    field: str
    annual_rate: float | None
    irr: float | None
    payback_days: int | None
    assumed_rate: float | None
    kind: str
    arithmetic: str


@dataclass(frozen=True, slots=True)
class IdentifierFound:
    """A phone, account, address or code in the text."""

    kind: str
    value: str
    spans: tuple[Span, ...]
    field: str


@dataclass(frozen=True, slots=True)
class ModelTerm:
    """Words that spoke for the classifier's opinion, in decibans before the policy bounds the sum."""

    quote: str
    spans: tuple[Span, ...]
    field: str
    decibans: float


@dataclass(frozen=True, slots=True)
class ModelPart:
    """The classifier's part of the score."""

    probability: float
    decibans: float
    terms: tuple[ModelTerm, ...]


@dataclass(frozen=True, slots=True)
class ProfilePart:
    """What speaks for one of the four characteristics, and what an on-site check still has to find out."""

    decibans: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """What it takes to reproduce an assessment."""

    rulebook: str
    model: str
    policy: str
    program: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer for one submission. ``id`` and ``created_at`` (ISO 8601, UTC) are set when it is stored or sent."""

    channel: str
    score: float
    level: str
    route: str
    prior_decibans: float
    total_decibans: float
    reasons: tuple[Reason, ...]
    exempted: tuple[Exempted, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    shadow: tuple[Reason, ...]
    masked: tuple[MaskedText, ...]
    promises: tuple[PromiseFound, ...]
    identifiers: tuple[IdentifierFound, ...]
    model: ModelPart
    profile: dict[str, ProfilePart]
    required_checks: tuple[str, ...]
    questions: tuple[str, ...]
    versions: Versions
    id: str | None = None
    created_at: str | None = None

    @property
    def annual_rate(self) -> float | None:
        """Highest stated yearly rate as a fraction; None when no promise states one."""
        return max((p.annual_rate for p in self.promises if p.annual_rate is not None), default=None)

    def stamped(self, *, assessment_id: str, created_at: str) -> "Assessment":
        """Return the same assessment with its id and time."""
        return replace(self, id=assessment_id, created_at=created_at)

    def to_json(self) -> bytes:
        """Canonical JSON: UTF-8, fixed key order, numbers rounded; equal input and versions give equal bytes."""
        return orjson.dumps(self, option=orjson.OPT_SERIALIZE_DATACLASS)

    def to_dict(self) -> dict[str, Any]:
        """Return the canonical JSON as plain Python values."""
        plain: dict[str, Any] = orjson.loads(self.to_json())
        return plain
