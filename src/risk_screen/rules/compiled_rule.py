"""A rule ready to run: what the assessment says of it, its condition and its exemptions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from risk_screen.rules.conditions import Condition, Words


@dataclass(frozen=True, slots=True)
class CitedLaw:
    """A law as cited: its key in laws.yaml, its full title, the article (empty for a notice without articles)."""

    law: str
    title: str
    article: str


@dataclass(frozen=True, slots=True, eq=False)
class Exemption:
    """``unless`` of a rule: contexts, and conditions that exempt the sentence (or, in another field, everything).

    Attributes
    ----------
    voices : tuple of str
        Contexts that are a matter of whose voice words stand in.
    licensed : bool
        Whether the name or the voice of a licensed institution exempts.
    conditions : tuple of Condition
    words : frozenset of int or None
        Literals without which no condition holds; None where a condition asks for something else.
    """

    voices: tuple[str, ...]
    licensed: bool
    conditions: tuple[Condition, ...]
    words: frozenset[int] | None

    @classmethod
    def of(cls, contexts: Iterable[str], conditions: Sequence[Condition]) -> "Exemption":
        """Put contexts and conditions in order."""
        kinds = dict.fromkeys(contexts)
        words = [condition for condition in conditions if isinstance(condition, Words)]
        literals = frozenset(literal for condition in words for literal in condition.guards)
        return cls(
            voices=tuple(kind for kind in kinds if kind != "licensed"),
            licensed="licensed" in kinds,
            conditions=tuple(conditions),
            words=literals if len(words) == len(conditions) else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRule:
    """One rule; compared by identity.

    Attributes
    ----------
    id, title, status, version, characteristic, weight, flags, check_on_site, question, scheme
        As in the rule file; ``question`` is None where the rule asks nothing.
    fields : tuple of str
        Fields of its channel that the rule reads.
    basis : tuple of CitedLaw
    condition : Condition
    exemption : Exemption
    """

    id: str
    title: str
    status: str
    version: int
    characteristic: str
    weight: int
    flags: tuple[str, ...]
    check_on_site: tuple[str, ...]
    question: str | None
    scheme: tuple[str, ...]
    fields: tuple[str, ...]
    basis: tuple[CitedLaw, ...]
    condition: Condition
    exemption: Exemption


FIELD_TITLES: Final[Mapping[str, str]] = {"text": "宣传文本", "name": "企业名称", "business_scope": "经营范围"}


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be asked, and why (a Chinese sentence)."""

    rule_id: str
    why: str

    @classmethod
    def lacking(cls, rule_id: str, missing: Iterable[str]) -> "NotEvaluated":
        """Name the fields and facts the rule would have needed."""
        titles = [FIELD_TITLES.get(name, f"事实 {name}") for name in dict.fromkeys(missing)]
        return cls(rule_id, f"未提供{'、'.join(titles)}，无法判断")
