"""What a rule file and the policy file may contain. Every key is explained in docs/rules.md."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from risk_screen.rules.expressions import Expression, FieldName, Strict, as_tuple

Channel = Literal["registration", "marketing"]
Status = Literal["draft", "shadow", "active", "retired"]
Characteristic = Literal["illegality", "publicity", "inducement", "sociality"]
Flag = Literal["consult", "advise_against", "verify", "site_check", "check_licence", "check_amac"]
Level = Literal["low", "attention", "elevated", "high"]
Route = Literal["proceed", "consult", "advise_against", "archive", "watch", "verify", "site_check"]

CHARACTERISTICS: Final[dict[str, str]] = {
    "illegality": "非法性",
    "publicity": "公开性",
    "inducement": "利诱性",
    "sociality": "社会性",
}
WEIGHTS: Final = (2, 4, 6, 9, 12, 15)
FIELDS_OF_CHANNEL: Final[dict[str, tuple[str, ...]]] = {
    "registration": ("name", "business_scope"),
    "marketing": ("text",),
}
Sentence = Annotated[str, Field(min_length=1)]


class Basis(Strict):
    """A law cited by its key in laws.yaml, and the article."""

    law: Sentence
    article: Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int) else v)] | None = None


class _ExampleTexts(Strict):
    """Where the example stands: ``text`` for marketing, ``name`` and/or ``business_scope`` for registration."""

    text: Sentence | None = None
    name: Sentence | None = None
    business_scope: Sentence | None = None
    facts: dict[str, bool | int | float | str] | None = None

    @model_validator(mode="after")
    def _has_a_text(self) -> "_ExampleTexts":
        if not self.fields:
            raise PydanticCustomError("RB041", "例子没有文字：请写 text，或 name / business_scope")
        return self

    @property
    def fields(self) -> dict[str, str]:
        """Field name to text, in reading order."""
        given = {"text": self.text, "name": self.name, "business_scope": self.business_scope}
        return {field: text for field, text in given.items() if text is not None}


class Hit(_ExampleTexts):
    """A text the rule must speak on, and the words it must quote."""

    quote: Sentence


class Miss(_ExampleTexts):
    """A text the rule must not count, and why a reader might have thought it would."""

    because: Sentence


class Examples(Strict):
    """At least two of each; one miss should be a benign twin (warning poster, licensed bank, negation, news)."""

    hit: Annotated[tuple[Hit, ...], Field(min_length=2)]
    miss: Annotated[tuple[Miss, ...], Field(min_length=2)]


class Rule(Strict):
    """One rule: what is looked for, why it is allowed to count, how much, and where it is wrong."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$")]
    title: Sentence
    status: Status
    version: Annotated[int, Field(ge=1)]
    channel: Annotated[tuple[Channel, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    fields: Annotated[tuple[FieldName, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    characteristic: Characteristic
    weight: Annotated[Literal[2, 4, 6, 9, 12, 15], Field()]
    basis: Annotated[tuple[Basis, ...], Field(min_length=1)]
    match: Expression
    unless: tuple[Expression, ...] = ()
    flags: tuple[Flag, ...] = ()
    check_on_site: tuple[Sentence, ...] = ()
    question: Sentence | None = None
    to_applicant: Sentence | None = None
    blind_spots: Sentence
    examples: Examples
    scheme: Annotated[tuple[Annotated[str, Field(pattern="^[A-T]$")], ...], BeforeValidator(as_tuple)] = ()
    source: Sentence | None = None
    valid_from: date | None = None

    @model_validator(mode="after")
    def _fields_belong_to_channel(self) -> "Rule":
        allowed = {field for channel in self.channel for field in FIELDS_OF_CHANNEL[channel]}
        wrong = [field for field in self.fields if field not in allowed]
        if wrong:
            raise PydanticCustomError(
                "RB042",
                "字段 {wrong} 不属于渠道 {channels}",
                {"wrong": "、".join(wrong), "channels": "、".join(self.channel)},
            )
        return self


class Number(Strict):
    """A number of the policy, with where it comes from and since when it holds."""

    value: float
    source: Sentence
    since: date


class ModelPolicy(Strict):
    """How far the classifier may move the total: its decibans times ``shrink``, cut to ± ``bound_decibans``."""

    shrink: Number
    bound_decibans: Number


class LevelBounds(Strict):
    """Lowest score (0–100) of each level above ``low``."""

    attention: Number
    elevated: Number
    high: Number

    @model_validator(mode="after")
    def _ascending(self) -> "LevelBounds":
        if not 0 <= self.attention.value <= self.elevated.value <= self.high.value <= 100:
            raise PydanticCustomError("RB051", "levels 的分数线必须在 0–100 之间且 attention ≤ elevated ≤ high")
        return self


class ChannelPolicy(Strict):
    """Everything the policy says about one channel."""

    prior_decibans: Number
    model: ModelPolicy
    passage_characters: Number
    levels: LevelBounds
    routes: dict[Level, Route]
    flag_routes: dict[Flag, Route]
    questions: dict[Characteristic, tuple[Sentence, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _every_level_has_a_route(self) -> "ChannelPolicy":
        missing = [level for level in ("low", "attention", "elevated", "high") if level not in self.routes]
        if missing:
            raise PydanticCustomError("RB052", "routes 缺少级别 {missing}", {"missing": "、".join(missing)})
        return self


class AlwaysConsult(Strict):
    """Words that send a name to 会商 whatever the score."""

    words: tuple[Sentence, ...]
    source: Sentence
    since: date


class PolicyFile(Strict):
    """rules/policy.yaml: every number that decides, dated and with its source."""

    version: Annotated[int, Field(ge=1)]
    lpr: Number
    registration: ChannelPolicy
    marketing: ChannelPolicy
    always_consult: AlwaysConsult
    flag_checks: dict[Flag, Sentence] = Field(default_factory=dict)
