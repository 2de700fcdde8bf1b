"""Read one field: fold it, mask its disclaimers, find its words, promises and identifiers."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from risk_screen.rules.conditions import Guard, PatternMatches, Pieces, Words
from risk_screen.rules.evasions import CHANNELS as EVASIVE_CHANNELS
from risk_screen.rules.masking import Hit, Masked, hide, uncovered
from risk_screen.text.folding import FoldedText, Span
from risk_screen.text.identifiers import Identifier, identifiers
from risk_screen.text.promise import Promise
from risk_screen.text.promised_returns import promised_returns

if TYPE_CHECKING:
    from risk_screen.rules.compiled_rulebook import ChannelRules, CompiledRulebook


Leaf = Words | PatternMatches


@dataclass(frozen=True, slots=True)
class Field:
    """One field as rules and classifier read it.

    Attributes
    ----------
    name : str
        ``text``, ``name`` or ``business_scope``.
    folded : FoldedText
    readable : str
        ``folded.text`` with every masked character replaced by U+FFFC, so that offsets stay.
    masked : tuple of Masked
        What was masked, and why; sorted, not overlapping.
    promises : tuple of Promise
    identifiers : tuple of Identifier
    flags : tuple of str
        Checks that masked words ask for (``check_amac`` …).
    hits : sequence of (start, end, literal)
        Literals of the rulebook found outside the masks.
    """

    name: str
    folded: FoldedText
    readable: str
    masked: tuple[Masked, ...]
    promises: tuple[Promise, ...]
    identifiers: tuple[Identifier, ...]
    flags: tuple[str, ...] = ()
    hits: Sequence[Hit] = field(default=(), repr=False, compare=False)


def read_field(name: str, original: str, book: "CompiledRulebook", channel: str) -> Field:
    """Read one field of a submission.

    Parameters
    ----------
    name : str
        Field name.
    original : str
        The text as sent.
    book : CompiledRulebook
    channel : str
        ``registration`` or ``marketing``; evasive spellings are read in marketing texts only.

    Returns
    -------
    Field
    """
    folded = book.folding.fold(original)
    if book.evasions is not None and channel in EVASIVE_CHANNELS:
        folded = book.evasions.read(folded)
    text = folded.text
    hits: Sequence[Hit] = book.automaton.find_overlapping(text)
    masked, flags = book.masks.apply(text, hits, name) if hits else ((), ())
    readable = text
    if masked:
        readable = hide(text, masked)
        hits = uncovered(hits, readable)
    return Field(name, folded, readable, masked, promised_returns(readable), identifiers(readable), flags, hits)


class Reading:
    """A field while rules look at it: what was found so far, each thing computed at most once."""

    def __init__(self, read: Field, book: "CompiledRulebook", rules: "ChannelRules") -> None:
        self.field = read
        self.chances = rules.patterns.chances(read.readable)
        self.text = read.readable
        self.words: dict[int, list[Span]] = {}
        self._book, self._rules = book, rules
        self._spans: dict[int, list[Span]] = {}
        self._places: dict[Leaf, list[Pieces]] = {}
        self._senses: dict[Span, bool] = {}
        self._sentences: tuple[Span, ...] | None = None
        self._starts: list[int] = []
        for start, end, literal in read.hits:
            if literal in rules.literals:
                self.words.setdefault(literal, []).append((start, end))

    def signs(self) -> list[int | str]:
        """What shows that a rule could match: literals by number, identifiers by kind, "" for a promise."""
        kinds = [identifier.kind for identifier in self.field.identifiers]
        return [*self.words, *kinds, *([""] if self.field.promises else [])]

    def places(self, condition: Leaf) -> list[Pieces]:
        """Places of words or of a pattern, whichever rule asks; not to be changed."""
        found = self._places.get(condition)
        if found is None:
            found = self._places[condition] = [(span,) for span in condition.spans(self)]
        return found

    def may_hold(self, pattern: int) -> bool:
        """Say whether a pattern has what it needs somewhere."""
        return bool(self.chances.present >> pattern & 1)

    def pattern_spans(self, number: int) -> list[Span]:
        """Places of one pattern that the field may hold."""
        spans = self._spans.get(number)
        if spans is None:
            spans = self._spans[number] = self._rules.patterns.spans(number, self.text, self.chances)
        return spans

    def admitted(self, spans: list[Span], guard: Guard) -> list[Span]:
        """Return the places where a word counts."""
        text, (not_before, not_after, word_sense) = self.text, guard
        if not_before:
            spans = [span for span in spans if not text.startswith(not_before, span[1])]
        if not_after:
            spans = [span for span in spans if not text.endswith(not_after, 0, span[0])]
        return [span for span in spans if self._is_a_word(span)] if word_sense else spans

    def _is_a_word(self, span: Span) -> bool:
        if span not in self._senses:
            self._senses[span] = self._book.segmenter.allows(self.field.folded.text, *span)
        return self._senses[span]

    @property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences of the folded text."""
        if self._sentences is None:
            self._sentences = self.field.folded.sentences or ((0, len(self.text)),)
        return self._sentences

    def sentence_index(self, at: int) -> int:
        """Index of the sentence a character stands in."""
        if not self._starts:
            self._starts = [start for start, _ in self.sentences]
        return (bisect_right(self._starts, at) or 1) - 1

    def sentence_around(self, at: int) -> Span:
        """Sentence a character stands in."""
        return self.sentences[self.sentence_index(at)]
