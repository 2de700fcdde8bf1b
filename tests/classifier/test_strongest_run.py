"""The strongest run of pieces: right, within its limit, and never weakened by neighbours."""

import math

from hypothesis import given
from hypothesis import strategies as st

from risk_screen.classifier.scoring import sigmoid, strongest_run

PIECES = st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 30)), max_size=25)
LIMIT = st.integers(1, 120)


def by_trying_all_runs(scores: list[int], lengths: list[int], limit: int) -> float:
    sums = [
        sum(scores[i:j])
        for i in range(len(scores))
        for j in range(i + 1, len(scores) + 1)
        if j == i + 1 or sum(lengths[i:j]) <= limit
    ]
    return max(sums, default=0.0)


@given(PIECES, LIMIT)
def test_no_run_within_the_limit_is_stronger(pieces: list[tuple[int, int]], limit: int) -> None:
    scores, lengths = [s for s, _ in pieces], [n for _, n in pieces]
    first, last, best = strongest_run(scores, lengths, limit)
    assert best == by_trying_all_runs(scores, lengths, limit)
    assert math.isclose(sum(scores[first:last]), best)
    assert last - first <= 1 or sum(lengths[first:last]) <= limit


@given(PIECES, PIECES, PIECES, LIMIT)
def test_neighbours_never_weaken_a_passage(
    before: list[tuple[int, int]], passage: list[tuple[int, int]], after: list[tuple[int, int]], limit: int
) -> None:
    def best(pieces: list[tuple[int, int]]) -> float:
        return strongest_run([s for s, _ in pieces], [n for _, n in pieces], limit)[2]

    if passage:
        assert best([*before, *passage, *after]) >= best(passage)


def test_a_text_without_pieces_has_no_run() -> None:
    assert strongest_run([], [], 300) == (0, 0, 0.0)


def test_sigmoid_does_not_overflow() -> None:
    assert (sigmoid(-1e6), sigmoid(0.0), sigmoid(1e6)) == (0.0, 0.5, 1.0)
