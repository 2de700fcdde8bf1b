"""Where each condition of a rule may stand, and what it may name."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from risk_screen.rules.errors import Problem
from risk_screen.rules.expressions import Expression
from risk_screen.rules.marked_yaml import Document, Path
from risk_screen.rules.schema import FIELDS_OF_CHANNEL, Rule
from risk_screen.rules.wording import WordChecker

PLACED: Final = ("any", "near", "terms", "lexicon", "pattern", "promise", "identifier", "evasion")
_MAY_HOLD: Final = {
    "any": (*PLACED, "all", "at_least"),
    "all": (*PLACED, "all", "at_least", "none", "fact"),
    "none": PLACED,
    "near": PLACED,
    "at_least": (*PLACED, "all"),
    "evasion": PLACED,
}
_TOP_OF_MATCH: Final = (*PLACED, "all", "at_least")
_TOP_OF_UNLESS: Final = (*PLACED, "all", "at_least", "context")
_CONTEXTS_EXPECTED: Final = ("warning", "negation", "report")


def walk(expression: Expression, path: Path) -> Iterator[tuple[Path, Expression]]:
    """Yield an expression and everything inside it, with the path of each in the file."""
    yield path, expression
    kind = expression.kind
    inner: Path = (*path, kind, "of") if kind in ("near", "at_least", "evasion") else (*path, kind)
    for i, operand in enumerate(expression.operands()):
        yield from walk(operand, inner if kind == "evasion" else (*inner, i))


def lexicons_named(rule: Rule) -> set[str]:
    """Names of the lexicons a rule reads."""
    roots = (rule.match, *rule.unless)
    return {e.lexicon for root in roots for _, e in walk(root, ()) if e.lexicon is not None}


class ExpressionChecker:
    """Checks ``match`` and ``unless`` of one rule."""

    def __init__(self, document: Document, rule: Rule, lexicons: set[str], wording: WordChecker) -> None:
        self._document, self._rule, self._lexicons, self._wording = document, rule, lexicons, wording

    def problems(self) -> Iterator[Problem]:
        """Yield everything wrong."""
        yield from self._top(self._rule.match, ("match",), _TOP_OF_MATCH)
        for i, expression in enumerate(self._rule.unless):
            yield from self._top(expression, ("unless", i), _TOP_OF_UNLESS)
            yield from self._local(expression, ("unless", i))
        yield from self._contexts_missing()

    def _top(self, root: Expression, path: Path, allowed: tuple[str, ...]) -> Iterator[Problem]:
        if root.kind not in allowed:
            yield self._misplaced(path, root.kind)
        for at, expression in walk(root, path):
            yield from self._names(at, expression)
            yield from self._fields(at, expression, in_unless=path[0] == "unless")
            for operand in expression.operands():
                if operand.kind not in _MAY_HOLD[expression.kind]:
                    yield self._misplaced(at, operand.kind, expression.kind)
            if expression.kind == "all" and not any(o.kind not in ("none", "fact") for o in expression.operands()):
                yield self._document.problem(
                    at, "RB034", "all 里至少要有一个能在文中找到的条件（terms、lexicon……），否则没有文字可以引用"
                )

    def _names(self, at: Path, expression: Expression) -> Iterator[Problem]:
        if expression.lexicon is not None and expression.lexicon not in self._lexicons:
            near = get_close_matches(expression.lexicon, self._lexicons, 1)
            hint = f"是否想写 {near[0]}？" if near else "请先在 lexicons/ 里建立它。"
            yield self._document.problem((*at, "lexicon"), "RB022", f"没有词表 {expression.lexicon}。{hint}")
        if expression.terms is not None:
            yield from self._wording.of_words(self._document, (*at, "terms"), expression.terms)
        if expression.pattern is not None:
            yield from self._wording.of_pattern(self._document, (*at, "pattern"), expression.pattern)
        yield from self._wording.of_guards(self._document, at, expression)
        promise = expression.promise
        if promise is not None and not promise.model_fields_set:
            message = "promise 至少要写一个条件，例如 annual_rate_at_least: 0.12"
            yield self._document.problem((*at, "promise"), "RB037", message)

    def _fields(self, at: Path, expression: Expression, *, in_unless: bool) -> Iterator[Problem]:
        allowed = [f for channel in self._rule.channel for f in FIELDS_OF_CHANNEL[channel]]
        known = allowed if in_unless else self._rule.fields
        if expression.field is not None and expression.field not in known:
            message = f"字段 {expression.field} 不在规则的 fields（{'、'.join(known)}）里，请加上或删去"
            yield self._document.problem((*at, "field"), "RB036", message)
        if expression.all is not None and expression.same != "submission":
            named = {operand.field for operand in expression.all if operand.field is not None}
            if len(named) > 1:
                yield self._document.problem(at, "RB035", "all 的各项限定了不同字段，请写 same: submission")

    def _local(self, root: Expression, path: Path) -> Iterator[Problem]:
        """Check that an exemption looks at the sentence only, so that text elsewhere cannot bring it about."""
        for at, expression in walk(root, path):
            wide = expression.all is not None and expression.same != "sentence"
            wide = wide or (expression.at_least is not None and expression.at_least.same != "sentence")
            if wide or (expression.near is not None and expression.near.across_sentences):
                yield self._document.problem(
                    at, "RB033", "unless 只看命中所在的一句：all 和 at_least 要写 same: sentence，near 不能跨句"
                )

    def _misplaced(self, at: Path, kind: str, holder: str = "") -> Problem:
        where = {
            "context": "context 只能直接写在 unless 的列表里",
            "none": "none 只能写在 all 里，与要找的词并列",
            "fact": "fact 只能写在 all 里，与要找的词并列",
        }.get(kind, f"{kind} 不能写在 {holder} 里")
        return self._document.problem((*at, holder) if holder else at, "RB033", where)

    def _contexts_missing(self) -> Iterator[Problem]:
        named = {kind for expression in self._rule.unless for kind in expression.context or ()}
        missing = [kind for kind in _CONTEXTS_EXPECTED if kind not in named]
        if "marketing" in self._rule.channel and missing:
            place = self._document.problem(
                ("unless",) if self._rule.unless else ("match",),
                "RB090",
                f"宣传规则一般要在 unless 写 context: [warning, negation, report]，这里没有 {'、'.join(missing)}",
            )
            yield Problem(place.file, place.line, place.column, place.code, place.message, "notice")
