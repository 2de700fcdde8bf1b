"""Mask disclaimers and standard items, so that their words do not fire. A mask gives no credit and is always shown.

A cue (不得, 未经, 除外 …) masks what it governs inside its clause. Clauses end at ； 。 at a bracket or a line end:
nothing written elsewhere is ever masked. Only the restriction in brackets is masked, the item before it stays.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Final, NamedTuple

from risk_screen.rules.mask_clauses import STRUCTURE, Clause, CueAt, CueUse, clauses_of, parts_of
from risk_screen.text.folding import Span
from risk_screen.text.made_later import MadeLater

__all__ = ["MASK_CHARACTER", "CompiledMasks", "CueUse", "Hit", "Masked", "hide", "merged", "uncovered"]

MASK_CHARACTER: Final = "\ufffc"
MOST_BRACKETS, LONGEST_BRACKET = 8_192, 120
"""Brackets whose masks are kept (most of them are standard wording), and the characters of the longest."""
Hit = tuple[int, int, int]
_START: Final = itemgetter(0)


class Masked(NamedTuple):
    """A masked stretch of the folded text, and why."""

    start: int
    end: int
    why: str


Inside = tuple[list[Masked], list[Masked]]
"""The phrases in a bracket and what its cues govern."""


@dataclass(frozen=True)
class CompiledMasks(MadeLater):
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
        literals = self.literals
        own = [hit for hit in hits if hit[2] in literals]
        if not own:
            return (), ()
        if name not in self.fields:
            return tuple(merged(self._phrases(own, name))), ()
        flags = dict.fromkeys([self.checks[literal] for _, _, literal in own if literal in self.checks])
        masked = self._in_brackets(text, own, name)
        return tuple(self._masked(text, own, name) if masked is None else masked), tuple(flags)

    def _masked(self, text: str, own: Sequence[Hit], name: str) -> list[Masked]:
        """Phrases, and what the cues govern that stand outside them."""
        phrases = merged(self._phrases(own, name))
        cues = self._free_cues(text, own, phrases)
        return merged([*phrases, *self._of_cues(text, cues)]) if cues else phrases

    def _in_brackets(self, text: str, own: list[Hit], name: str) -> list[Masked] | None:
        """The same where every cue stands in a bracket with nothing to cut inside; None otherwise."""
        known = self.brackets.get(name)
        if known is None:
            return None
        phrases: list[Masked] = []
        governed: list[Masked] = []
        covered = 0
        longest_first = own[::-1]
        longest_first.sort(key=_START)
        for index, (start, end, literal) in enumerate(longest_first):
            is_phrase = literal in self.phrases and name in self.phrases[literal][0]
            if end <= covered or not (is_phrase or literal in self.cues):
                continue
            opened = text.rfind("(", covered, start) + 1
            closed = text.find(")", opened) if opened else 0
            if closed < 0:  # never closed: cut off
                closed = len(text)
            if start < covered:
                return None
            if closed >= end:
                inside = known.get(text[opened:closed])
                if inside is None:
                    behind = bisect_left(longest_first, closed, lo=index, key=_START)
                    inside = self._read_bracket(text[opened:closed], opened, longest_first[index:behind], name)
                if inside is None:
                    return None
                phrases += [Masked(opened + a, opened + b, why) for a, b, why in inside[0]]
                governed += [Masked(opened + a, opened + b, why) for a, b, why in inside[1]]
                covered = closed
            elif is_phrase:
                phrases.append(Masked(start, end, self.phrases[literal][1]))
                covered = end
            else:
                return None
        phrases = merged(phrases)
        return merged([*phrases, *governed]) if governed else phrases

    def _read_bracket(self, content: str, opened: int, own: Iterable[Hit], name: str) -> Inside | None:
        """Say, and keep, what is masked inside a bracket, by offsets in it; None if anything in it ends a clause."""
        if STRUCTURE.search(content) is not None:
            return None
        hits = [(a - opened, b - opened, literal) for a, b, literal in own if b <= opened + len(content)]
        phrases = self._phrases(hits, name)
        clause = Clause(0, len(content), bracketed=True, cues=self._free_cues(content, hits, merged(phrases)))
        masked = phrases, self._of_clause(content, clause) if clause.cues else []
        known = self.brackets[name]
        if len(content) <= LONGEST_BRACKET:
            if len(known) >= MOST_BRACKETS:
                known.clear()
            known[content] = masked
        return masked

    @cached_property
    def brackets(self) -> dict[str, dict[str, Inside]]:
        """Field → text inside a bracket → what is masked of it; no field where a cue depends on what is around it."""
        guards = [word for use in self.cues.values() for word in (*use.not_before, *use.not_after)]
        return {} if any(map(STRUCTURE.search, guards)) else {name: {} for name in self.fields}

    def _phrases(self, own: Sequence[Hit], name: str) -> list[Masked]:
        found = [(start, end, self.phrases[literal]) for start, end, literal in own if literal in self.phrases]
        return [Masked(start, end, why) for start, end, (fields, why) in found if name in fields]

    def _free_cues(self, text: str, own: Sequence[Hit], masked: Sequence[Masked]) -> list[CueAt]:
        """Cues that lie in no phrase and mean what they say, the longer one of two that begin together first."""
        starts = [m.start for m in masked]
        cues = [CueAt(start, end, self.cues[literal]) for start, end, literal in own if literal in self.cues]
        free = [cue for cue in cues if not _touches(masked, starts, cue.start, cue.end) and _stands(text, cue)]
        return sorted(free, key=lambda cue: (cue.start, -cue.end))

    def _of_cues(self, text: str, cues: Sequence[CueAt]) -> Iterator[Masked]:
        for clause in clauses_of(text, cues):
            yield from self._of_clause(text, clause)

    def _of_clause(self, text: str, clause: Clause) -> list[Masked]:
        return [masked for masked in self._governed(text, clause) if masked.start < masked.end]

    def _governed(self, text: str, clause: Clause) -> Iterator[Masked]:
        parts = list(parts_of(text, clause))
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


def uncovered(hits: Sequence[Hit], readable: str) -> Sequence[Hit]:
    """Literals that touch nothing masked in the text as it is read."""
    find = readable.find
    return [hit for hit in hits if find(MASK_CHARACTER, hit[0], hit[1]) < 0]


def _touches(masked: Sequence[Masked], starts: Sequence[int], start: int, end: int) -> bool:
    index = bisect_left(starts, end) - 1
    return index >= 0 and masked[index].end > start


def hide(text: str, masked: Sequence[Masked]) -> str:
    """Replace every masked character, so that offsets stay."""
    pieces, at = [], 0
    for start, end, _ in masked:
        pieces += [text[at:start], MASK_CHARACTER * (end - start)]
        at = end
    return "".join((*pieces, text[at:]))
