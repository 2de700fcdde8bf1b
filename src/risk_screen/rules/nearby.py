"""The condition ``near``: places of several conditions within a number of characters of one another."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
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
        """Places of the first operand joined with the others as closely as possible."""
        sides: list[_Side] = []
        anchors = self.operands[0].find(scene)
        for operand in self.operands[1:]:
            if not anchors:
                return []
            places = operand.find(scene)
            if not places:
                return []
            sides.append(_Side(places))
        joined = (self._join(anchor, sides, scene.reading.text) for anchor in anchors)
        return [pieces for pieces in joined if pieces is not None]

    def _join(self, anchor: Pieces, sides: "Sequence[_Side]", text: str) -> Pieces | None:
        best: tuple[int, Pieces] | None = None
        for choice in self._choices(anchor, sides):
            places = sorted((anchor, *choice))
            extent = places[-1][0][0] - places[0][-1][1]
            apart = all(a[-1][1] <= b[0][0] for a, b in pairwise(places))
            if not apart or extent > self.within or (best is not None and extent >= best[0]):
                continue
            low, high = places[0][0][0], places[-1][-1][1]
            if self.across_sentences or not _BORDER.search(text, low, high):
                best = extent, tuple(piece for place in places for piece in place)
        return None if best is None else best[1]

    def _choices(self, anchor: Pieces, sides: "Sequence[_Side]") -> Iterator[tuple[Pieces, ...]]:
        if not self.ordered:
            yield from product(*(side.around(anchor, self.within) for side in sides))
            return
        chain: list[Pieces] = []
        last = anchor
        for side in sides:
            following = side.after(last)
            if following is None:
                return
            chain.append(following)
            last = following
        yield tuple(chain)


class _Side:
    """Places of one operand of ``near``, quickly asked for the next one before or after another place."""

    def __init__(self, places: list[Pieces]) -> None:
        self._by_start = places
        self._by_end = sorted(places, key=lambda p: p[-1][1])
        self._starts = [p[0][0] for p in self._by_start]
        self._ends = [p[-1][1] for p in self._by_end]

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
