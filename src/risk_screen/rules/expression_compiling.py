"""Turn the conditions of rule files into conditions that can be looked for, and number every literal they need."""

from collections.abc import Iterable, Iterator
from typing import Final

from risk_screen.rules.conditions import (
    AllOf,
    AnyOf,
    AtLeastOf,
    Condition,
    Evaded,
    Guard,
    Identifiers,
    InField,
    PatternMatches,
    Promises,
    Words,
)
from risk_screen.rules.expressions import Expression, Fact, Promised
from risk_screen.rules.gating import Sign, Way, all_of, any_of, some_of
from risk_screen.rules.nearby import Nearby
from risk_screen.rules.reference import TermLine
from risk_screen.rules.requirements import FactRequired, PromiseRequired
from risk_screen.rules.rulebook import ALWAYS_CONSULT, Rulebook
from risk_screen.rules.schema import FIELDS_OF_CHANNEL
from risk_screen.text.folding import Folding

GUARDED_LENGTHS: Final = (2, 3)


class Literals:
    """Numbers of all literals of a rulebook, folded; one automaton is built over them.

    Attributes
    ----------
    guarded : list of str
        Words that must stand as words: the segmenter has to know them.
    """

    def __init__(self, folding: Folding) -> None:
        self._folding = folding
        self._folded: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self.guarded: list[str] = []

    def fold(self, word: str) -> str:
        """Fold one word."""
        if word not in self._folded:
            self._folded[word] = self._folding.fold(word).text
        return self._folded[word]

    def fold_all(self, words: Iterable[str] | None) -> tuple[str, ...]:
        """Fold words; none for None."""
        return tuple(self.fold(word) for word in words or ())

    def number(self, word: str) -> int:
        """Number of a word, given at its first use."""
        return self._numbers.setdefault(self.fold(word), len(self._numbers))

    def texts(self) -> list[str]:
        """All literals by number."""
        return list(self._numbers)


class ExpressionCompiler:
    """Compiles the expressions of one channel; rules that look for the same words share one condition.

    Attributes
    ----------
    patterns : list of str
        Distinct patterns by number.
    literals_used : set of int
        Literals some rule of the channel reads.
    """

    def __init__(self, rulebook: Rulebook, channel: str, literals: Literals) -> None:
        self._book, self._channel, self._literals = rulebook, channel, literals
        self.patterns: list[str] = []
        self.literals_used: set[int] = set()
        self._words_of: dict[frozenset[tuple[int, Guard]], Words] = {}
        self._pattern_of: dict[tuple[int, Guard], PatternMatches] = {}

    def condition(self, expression: Expression, *, across: bool = False, in_unless: bool = False) -> Condition:
        """Compile one expression; ``across`` lets ``field`` look into a field that is not being read."""
        found = self._condition(expression)
        if expression.field is None:
            return found
        return InField(expression.field, found, across or in_unless)

    def _condition(self, e: Expression) -> Condition:  # noqa: PLR0911 - one line for each key of the language
        if e.terms is not None or e.lexicon is not None:
            return self._words(e)
        if e.pattern is not None:
            return self._pattern(e.pattern, self._guard(e, None, word_sense=False))
        if e.near is not None:
            near = e.near
            return Nearby(self._all(near.of), near.within, near.ordered, near.across_sentences)
        if e.at_least is not None:
            return AtLeastOf(self._all(e.at_least.of), e.at_least.count, e.at_least.same)
        if e.promise is not None:
            return Promises(_promise_required(e.promise, self._book.policy.lpr.value))
        if e.identifier is not None:
            return Identifiers(e.identifier.kind, e.identifier.valid)
        if e.evasion is not None:
            return Evaded(self.condition(e.evasion.of), frozenset(e.evasion.steps) if e.evasion.steps else None)
        if e.all is not None:
            return self._all_of(e)
        return AnyOf(self._all(e.any or ()))

    def _all_of(self, e: Expression) -> AllOf:
        same = e.same or "field"
        operands = e.operands()
        return AllOf(
            operands=self._all((o for o in operands if o.kind not in ("none", "fact")), across=same == "submission"),
            none=tuple(c for o in operands if o.none is not None for c in self._all(o.none)),
            facts=tuple(_fact_required(o.fact) for o in operands if o.fact is not None),
            same=same,
        )

    def _all(self, expressions: Iterable[Expression], *, across: bool = False) -> tuple[Condition, ...]:
        return tuple(self.condition(expression, across=across) for expression in expressions)

    def _words(self, e: Expression) -> Words:
        guards: dict[int, Guard] = {}
        for line in self._lines(e):
            word = self._literals.fold(line.term)
            in_word = e.in_word if e.in_word is not None else line.in_word
            guarded = _is_short_chinese(word) if in_word is None else not in_word
            guard = self._guard(e, line, word_sense=guarded)
            guards[self._literals.number(line.term)] = guard
            if guarded:
                self._literals.guarded.append(word)
        self.literals_used |= guards.keys()
        return self._words_of.setdefault(frozenset(guards.items()), Words(guards))

    def _pattern(self, pattern: str, guard: Guard) -> PatternMatches:
        number = self._pattern_number(pattern)
        return self._pattern_of.setdefault((number, guard), PatternMatches(number, guard))

    def _lines(self, e: Expression) -> tuple[TermLine, ...]:
        if e.lexicon is None:
            return tuple(TermLine(term=term) for term in e.terms or ())
        if e.lexicon == ALWAYS_CONSULT:
            return tuple(TermLine(term=word) for word in self._book.policy.always_consult.words)
        return self._book.lexicons[e.lexicon].terms

    def _guard(self, e: Expression, line: TermLine | None, *, word_sense: bool) -> Guard:
        before, after = (e.not_before or ()), (e.not_after or ())
        if line is not None:
            before, after = (*before, *(line.not_before or ())), (*after, *(line.not_after or ()))
        return Guard(self._literals.fold_all(before), self._literals.fold_all(after), word_sense)

    def _pattern_number(self, pattern: str) -> int:
        if pattern not in self.patterns:
            self.patterns.append(pattern)
        return self.patterns.index(pattern)

    def ways(self, e: Expression, read_in: tuple[str, ...]) -> list[Way]:
        """In which ways the expression can match, by what must be present (after it was compiled).

        Parameters
        ----------
        e : Expression
        read_in : tuple of str
            Fields that the expression may read.

        Returns
        -------
        list of Way
            Empty when it never matches there.
        """
        if e.field is not None and e.field not in read_in:
            return []
        fields = read_in if e.field is None else (e.field,)
        signs = self._signs(e)
        if signs is not None:
            return [Way(frozenset({frozenset(Sign(field, *sign) for field in fields for sign in signs)}), 1)]
        if e.same == "submission":
            fields = FIELDS_OF_CHANNEL[self._channel]
        inner = [self.ways(o, fields) for o in e.operands() if o.kind not in ("none", "fact")]
        if e.all is not None or e.near is not None:
            return all_of(inner)
        if e.at_least is not None and len(inner) > 1:
            return some_of(inner, e.at_least.count)
        return any_of(inner)

    def _signs(self, e: Expression) -> Iterable[tuple[str, int | str]] | None:
        """What shows that a condition without operands may hold: kind and value; None for one with operands."""
        if e.terms is not None or e.lexicon is not None:
            return [("literal", number) for number in self._words(e).guards]
        if e.pattern is not None:
            return [("pattern", self._pattern_number(e.pattern))]
        if e.promise is not None:
            return [("promise", "")]
        if e.identifier is not None:
            return [("identifier", kind) for kind in e.identifier.kind]
        return None


def alternatives(expression: Expression, condition: Condition) -> Iterator[tuple[Expression, Condition]]:
    """Yield the expressions one of which must hold for a whole one to hold, with what they were compiled to."""
    if isinstance(condition, AnyOf):
        for operand, compiled in zip(expression.operands(), condition.operands, strict=True):
            yield from alternatives(operand, compiled)
    else:
        yield expression, condition


def _is_short_chinese(word: str) -> bool:
    return len(word) in GUARDED_LENGTHS and all("\u4e00" <= character <= "\u9fff" for character in word)


def _promise_required(wanted: Promised, lpr: float) -> PromiseRequired:
    least = wanted.annual_rate_at_least
    if wanted.annual_rate_at_least_times_lpr is not None:
        least = max(least or 0.0, wanted.annual_rate_at_least_times_lpr * lpr)
    return PromiseRequired(
        annual_rate_at_least=least,
        assumed_rate_at_least=wanted.assumed_rate_at_least,
        payback_days_at_most=wanted.payback_days_at_most,
        period=wanted.period,
        kind=wanted.kind,
        guaranteed=wanted.guaranteed,
    )


def _fact_required(fact: Fact) -> FactRequired:
    return FactRequired(fact.field, fact.equals, fact.one_of, fact.at_least, fact.at_most)
