"""Which neighbouring pieces of a text speak most strongly together.

The strength of a run is the sum of its pieces, damped by the square root of its length once it is longer than a few
words: a long text holds more of everything and must not speak louder for that. All runs are compared, so what is
added beside a passage can never weaken it.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

Run = tuple[int, int, float]
"""First piece, the one after the last, and the strength of what lies between."""
_FEW = 48


def damping(characters: int, undamped: int) -> float:
    """Factor of a run's sum: 1.0 for at most ``undamped`` characters, then falling with the square root of length."""
    return 1.0 if characters <= undamped else math.sqrt(undamped / characters)


def strongest_run(scores: Sequence[float], lengths: Sequence[int], limit: int, undamped: int) -> Run:
    """Find the strongest run of at most ``limit`` characters, or of one piece.

    Parameters
    ----------
    scores, lengths : sequence of float, sequence of int
        Score and characters of each piece.
    limit, undamped : int
        Characters.

    Returns
    -------
    Run
        Of equal runs the one that ends first, and of those the shortest; ``(0, 0, 0.0)`` for no pieces. The time grows
        with the number of pieces times the number that fit into ``limit``.
    """
    if not scores:
        return 0, 0, 0.0
    if sum(lengths) <= min(limit, undamped):
        return _strongest_of_all(scores)
    sums = list(accumulate(scores, initial=0.0))
    places = list(accumulate(lengths, initial=0))
    speaking = [i for i, score in enumerate(scores) if score > 0] or list(range(len(scores)))
    if len(speaking) <= _FEW:
        return _strongest_of_few(speaking, sums, places, limit, undamped)
    return _strongest_of_many(sums, places, limit, undamped)


def _strongest_of_all(scores: Sequence[float]) -> Run:
    """Find the strongest run where all are in reach and none is damped: from the lowest sum so far, in one pass."""
    best: Run = (0, 0, -math.inf)
    total, lowest, first = 0.0, 0.0, 0
    for last, score in enumerate(scores):
        if total <= lowest:
            lowest, first = total, last
        total += score
        if total - lowest > best[2]:
            best = first, last + 1, total - lowest
    return best


def _strongest_of_few(
    speaking: Sequence[int], sums: Sequence[float], places: Sequence[int], limit: int, undamped: int
) -> Run:
    """Try the runs that begin and end with a piece that speaks for it: any other gets stronger by losing an end."""
    best: Run = (0, 0, -math.inf)
    for number, last in enumerate(speaking):
        total, end = sums[last + 1], places[last + 1]
        for first in reversed(speaking[: number + 1]):
            characters = end - places[first]
            if characters > limit and first < last:
                break
            strength = total - sums[first]
            if characters > undamped:
                strength *= math.sqrt(undamped / characters)
            if strength > best[2]:
                best = first, last + 1, strength
    return best


def _strongest_of_many(sums: Sequence[float], places: Sequence[int], limit: int, undamped: int) -> Run:
    """Try the runs of one piece, of two, of three …, each number for all places at once."""
    total, place = np.array(sums), np.array(places)
    pieces = len(sums) - 1
    in_reach = np.searchsorted(place, place[:-1] + limit, side="right") - 1 - np.arange(pieces)
    strongest, sizes = np.full(pieces, -math.inf), np.ones(pieces, dtype=np.int64)
    for size in range(1, max(1, int(in_reach.max())) + 1):
        characters = place[size:] - place[:-size]
        strength = (total[size:] - total[:-size]) * np.sqrt(undamped / np.maximum(characters, undamped))
        if size > 1:
            strength[characters > limit] = -math.inf
        better = strength > strongest[size - 1 :]
        strongest[size - 1 :][better] = strength[better]
        sizes[size - 1 :][better] = size
    last = int(strongest.argmax()) + 1
    return last - int(sizes[last - 1]), last, float(strongest[last - 1])
