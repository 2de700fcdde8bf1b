"""Clauses of a text that hold cues of a mask, and their parts: they end at ； 。 at a bracket or a line end."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from risk_screen.text.folding import Span

STRUCTURE: Final = re.compile(r"[()\[\]【】{}〔〕<>《》;。!?\n]")
_OPENING: Final = frozenset("([【{〔")
_CLOSING: Final = frozenset(")]】}〕")
_ENDING: Final = frozenset(";。!?")


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


@dataclass(slots=True)
class Clause:
    """A clause, the cues in it, and the brackets in it that are read apart."""

    start: int
    end: int
    bracketed: bool
    cues: list[CueAt] = field(default_factory=list)
    holes: list[Span] = field(default_factory=list)


def clauses_of(text: str, cues: Sequence[CueAt]) -> list[Clause]:
    """Clauses that hold a cue, with their cues; a bracket with cues of its own is a hole in the clause around it."""
    found: list[Clause] = []
    low = text.rfind("\n", 0, cues[0].start) + 1 if cues else 0
    high = text.find("\n", cues[-1].end) if cues else 0
    high = len(text) if high < 0 else high
    frames: list[list[Clause]] = [[Clause(low, low, bracketed=False)]]
    waiting = iter(cues)
    cue = next(waiting, None)
    for mark in STRUCTURE.finditer(text, low, high):
        at, sign = mark.start(), mark.group()
        while cue is not None and cue.start < at:
            frames[-1][-1].cues.append(cue)
            cue = next(waiting, None)
        if sign in _OPENING:
            frames.append([Clause(at + 1, at + 1, bracketed=True)])
        elif sign in _ENDING:
            frames[-1][-1].end = at
            frames[-1].append(Clause(at + 1, at + 1, bracketed=len(frames) > 1))
        elif sign in _CLOSING and len(frames) > 1:
            found += _closed(frames.pop(), at, frames[-1][-1])
        elif sign == "\n":
            found += _all_closed(frames, at)
            frames = [[Clause(at + 1, at + 1, bracketed=False)]]
    while cue is not None:
        frames[-1][-1].cues.append(cue)
        cue = next(waiting, None)
    return found + _all_closed(frames, high)


def _closed(frame: list[Clause], at: int, around: Clause) -> list[Clause]:
    frame[-1].end = at
    with_cues = [clause for clause in frame if clause.cues]
    if with_cues:
        around.holes.append((frame[0].start - 1, at + 1))
    else:
        around.holes += (hole for clause in frame for hole in clause.holes)
    return with_cues


def _all_closed(frames: list[list[Clause]], at: int) -> list[Clause]:
    """Clauses of brackets that were never closed: each ends where the next one opens."""
    found = []
    ends = [frame[0].start - 1 for frame in frames[1:]]
    for frame, end in zip(frames, [*ends, at], strict=True):
        frame[-1].end = end
        found += [clause for clause in frame if clause.cues]
    return found


def parts_of(text: str, clause: Clause) -> Iterator[Span]:
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
