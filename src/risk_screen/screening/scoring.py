"""Add the weights of evidence up to a score, exactly: prior + parts + the classifier's opinion, in decibans.

Everything is counted in whole tenths of a deciban, so that the parts shown add up to the total shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

TENTHS = 10


class Weight(NamedTuple):
    """What one rule brings to one characteristic: its code and declared weight in decibans."""

    code: str
    characteristic: str
    decibans: float


@dataclass(frozen=True, slots=True)
class Score:
    """A score and the parts it is the sum of.

    Attributes
    ----------
    prior_decibans, model_decibans, total_decibans : float
        Decibans, rounded to 0.1; ``total = prior + sum(counted) + model`` holds exactly.
    counted : dict of str to float
        Rule code to the decibans it counts after the discount for overlap.
    score : float
        100 × probability, rounded to 0.1.
    """

    prior_decibans: float
    counted: dict[str, float]
    model_decibans: float
    total_decibans: float
    score: float


def add_up(weights: Sequence[Weight], *, prior: float, model: float) -> Score:
    """Sum the evidence.

    Evidence of one characteristic overlaps: sorted by weight, the k-th counts 1/2^(k-1) of its weight (DESIGN §6). The
    running sum is rounded, not each part, so one more part can never lower the total.
    """
    of_characteristic: dict[str, list[Weight]] = {}
    for weight in weights:
        of_characteristic.setdefault(weight.characteristic, []).append(weight)
    counted: dict[str, int] = {}
    for characteristic in sorted(of_characteristic):
        counted |= _discounted(of_characteristic[characteristic])
    prior_tenths, model_tenths = round(prior * TENTHS), round(model * TENTHS)
    total = prior_tenths + sum(counted.values()) + model_tenths
    return Score(
        prior_decibans=prior_tenths / TENTHS,
        counted={code: tenths / TENTHS for code, tenths in counted.items()},
        model_decibans=model_tenths / TENTHS,
        total_decibans=total / TENTHS,
        score=round(100 * probability(total / TENTHS), 1),
    )


def probability(decibans: float) -> float:
    """Probability of a total weight of evidence given in decibans (10·log10 of the odds)."""
    return float(1 / (1 + 10 ** (-max(-3000.0, min(3000.0, decibans)) / 10)))


def _discounted(weights: Sequence[Weight]) -> dict[str, int]:
    """Rule code → counted tenths of a deciban, heaviest first (ties by code, so that the order is fixed)."""
    counted: dict[str, int] = {}
    exact, rounded = 0.0, 0
    for k, weight in enumerate(sorted(weights, key=lambda w: (-w.decibans, w.code))):
        exact += weight.decibans / 2**k
        counted[weight.code] = round(exact * TENTHS) - rounded
        rounded = round(exact * TENTHS)
    return counted
