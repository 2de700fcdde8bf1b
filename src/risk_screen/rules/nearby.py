"""The condition ``near``: places of several conditions within a number of characters of one another."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from risk_screen.rules.conditions import Condition, Pieces, Scene

_BORDER: Final = re.compile(r"。|\n[ \t]*\n")


@dataclass(frozen=True, slots=True, eq=False)
class Nearby:
    """All operands within a number of characters, not overlapping."""

    operands: tuple[Condition, ...]
    within: int
    ordered: bool
    across_sentences: bool

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of the first operand joined with the others as closely as possible.

        An operand is looked for only while some place of the first one has all operands before it near.
        """
        choices = [[[anchor]] for anchor in self.operands[0].find(scene)]
        follow = _followed if self.ordered else _surrounded
        for operand in self.operands[1:]:
            places = operand.find(scene) if choices else []
            if not places:
                return []
            side = _Side(places)
            choices = [more for chains in choices if (more := follow(chains, side, self.within))]
        joined = (self._join(of_anchor, scene.reading.text) for of_anchor in choices)
        return [pieces for pieces in joined if pieces is not None]

    def _join(self, choices: list[list[Pieces]], text: str) -> Pieces | None:
        """The closest choice of places that do not overlap, all within reach."""
        best, closest = None, self.within + 1
        for chosen in choices:
            places = sorted(chosen)
            extent = places[-1][0][0] - places[0][-1][1]
            if extent >= closest or (len(places) > 2 and _overlap(places)):
                continue
            low, high = places[0][0][0], places[-1][-1][1]
            if self.across_sentences or not _BORDER.search(text, low, high):
                best, closest = tuple([piece for place in places for piece in place]), extent
        return best


def _overlap(places: list[Pieces]) -> bool:
    return any(a[-1][1] > b[0][0] for a, b in pairwise(places))


def _surrounded(chains: list[list[Pieces]], side: "_Side", within: int) -> list[list[Pieces]]:
    """Each choice with each place beside its first one that is not too far away."""
    around = side.around(chains[0][0], within)
    return [[*chain, place] for chain in chains for place in around]


def _followed(chains: list[list[Pieces]], side: "_Side", within: int) -> list[list[Pieces]]:
    """The choice with the next place after its last one."""
    following = side.after(chains[0][-1])
    return [] if following is None else [[*chains[0], following]]


class _Side:
    """Places of one operand of ``near``, quickly asked for the next one before or after another place."""

    def __init__(self, places: list[Pieces]) -> None:
        self._by_start = self._by_end = places
        self._starts = [p[0][0] for p in places]
        self._ends = [p[-1][1] for p in places]
        ends = sorted(self._ends)
        if ends != self._ends:
            self._by_end, self._ends = sorted(places, key=lambda p: p[-1][1]), ends

    def after(self, place: Pieces) -> Pieces | None:
        index = bisect_left(self._starts, place[-1][1])
        return self._by_start[index] if index < len(self._starts) else None

    def before(self, place: Pieces) -> Pieces | None:
        index = bisect_left(self._ends, place[0][0] + 1)
        return self._by_end[index - 1] if index else None

    def around(self, place: Pieces, within: int) -> list[Pieces]:
        """The places next to another one that are not too far away."""
        before, after = self.before(place), self.after(place)
        found = [before] if before is not None and place[0][0] - before[-1][1] <= within else []
        return [*found, after] if after is not None and after[0][0] - place[-1][1] <= within else found
