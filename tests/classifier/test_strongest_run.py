"""The strongest run of pieces: right, within its limit, and never weakened by neighbours."""

import math

from hypothesis import given
from hypothesis import strategies as st

from risk_screen.classifier.runs import damping, strongest_run
from risk_screen.classifier.scoring import sigmoid

PIECES = st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 30)), max_size=25)
MANY_PIECES = st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 9)), min_size=40, max_size=70)
LIMIT = st.integers(1, 120)
UNDAMPED = st.sampled_from([1, 30, 1000])


def by_trying_all_runs(scores: list[int], lengths: list[int], limit: int, undamped: int) -> float:
    strengths = [
        sum(scores[i:j]) * damping(sum(lengths[i:j]), undamped)
        for i in range(len(scores))
        for j in range(i + 1, len(scores) + 1)
        if j == i + 1 or sum(lengths[i:j]) <= limit
    ]
    return max(strengths, default=0.0)


@given(PIECES | MANY_PIECES, LIMIT, UNDAMPED)
def test_no_run_within_the_limit_is_stronger(pieces: list[tuple[int, int]], limit: int, undamped: int) -> None:
    scores, lengths = [s for s, _ in pieces], [n for _, n in pieces]
    first, last, best = strongest_run(scores, lengths, limit, undamped)
    assert math.isclose(best, by_trying_all_runs(scores, lengths, limit, undamped), abs_tol=1e-9)
    assert math.isclose(sum(scores[first:last]) * damping(sum(lengths[first:last]), undamped), best, abs_tol=1e-9)
    assert last - first <= 1 or sum(lengths[first:last]) <= limit


@given(PIECES.filter(bool))
def test_a_pass_over_short_texts_finds_the_run_that_trying_all_would(pieces: list[tuple[int, int]]) -> None:
    scores, lengths = [float(s) for s, _ in pieces], [n for _, n in pieces]
    reach = sum(lengths)
    runs = [(i, j, sum(scores[i:j])) for j in range(1, len(scores) + 1) for i in reversed(range(j))]
    assert strongest_run(scores, lengths, reach, reach) == max(runs, key=lambda run: run[2])


@given(PIECES, PIECES, PIECES | MANY_PIECES, LIMIT, UNDAMPED)
def test_neighbours_never_weaken_a_passage(
    before: list[tuple[int, int]],
    passage: list[tuple[int, int]],
    after: list[tuple[int, int]],
    limit: int,
    undamped: int,
) -> None:
    def best(pieces: list[tuple[int, int]]) -> float:
        return strongest_run([s for s, _ in pieces], [n for _, n in pieces], limit, undamped)[2]

    if passage:
        assert best([*before, *passage, *after]) >= best(passage) - 1e-9


def test_a_long_run_speaks_no_louder_for_being_long() -> None:
    sentence, page = ([3.0], [30]), ([3.0] * 4, [30] * 4)
    assert strongest_run(*sentence, 400, 30)[2] == 3.0
    assert strongest_run(*page, 400, 30)[2] == 6.0
    assert strongest_run(*page, 400, 1000)[2] == 12.0


def test_a_text_without_pieces_has_no_run() -> None:
    assert strongest_run([], [], 300, 30) == (0, 0, 0.0)


def test_sigmoid_does_not_overflow() -> None:
    assert (sigmoid(-1e6), sigmoid(0.0), sigmoid(1e6)) == (0.0, 0.5, 1.0)
