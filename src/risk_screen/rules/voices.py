"""In whose voice words stand: warning, negation, report, question, quotation; whatever is written elsewhere."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from risk_screen.rules.cues import KINDS, OWN_VOICE, CompiledVoices, CueGroup, CuePlaces, Cues
from risk_screen.rules.introductions import Scope, headed, introduced, judged, quotations, spoken_by
from risk_screen.rules.reading import Reading
from risk_screen.rules.telling import Telling
from risk_screen.text.folding import Span

MOST_NEGATIONS: Final = 3
_VOICES: Final = {
    "warning": "警示语境",
    "negation": "被否定",
    "report": "报道、通报或判决的口吻",
    "question": "提问的口吻",
}
_NOTHING: Final[Mapping[str, list[CuePlaces]]] = {}


class _Quotations:
    """Where a text quotes; held by all who ask, so that none of them holds another."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def places(self) -> list[Span]:
        """Quotations in reading order."""
        return quotations(self._text)

    def hold(self, start: int, end: int) -> bool:
        """Say whether a stretch stands in quotation marks."""
        index = bisect_right(self.places, (start, len(self._text))) - 1
        return index >= 0 and end <= self.places[index][1]


class Voices:
    """The cues of one field, asked for what governs a place.

    Parameters
    ----------
    reading : Reading
    compiled : CompiledVoices
    """

    def __init__(self, reading: Reading, compiled: CompiledVoices) -> None:
        self._reading, self._introduced_by = reading, compiled.introduced_by
        self._text = reading.text
        self._cues = Cues(self._text, reading.field.hits, compiled)
        self._quotations = _Quotations(self._text)
        self._telling = Telling(reading, self._cues, self._quotations.hold)
        self._known: dict[tuple[tuple[str, ...], int, int], str | None] = {}
        self._marks_found: dict[str, list[int]] = {}
        self._on_line: dict[int, dict[str, list[CuePlaces]]] | None = None
        self._own: list[int] | None = None
        self._introduced: dict[str, list[Scope]] = {}

    def why(self, kinds: tuple[str, ...], start: int, end: int) -> str | None:
        """Say in Chinese why a place does not count in one of these contexts, None when it does."""
        place = kinds, start, end
        if place not in self._known:
            self._known[place] = self._first_why(kinds, start, end)
        return self._known[place]

    def _first_why(self, kinds: tuple[str, ...], start: int, end: int) -> str | None:
        governing = self._cues_on_lines(start, end)
        for kind in kinds:
            if kind in self._heard:
                why = self._why(kind, start, end, governing.get(kind, ()))
                if why:
                    return why
        return None

    @cached_property
    def _heard(self) -> frozenset[str]:
        """Contexts of which the field shows any sign."""
        groups = self._cues.groups
        heard: set[str] = {kind for kind in KINDS if kind in groups}
        if self._quotations.places:
            heard.add("quotation")
        if "verdicts" in groups or "swindlers" in groups:
            heard.add("warning")
        if "misdeed" in groups:
            heard.add("report")
        return frozenset(heard)

    def _why(self, kind: str, start: int, end: int, groups: Sequence[CuePlaces]) -> str | None:
        if kind == "quotation":
            return "在引号之内" if self._quotations.hold(start, end) else None
        if kind == "negation":
            return self._negated(start, end, groups) if groups else None
        cue = next(self._governing(groups, start, end, 1), None) if groups else None
        if cue is not None and not (kind == "report" and self._telling.invites):
            return f"{_VOICES[kind]}：“{self._text[slice(*cue)]}”"
        return self._introduction(kind, start, end) or (self._told(start, end) if kind == "report" else None)

    def _cues_on_lines(self, start: int, end: int) -> Mapping[str, list[CuePlaces]]:
        """Kind → groups with a cue on a line of the place: no cue governs beyond its line."""
        lines = self._cues.line_ends
        first, last = bisect_left(lines, start), bisect_left(lines, end)
        if self._on_line is None:
            self._on_line = {}
            for kind in KINDS:
                for places in self._cues.groups.get(kind, ()):
                    for at in {bisect_left(lines, cue) for cue, _ in places.by_start}:
                        self._on_line.setdefault(at, {}).setdefault(kind, []).append(places)
        if first == last:
            return self._on_line.get(first, _NOTHING)
        return self._cues.groups

    def _told(self, start: int, end: int) -> str | None:
        misdeed = self._telling.misdeed(start, end)
        return f"叙述他人的事，没有向读者招揽：“{misdeed}”" if misdeed else None

    def _negated(self, start: int, end: int, groups: Sequence[CuePlaces]) -> str | None:
        """Negations cancel in pairs; cues that overlap are one."""
        cues = sorted(set(self._governing(groups, start, end, MOST_NEGATIONS)), key=lambda c: c[0] - c[1])
        counted: list[Span] = []
        for cue in cues:
            if all(cue[1] <= other[0] or other[1] <= cue[0] for other in counted):
                counted.append(cue)
        if len(counted) % 2 == 0:
            return None
        low, high = min(counted, key=lambda c: abs(c[0] - start))
        return f"{_VOICES['negation']}：“{self._text[low:high]}”"

    def _governing(self, groups: Sequence[CuePlaces], start: int, end: int, most: int) -> Iterator[Span]:
        for places in groups:
            group, kind = places.group, places.group.kind
            if group.unless_addressed and self._telling.addresses(start, end):
                continue
            if group.governs != "before":
                for cue in places.before(start, most):
                    near = _reaches(group, start - cue[1]) and cue[0] >= self._unit(group.within, start, end)[0]
                    if near and not self._own_between(kind, cue[1], start):
                        yield cue
            if group.governs != "after":
                for cue in places.from_(start if group.governs == "around" and kind != "negation" else end):
                    low, high = self._unit(group.within, start, end)
                    if kind == "report" and self._telling.addressed(low, cue[0]):
                        continue
                    if _reaches(group, cue[0] - end) and cue[1] <= high and not self._own_between(kind, low, cue[0]):
                        yield cue

    def _unit(self, within: str, start: int, end: int) -> Span:
        if within == "line":
            return self._between(self._cues.line_ends, start, end)
        if within == "period":
            return self._between(self._marks("[。!?\n]"), start, end)
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
        """Places of commas, full stops or line ends."""
        if mark not in self._marks_found:
            self._marks_found[mark] = [found.start() for found in re.finditer(mark, self._text)]
        return self._marks_found[mark]

    def _own_between(self, kind: str, low: int, high: int) -> bool:
        """Say whether the writer speaks for himself between a cue and a place; words in quotation marks are not his."""
        if kind == "negation":
            return False
        if self._own is None:
            spoken = (start for start, _ in self._cues.of(OWN_VOICE))
            self._own = [start for start in spoken if not self._quotations.hold(start, start + 1)]
        index = bisect_left(self._own, low)
        return index < len(self._own) and self._own[index] < high

    def _introduction(self, kind: str, start: int, end: int) -> str | None:
        if kind not in self._introduced_by:
            return None
        if kind not in self._introduced:
            self._introduced[kind] = sorted(self._scopes(kind))
        scopes = self._introduced[kind]
        index = bisect_right(scopes, (start, len(self._text), "")) - 1 if scopes else -1
        if index < 0 or end > scopes[index].end or self._telling.invites:
            return None
        return f"{_VOICES[kind]}：由“{scopes[index].cue}”一句引出"

    def _scopes(self, kind: str) -> Iterator[Scope]:
        text, reading, cues = self._text, self._reading, self._cues
        own = cues.of(kind)
        if own and ":" in text:
            yield from introduced(text, reading, own, self._quotations.places)
        if own and cues.of("enumerators"):
            yield from headed(text, reading, own, cues.of("enumerators"))
        if kind == "warning":
            yield from judged(text, cues.of("verdicts"))
            yield from spoken_by(text, cues.of("swindlers"))


def _reaches(group: CueGroup, gap: int) -> bool:
    return group.reach is None or gap <= group.reach
