"""In whose voice words stand: warning, negation, report, question, quotation; always within a sentence or line."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from risk_screen.rules.introductions import introduced, quotations
from risk_screen.rules.reading import Reading
from risk_screen.text.folding import Span

if TYPE_CHECKING:
    from risk_screen.rules.expression_compiling import Literals
    from risk_screen.rules.reference import ContextsFile, Cue

KINDS: Final = ("warning", "negation", "report", "question")
MOST_NEGATIONS: Final = 3


class CueGroup(NamedTuple):
    """Cues that govern alike."""

    kind: str
    governs: Literal["after", "before", "around"]
    within: Literal["part", "sentence", "line"]
    reach: int | None
    not_before: tuple[str, ...]
    not_after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledVoices:
    """contexts.yaml by literal of the automaton."""

    groups: tuple[CueGroup, ...]
    by_literal: Mapping[int, tuple[int, ...]]
    own_voice: frozenset[int]
    introduced_by: frozenset[str]


def compile_voices(contexts: "ContextsFile", literals: "Literals") -> CompiledVoices:
    """Number the words of contexts.yaml."""
    groups: list[CueGroup] = []
    by_literal: dict[int, tuple[int, ...]] = {}
    for kind in KINDS:
        cues: tuple[Cue, ...] = getattr(contexts, kind)
        for cue in cues:
            before, after = literals.fold_all(cue.not_before), literals.fold_all(cue.not_after)
            for word in cue.words:
                number = literals.number(word)
                by_literal[number] = (*by_literal.get(number, ()), len(groups))
            groups.append(CueGroup(kind, cue.governs, cue.within, cue.reach, before, after))
    own = frozenset(literals.number(word) for word in contexts.own_voice)
    return CompiledVoices(tuple(groups), by_literal, own, frozenset(contexts.introduced_by))


class _Places:
    """Where the cues of one group stand, quickly asked for those nearest to a place."""

    def __init__(self, spans: list[Span]) -> None:
        self.by_start = sorted(spans)
        self._by_end = sorted((end, start) for start, end in spans)

    def before(self, at: int, most: int) -> Iterator[Span]:
        """Cues that end at or before a place, nearest first."""
        index = bisect_right(self._by_end, (at, at))
        yield from ((start, end) for end, start in reversed(self._by_end[max(0, index - most) : index]))

    def after(self, at: int) -> Iterator[Span]:
        """The first cue that begins at or after a place."""
        index = bisect_left(self.by_start, (at, 0))
        yield from self.by_start[index : index + 1]


class Voices:
    """The cues of one field, asked for what governs a place.

    Parameters
    ----------
    reading : Reading
    compiled : CompiledVoices
    """

    def __init__(self, reading: Reading, compiled: CompiledVoices) -> None:
        self._reading, self._compiled = reading, compiled
        self._text = reading.text
        self._of_kind = self._collected()
        self._known: dict[tuple[str, int, int], str | None] = {}
        self._marks_found: dict[str, list[int]] = {}
        self._quotations: list[Span] | None = None
        self._own: list[int] | None = None
        self._introduced: dict[str, list[tuple[int, int, str]]] = {}

    def _collected(self) -> dict[str, list[tuple[CueGroup, _Places]]]:
        spans: dict[int, list[Span]] = {}
        for start, end, literal in self._reading.field.hits:
            for number in self._compiled.by_literal.get(literal, ()):
                if self._stands(start, end, self._compiled.groups[number]):
                    spans.setdefault(number, []).append((start, end))
        of_kind: dict[str, list[tuple[CueGroup, _Places]]] = {}
        for number, found in sorted(spans.items()):
            group = self._compiled.groups[number]
            of_kind.setdefault(group.kind, []).append((group, _Places(found)))
        return of_kind

    def _stands(self, start: int, end: int, group: CueGroup) -> bool:
        if group.not_before and self._text.startswith(group.not_before, end):
            return False
        return not (group.not_after and self._text.endswith(group.not_after, 0, start))

    def why(self, kind: str, start: int, end: int) -> str | None:
        """Say in Chinese why a place does not count in its context, None when it does."""
        if kind not in self._of_kind and kind != "quotation":
            return None
        place = kind, start, end
        if place not in self._known:
            self._known[place] = self._why(kind, start, end)
        return self._known[place]

    def _why(self, kind: str, start: int, end: int) -> str | None:
        if kind == "quotation":
            return "在引号之内" if self._in_quotation(start, end) else None
        if kind == "negation":
            return self._negated(start, end)
        cue = next(self._governing(kind, start, end, 1), None)
        if cue is not None:
            return f"{_VOICES[kind]}：“{self._text[cue[0] : cue[1]]}”"
        if kind in self._compiled.introduced_by:
            return self._introduction(kind, start, end)
        return None

    def _negated(self, start: int, end: int) -> str | None:
        """Negations cancel in pairs; cues that overlap are one."""
        cues = sorted(set(self._governing("negation", start, end, MOST_NEGATIONS)), key=lambda c: c[0] - c[1])
        counted: list[Span] = []
        for cue in cues:
            if all(cue[1] <= other[0] or other[1] <= cue[0] for other in counted):
                counted.append(cue)
        if len(counted) % 2 == 0:
            return None
        low, high = min(counted, key=lambda c: abs(c[0] - start))
        return f"{_VOICES['negation']}：“{self._text[low:high]}”"

    def _governing(self, kind: str, start: int, end: int, most: int) -> Iterator[Span]:
        for group, places in self._of_kind.get(kind, ()):
            if group.governs != "before":
                for cue in places.before(start, most):
                    near = _reaches(group, start - cue[1]) and cue[0] >= self._unit(group.within, start, end)[0]
                    if near and not self._own_between(kind, cue[1], start):
                        yield cue
            if group.governs != "after":
                for cue in places.after(end):
                    low, high = self._unit(group.within, start, end)
                    if _reaches(group, cue[0] - end) and cue[1] <= high and not self._own_between(kind, low, cue[0]):
                        yield cue

    def _unit(self, within: str, start: int, end: int) -> Span:
        if within == "line":
            return self._between(self._marks("\n"), start, end)
        low, high = self._reading.sentence_around(start)[0], self._reading.sentence_around(end - 1)[1]
        if within == "sentence":
            return low, high
        part_low, part_high = self._between(self._marks(","), start, end)
        return max(low, part_low), min(high, part_high)

    def _between(self, marks: list[int], start: int, end: int) -> Span:
        before, after = bisect_left(marks, start), bisect_left(marks, end)
        low = marks[before - 1] + 1 if before else 0
        return low, marks[after] if after < len(marks) else len(self._text)

    def _marks(self, mark: str) -> list[int]:
        """Places of commas or line ends."""
        if mark not in self._marks_found:
            self._marks_found[mark] = [found.start() for found in re.finditer(mark, self._text)]
        return self._marks_found[mark]

    def _own_between(self, kind: str, low: int, high: int) -> bool:
        """Say whether the writer speaks for himself between a cue and a place; words in quotation marks are not his."""
        if kind == "negation":
            return False
        if self._own is None:
            spoken = (start for start, _, literal in self._reading.field.hits if literal in self._compiled.own_voice)
            self._own = sorted(start for start in spoken if not self._in_quotation(start, start + 1))
        index = bisect_left(self._own, low)
        return index < len(self._own) and self._own[index] < high

    def _in_quotation(self, start: int, end: int) -> bool:
        quoted = self._quoted()
        index = bisect_right(quoted, (start, len(self._text))) - 1
        return index >= 0 and end <= quoted[index][1]

    def _quoted(self) -> list[Span]:
        if self._quotations is None:
            self._quotations = quotations(self._text)
        return self._quotations

    def _introduction(self, kind: str, start: int, end: int) -> str | None:
        if kind not in self._introduced:
            self._introduced[kind] = self._scopes(kind)
        scopes = self._introduced[kind]
        index = bisect_right(scopes, (start, len(self._text), "")) - 1
        if index < 0 or end > scopes[index][1]:
            return None
        return f"{_VOICES[kind]}：由“{scopes[index][2]}”一句引出"

    def _scopes(self, kind: str) -> list[tuple[int, int, str]]:
        if kind not in self._of_kind or ":" not in self._text:
            return []
        cues = sorted(span for _, places in self._of_kind[kind] for span in places.by_start)
        return introduced(self._text, self._reading, cues, self._quoted())


_VOICES: Final = {
    "warning": "警示语境",
    "negation": "被否定",
    "report": "报道、通报或判决的口吻",
    "question": "提问的口吻",
}


def _reaches(group: CueGroup, gap: int) -> bool:
    return group.reach is None or gap <= group.reach
