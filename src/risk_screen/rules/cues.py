"""The words of contexts.yaml: what each puts what it governs into, and where they stand in a field."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from risk_screen.rules.masking import Hit
from risk_screen.text.folding import Span

if TYPE_CHECKING:
    from risk_screen.rules.expression_compiling import Literals
    from risk_screen.rules.reference import ContextsFile

KINDS: Final = ("warning", "negation", "report", "question")
ROLES: Final = ("told", "perhaps_told", "misdeed", "address", "invitation", "official", "anaphor", "denial")
LIST_WORDS: Final = ("enumerators", "verdicts", "swindlers")
OWN_VOICE: Final = "own_voice"

Unit = Literal["part", "sentence", "period", "line"]


class CueGroup(NamedTuple):
    """Cues that govern alike; words that only play a role govern nothing."""

    kind: str
    governs: Literal["after", "before", "around", "nothing"] = "nothing"
    within: Unit = "sentence"
    reach: int | None = None
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    unless_addressed: bool = False


@dataclass(frozen=True, slots=True)
class CompiledVoices:
    """contexts.yaml by literal of the automaton."""

    groups: tuple[CueGroup, ...]
    by_literal: Mapping[int, tuple[int, ...]]
    introduced_by: frozenset[str]


def compile_voices(contexts: "ContextsFile", literals: "Literals") -> CompiledVoices:
    """Number the words of contexts.yaml."""
    groups: list[CueGroup] = []
    by_literal: dict[int, tuple[int, ...]] = {}
    for group, words in _groups(contexts, literals):
        for word in words:
            number = literals.number(word)
            by_literal[number] = (*by_literal.get(number, ()), len(groups))
        groups.append(group)
    return CompiledVoices(tuple(groups), by_literal, frozenset(contexts.introduced_by))


def _groups(contexts: "ContextsFile", literals: "Literals") -> Iterator[tuple[CueGroup, Sequence[str]]]:
    fold = literals.fold_all
    for kind in KINDS:
        for cue in getattr(contexts, kind):
            not_before, not_after = fold(cue.not_before), fold(cue.not_after)
            guards = not_before, not_after, cue.unless_addressed
            yield CueGroup(kind, cue.governs, cue.within, cue.reach, *guards), cue.words
    for role in ROLES if contexts.telling is not None else ():
        for marks in getattr(contexts.telling, role):
            group = CueGroup(role, not_before=fold(marks.not_before), not_after=fold(marks.not_after))
            yield group, marks.words
    for name in LIST_WORDS if contexts.lists is not None else ():
        yield CueGroup(name), getattr(contexts.lists, name)
    yield CueGroup(OWN_VOICE), contexts.own_voice


class CuePlaces:
    """Where the cues of one group stand, quickly asked for those nearest to a place."""

    def __init__(self, group: CueGroup, spans: list[Span]) -> None:
        self.group = group
        self.by_start = sorted(spans)

    @cached_property
    def _by_end(self) -> list[Span]:
        return sorted([(end, start) for start, end in self.by_start])

    def before(self, at: int, most: int) -> list[Span]:
        """Cues that end at or before a place, nearest first."""
        index = bisect_right(self._by_end, (at, at))
        return [(start, end) for end, start in self._by_end[max(0, index - most) : index][::-1]]

    def from_(self, at: int) -> list[Span]:
        """The first cue that begins at or after a place."""
        index = bisect_left(self.by_start, (at, 0))
        return self.by_start[index : index + 1]


class Cues:
    """The words of contexts.yaml in one field, found in one look over its literals.

    Parameters
    ----------
    text : str
    hits : sequence of (start, end, literal)
    compiled : CompiledVoices
    """

    def __init__(self, text: str, hits: Sequence[Hit], compiled: CompiledVoices) -> None:
        by_literal, groups = compiled.by_literal, compiled.groups
        spans: dict[int, list[Span]] = {}
        for start, end, literal in hits:
            if literal in by_literal:
                for number in by_literal[literal]:
                    if _stands(text, start, end, groups[number]):
                        spans.setdefault(number, []).append((start, end))
        self.groups: dict[str, list[CuePlaces]] = {}
        for number in sorted(spans):
            self.groups.setdefault(groups[number].kind, []).append(CuePlaces(groups[number], spans[number]))
        self._text = text
        self._sorted: dict[str, list[Span]] = {}
        self._line_ends: list[int] | None = None

    def of(self, kind: str) -> list[Span]:
        """Places of all cues of a kind, sorted."""
        if kind not in self._sorted:
            self._sorted[kind] = sorted(span for places in self.groups.get(kind, ()) for span in places.by_start)
        return self._sorted[kind]

    def has(self, kind: str, low: int, high: int) -> bool:
        """Say whether a cue of a kind begins within a stretch."""
        return self.first(kind, low, high) is not None

    def first(self, kind: str, low: int, high: int) -> Span | None:
        """The first cue of a kind that begins within a stretch."""
        places = self.of(kind)
        index = bisect_left(places, (low, 0))
        return places[index] if index < len(places) and places[index][0] < high else None

    @property
    def line_ends(self) -> list[int]:
        """Places of the line ends of the text."""
        if self._line_ends is None:
            self._line_ends = [found.start() for found in re.finditer("\n", self._text)]
        return self._line_ends

    def line(self, start: int, end: int) -> Span:
        """The lines that hold a stretch."""
        ends = self.line_ends
        first, last = bisect_left(ends, start), bisect_left(ends, max(start, end - 1))
        return ends[first - 1] + 1 if first else 0, ends[last] if last < len(ends) else len(self._text)


def _stands(text: str, start: int, end: int, group: CueGroup) -> bool:
    if group.not_before and text.startswith(group.not_before, end):
        return False
    return not (group.not_after and text.endswith(group.not_after, 0, start))
