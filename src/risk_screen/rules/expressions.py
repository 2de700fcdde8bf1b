"""The closed list of conditions a rule may use under ``match`` and ``unless``."""

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

FieldName = Literal["text", "name", "business_scope"]
ContextKind = Literal["warning", "negation", "report", "quotation", "question", "licensed"]
PromiseKind = Literal["cash", "buy_back", "store_credit", "goods"]
Period = Literal["day", "week", "month", "quarter", "half_year", "year", "term"]
IdentifierKind = Literal["phone", "wechat", "qq", "url", "account", "credit_code"]
EvasionStep = Literal[
    "invisible",
    "emoji",
    "lookalike",
    "separator",
    "split_character",
    "homophone",
    "pinyin",
    "initials",
    "contact_slang",
]
MAX_WITHIN: Final = 200
MAX_OPERANDS: Final = 6


def as_tuple(value: Any) -> Any:
    """Let an author write one word where a list is asked for."""
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=60)], ...], BeforeValidator(as_tuple)]


class Strict(BaseModel):
    """Base of everything read from a rule file: unknown keys are errors, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Promised(Strict):
    """``promise``: a promised return found in the text; all keys given must hold."""

    annual_rate_at_least: Annotated[float, Field(ge=0)] | None = None
    annual_rate_at_least_times_lpr: Annotated[float, Field(gt=0)] | None = None
    assumed_rate_at_least: Annotated[float, Field(ge=0)] | None = None
    payback_days_at_most: Annotated[int, Field(gt=0)] | None = None
    period: Annotated[tuple[Period, ...], BeforeValidator(as_tuple)] | None = None
    kind: Annotated[tuple[PromiseKind, ...], BeforeValidator(as_tuple)] | None = None
    guaranteed: bool | None = None


class Fact(Strict):
    """``fact``: a structured field of the submission; a missing one makes the rule *not evaluated*."""

    TESTS: ClassVar = ("equals", "one_of", "at_least", "at_most")

    field: Annotated[str, Field(min_length=1)]
    equals: bool | int | float | str | None = None
    one_of: tuple[str, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Fact":
        if not any(getattr(self, test) is not None for test in self.TESTS):
            raise PydanticCustomError("RB031", "fact 要写明怎样才算成立：equals、one_of、at_least 或 at_most 至少一个")
        return self


class Identified(Strict):
    """``identifier``: a phone number, WeChat name, bank account … in the text."""

    kind: Annotated[tuple[IdentifierKind, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    valid: bool | None = None


class Near(Strict):
    """``near``: all operands, with at most ``within`` characters from the end of the first to the start of the last."""

    within: Annotated[int, Field(ge=0, le=MAX_WITHIN)]
    of: "Annotated[tuple[Expression, ...], Field(min_length=2, max_length=4)]"
    ordered: bool = False
    across_sentences: bool = False


class AtLeast(Strict):
    """``at_least``: so many distinct operands; with a single operand, so many distinct words of it."""

    count: Annotated[int, Field(ge=2, le=20)]
    of: "Annotated[tuple[Expression, ...], Field(min_length=1)]"
    same: Literal["sentence", "field"] = "field"


class Evasion(Strict):
    """``evasion``: the operand where it can only be read after undoing an evasion."""

    of: "Expression"
    steps: Annotated[tuple[EvasionStep, ...], BeforeValidator(as_tuple)] | None = None


class Expression(Strict):
    """One condition: exactly one of the main keys, with the side keys that belong to it."""

    MAIN: ClassVar = (
        "any", "all", "none", "at_least", "near", "terms", "lexicon", "pattern",
        "promise", "fact", "evasion", "identifier", "context",
    )  # fmt: skip
    SIDE: ClassVar = {
        "not_before": ("terms", "lexicon", "pattern"),
        "not_after": ("terms", "lexicon", "pattern"),
        "in_word": ("terms", "lexicon"),
        "field": ("terms", "lexicon", "pattern", "near", "promise", "identifier", "evasion", "any", "at_least"),
        "same": ("all",),
    }

    any: "tuple[Expression, ...] | None" = Field(default=None, min_length=1)
    all: "tuple[Expression, ...] | None" = Field(default=None, min_length=2, max_length=MAX_OPERANDS)
    none: "tuple[Expression, ...] | None" = Field(default=None, min_length=1)
    at_least: AtLeast | None = None
    near: Near | None = None
    terms: Words | None = Field(default=None, min_length=1)
    lexicon: str | None = None
    pattern: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    promise: Promised | None = None
    fact: Fact | None = None
    evasion: Evasion | None = None
    identifier: Identified | None = None
    context: Annotated[tuple[ContextKind, ...], BeforeValidator(as_tuple)] | None = Field(default=None, min_length=1)

    not_before: Words | None = None
    not_after: Words | None = None
    in_word: bool | None = None
    field: FieldName | None = None
    same: Literal["sentence", "field", "submission"] | None = None

    @model_validator(mode="after")
    def _one_main_key(self) -> "Expression":
        given = self.main_keys()
        if len(given) != 1:
            what = "、".join(given) or "没有"
            raise PydanticCustomError(
                "RB030",
                "每个条件只能有一个主键，这里有：{given}。请用 any（任一）或 all（同时）组合起来，可用的主键：{main}",
                {"given": what, "main": " ".join(self.MAIN)},
            )
        for side, mains in self.SIDE.items():
            if getattr(self, side) is not None and given[0] not in mains:
                raise PydanticCustomError(
                    "RB032",
                    "{side} 不能与 {main} 一起用，它只能写在 {mains} 旁边",
                    {"side": side, "main": given[0], "mains": "、".join(mains)},
                )
        return self

    def main_keys(self) -> list[str]:
        """Names of the main keys that are given (one, in a valid expression)."""
        return [key for key in self.MAIN if getattr(self, key) is not None]

    @property
    def kind(self) -> str:
        """The main key."""
        return self.main_keys()[0]

    def operands(self) -> "tuple[Expression, ...]":
        """The expressions directly inside this one."""
        for group in (self.any, self.all, self.none):
            if group is not None:
                return group
        if self.near is not None:
            return self.near.of
        if self.at_least is not None:
            return self.at_least.of
        return (self.evasion.of,) if self.evasion is not None else ()


for _model in (Near, AtLeast, Evasion, Expression):
    _model.model_rebuild()
