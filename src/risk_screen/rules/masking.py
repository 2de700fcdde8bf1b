"""Mask disclaimers and standard items, so that their words do not fire. A mask gives no credit and is always shown.

A cue (不得, 未经, 除外 …) masks what it governs inside its clause. Clauses end at ； 。 at a bracket or a line end:
nothing written elsewhere is ever masked. Only the restriction in brackets is masked, the item before it stays.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from risk_screen.text.folding import Span

MASK_CHARACTER: Final = "\ufffc"
_STRUCTURE: Final = re.compile(r"[()\[\]【】{}〔〕<>《》;。!?\n]")
_OPENING: Final = frozenset("([【{〔")
_CLOSING: Final = frozenset(")]】}〕")
_ENDING: Final = frozenset(";。!?")
Hit = tuple[int, int, int]


class Masked(NamedTuple):
    """A masked stretch of the folded text, and why."""

    start: int
    end: int
    why: str


class CueUse(NamedTuple):
    """What a word of masks.yaml does."""

    governs: str
    outside_brackets: bool
    why: str
    not_before: tuple[str, ...]
    not_after: tuple[str, ...]


class CueAt(NamedTuple):
    """A cue at its place."""

    start: int
    end: int
    use: CueUse


@dataclass(frozen=True)
class CompiledMasks:
    """masks.yaml by literal of the automaton.

    Attributes
    ----------
    cues : mapping of int to CueUse
    phrases : mapping of int to (fields, why)
    checks : mapping of int to flag
    """

    fields: frozenset[str]
    cues: dict[int, CueUse]
    phrases: dict[int, tuple[frozenset[str], str]]
    checks: dict[int, str]
    list_ends: tuple[str, ...]
    resumed_by: tuple[str, ...]

    @cached_property
    def literals(self) -> frozenset[int]:
        """Every literal that means something here."""
        return frozenset((*self.cues, *self.phrases, *self.checks))

    def apply(self, text: str, hits: Sequence[Hit], name: str) -> tuple[tuple[Masked, ...], tuple[str, ...]]:
        """Find what is masked in a field.

        Parameters
        ----------
        text : str
            Folded text.
        hits : sequence of (start, end, literal)
            All literals found in it, in the order of their ends.
        name : str
            Field name.

        Returns
        -------
        tuple of (masked stretches, flags)
            Stretches are sorted and do not overlap; flags ask for a check.
        """
        own = [hit for hit in hits if hit[2] in self.literals]
        if not own:
            return (), ()
        phrases = ((start, end, self.phrases[literal]) for start, end, literal in own if literal in self.phrases)
        masked = merged(Masked(start, end, why) for start, end, (fields, why) in phrases if name in fields)
        if name not in self.fields:
            return tuple(masked), ()
        starts = [m.start for m in masked]
        cues = [CueAt(start, end, self.cues[literal]) for start, end, literal in own if literal in self.cues]
        free = [cue for cue in cues if not _touches(masked, starts, cue.start, cue.end) and _stands(text, cue)]
        if free:
            masked = merged([*masked, *self._of_cues(text, free)])
        flags = dict.fromkeys(self.checks[literal] for _, _, literal in own if literal in self.checks)
        return tuple(masked), tuple(flags)

    def _of_cues(self, text: str, cues: list[CueAt]) -> Iterator[Masked]:
        cues.sort(key=lambda cue: (cue.start, -cue.end))
        for clause in _plain_clauses(text, cues) or _clauses(text, cues):
            yield from (masked for masked in self._of_clause(text, clause) if masked.start < masked.end)

    def _of_clause(self, text: str, clause: "_Clause") -> Iterator[Masked]:
        parts = list(_parts(text, clause))
        goes_on = self._goes_on(text, parts, bracketed=clause.bracketed)
        cues = iter([cue for cue in clause.cues if clause.bracketed or cue.use.outside_brackets])
        cue = next(cues, None)
        governed: CueUse | None = None
        run = clause.start
        for index, (start, end) in enumerate(parts):
            here: list[CueAt] = []
            while cue is not None and cue.start < end:
                here.append(cue)
                cue = next(cues, None)
            resumed = text.startswith(self.resumed_by, start)
            if here:
                begin = start if resumed else run
                yield from self._of_part(text, (start, end), begin, here, bracketed=clause.bracketed)
                governed = here[-1].use if here[-1].use.governs == "after" else None
            elif governed and goes_on[index]:
                yield Masked(start, end, governed.why)
            else:
                governed = None
            if governed and text.endswith(self.list_ends, start, end):
                governed = None
            if resumed:
                run = end + 1

    def _of_part(self, text: str, part: Span, run: int, cues: list[CueAt], *, bracketed: bool) -> Iterator[Masked]:
        start, end = part
        for cue in cues:
            if cue.use.governs == "clause":
                yield Masked(start, end, cue.use.why)
            elif cue.use.governs == "after":
                yield Masked(cue.start, end, cue.use.why)
            else:
                yield Masked(run if bracketed else _item_start(text, start, cue.start), cue.end, cue.use.why)

    def _goes_on(self, text: str, parts: list[Span], *, bracketed: bool) -> list[bool]:
        """Say for each part whether a list begun by a cue before it may go on in it.

        Never over a part that resumes (从事 …); outside brackets only when the list is brought to an end (等金融业务).
        """
        answers: list[bool] = []
        ends = bracketed
        for start, end in reversed(parts):
            if text.startswith(self.resumed_by, start):
                answers.append(False)
                ends = bracketed
                continue
            ends = ends or text.endswith(self.list_ends, start, end)
            answers.append(ends)
        return answers[::-1]


@dataclass(slots=True)
class _Clause:
    start: int
    end: int
    bracketed: bool
    cues: list[CueAt] = field(default_factory=list)
    holes: list[Span] = field(default_factory=list)


def _plain_clauses(text: str, cues: Sequence[CueAt]) -> list[_Clause] | None:
    """Clauses in the common case that every cue stands in a bracket with nothing to cut inside; None otherwise."""
    found: dict[int, _Clause] = {}
    for cue in cues:
        opened = text.rfind("(", 0, cue.start) + 1
        clause = found.get(opened)
        if clause is None:
            closed = text.find(")", opened)
            if not opened or closed < cue.end or _STRUCTURE.search(text, opened, closed):
                return None
            clause = found[opened] = _Clause(opened, closed, bracketed=True)
        elif cue.start >= clause.end:
            return None
        clause.cues.append(cue)
    return list(found.values())


def _clauses(text: str, cues: Sequence[CueAt]) -> list[_Clause]:
    """Clauses that hold a cue, with their cues; a bracket with cues of its own is a hole in the clause around it."""
    found: list[_Clause] = []
    low = text.rfind("\n", 0, cues[0].start) + 1 if cues else 0
    high = text.find("\n", cues[-1].end) if cues else 0
    high = len(text) if high < 0 else high
    frames: list[list[_Clause]] = [[_Clause(low, low, bracketed=False)]]
    waiting = iter(cues)
    cue = next(waiting, None)
    for mark in _STRUCTURE.finditer(text, low, high):
        at, sign = mark.start(), mark.group()
        while cue is not None and cue.start < at:
            frames[-1][-1].cues.append(cue)
            cue = next(waiting, None)
        if sign in _OPENING:
            frames.append([_Clause(at + 1, at + 1, bracketed=True)])
        elif sign in _ENDING:
            frames[-1][-1].end = at
            frames[-1].append(_Clause(at + 1, at + 1, bracketed=len(frames) > 1))
        elif sign in _CLOSING and len(frames) > 1:
            found += _closed(frames.pop(), at, frames[-1][-1])
        elif sign == "\n":
            found += _all_closed(frames, at)
            frames = [[_Clause(at + 1, at + 1, bracketed=False)]]
    while cue is not None:
        frames[-1][-1].cues.append(cue)
        cue = next(waiting, None)
    return found + _all_closed(frames, high)


def _closed(frame: list[_Clause], at: int, around: _Clause) -> list[_Clause]:
    frame[-1].end = at
    with_cues = [clause for clause in frame if clause.cues]
    if with_cues:
        around.holes.append((frame[0].start - 1, at + 1))
    else:
        around.holes += (hole for clause in frame for hole in clause.holes)
    return with_cues


def _all_closed(frames: list[list[_Clause]], at: int) -> list[_Clause]:
    """Clauses of brackets that were never closed: each ends where the next one opens."""
    found = []
    ends = [frame[0].start - 1 for frame in frames[1:]]
    for frame, end in zip(frames, [*ends, at], strict=True):
        frame[-1].end = end
        found += [clause for clause in frame if clause.cues]
    return found


def _parts(text: str, clause: _Clause) -> Iterator[Span]:
    """Cut a clause at its commas, but for those inside a hole."""
    start = look = clause.start
    for low, high in (*clause.holes, (clause.end, clause.end)):
        at = text.find(",", look, low)
        while at >= 0:
            yield start, at
            start = at + 1
            at = text.find(",", start, low)
        look = high
    yield start, clause.end


def _item_start(text: str, start: int, end: int) -> int:
    return max(start, text.rfind("、", start, end) + 1)


def _stands(text: str, cue: CueAt) -> bool:
    if cue.use.not_before and text.startswith(cue.use.not_before, cue.end):
        return False
    return not (cue.use.not_after and text.endswith(cue.use.not_after, 0, cue.start))


def merged(stretches: Iterable[Masked]) -> list[Masked]:
    """Sort stretches and join those that touch or overlap (a comma between two of one reason is joined too)."""
    result: list[Masked] = []
    for stretch in sorted(stretches):
        last = result[-1] if result else None
        if last is None or stretch.start > last.end + (1 if stretch.why == last.why else 0):
            result.append(stretch)
        elif stretch.end > last.end:
            result[-1] = Masked(last.start, stretch.end, last.why)
    return result


def uncovered(hits: Sequence[Hit], masked: Sequence[Masked]) -> Sequence[Hit]:
    """Literals that touch nothing masked."""
    if not masked:
        return hits
    starts = [m.start for m in masked]
    return [hit for hit in hits if not _touches(masked, starts, hit[0], hit[1])]


def _touches(masked: Sequence[Masked], starts: Sequence[int], start: int, end: int) -> bool:
    index = bisect_left(starts, end) - 1
    return index >= 0 and masked[index].end > start


def hide(text: str, masked: Sequence[Masked]) -> str:
    """Replace every masked character, so that offsets stay."""
    if not masked:
        return text
    pieces, at = [], 0
    for start, end, _ in masked:
        pieces += [text[at:start], MASK_CHARACTER * (end - start)]
        at = end
    return "".join((*pieces, text[at:]))
