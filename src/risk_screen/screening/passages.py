"""Which evidence of a long text speaks together: that of its strongest passage; an essay is no sum of its words.

Every passage of a text is still there when something is put beside it, so padding cannot lower what a passage earns.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from risk_screen.rules.context import Evidence
from risk_screen.screening.scoring import Weight, add_up

Hits = Mapping[str, Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    end: int
    evidence: Evidence


def strongest_passage(hits: Hits, limit: int) -> tuple[dict[str, list[Evidence]], list[Evidence]]:
    """Keep the evidence of the passage of at most ``limit`` characters that weighs most.

    Parameters
    ----------
    hits : mapping
        Rule id → its hits, all in one field or in fields that are read together.
    limit : int
        Characters of folded text; evidence whose words stand farther apart than that is left out.

    Returns
    -------
    kept : dict
        Rule id → hits within the passage, in reading order.
    left_out : list of Evidence
        The others.
    """
    places = sorted((_place(e) for found in hits.values() for e in found), key=lambda p: (p.start, p.end))
    if not places or places[-1].end - places[0].start <= limit:
        return {code: list(found) for code, found in hits.items()}, []
    first, last = _heaviest_window(places, limit)
    inside = [p for p in places if first <= p.start and p.end <= last]
    kept: dict[str, list[Evidence]] = {}
    for place in inside:
        kept.setdefault(place.evidence.match.rule.id, []).append(place.evidence)
    chosen = set(map(id, inside))
    return kept, [p.evidence for p in places if id(p) not in chosen]


def _heaviest_window(places: Sequence[_Place], limit: int) -> tuple[int, int]:
    """Bounds of the window whose rules weigh most, the earliest of equal ones; each ends where evidence ends."""
    rules = {p.evidence.match.rule.id: p.evidence.match.rule for p in places}
    totals: dict[frozenset[str], float] = {}
    present: Counter[str] = Counter()
    waiting: list[tuple[int, str]] = []
    best = (0.0, 0, 0)
    for place in sorted(places, key=lambda p: (p.end, p.start)):
        code = place.evidence.match.rule.id
        heappush(waiting, (place.start, code))
        present[code] += 1
        while waiting and waiting[0][0] < place.end - limit:
            present[heappop(waiting)[1]] -= 1
        codes = frozenset(code for code, count in present.items() if count)
        if codes not in totals:
            weights = [Weight(code, rules[code].characteristic, rules[code].weight) for code in codes]
            totals[codes] = add_up(weights, prior=0, model=0).total_decibans
        if totals[codes] > best[0]:
            best = (totals[codes], place.end - limit, place.end)
    return best[1], best[2]


def _place(evidence: Evidence) -> _Place:
    pieces = evidence.match.pieces
    return _Place(min(start for start, _ in pieces), max(end for _, end in pieces), evidence)
