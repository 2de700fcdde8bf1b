"""The sum of parts: exact, monotone, with the discount for overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.screening.scoring import Weight, add_up, probability

WEIGHTS = st.sampled_from([2, 4, 6, 9, 12, 15])
CHARACTERISTICS = st.sampled_from(["illegality", "publicity", "inducement", "sociality"])
EVIDENCE = st.lists(
    st.tuples(st.integers(0, 99), CHARACTERISTICS, WEIGHTS), max_size=40, unique_by=lambda item: item[0]
).map(lambda items: [Weight(f"rule.{number}", characteristic, weight) for number, characteristic, weight in items])
TENTHS = st.integers(-150, 150).map(lambda tenths: tenths / 10)


def test_overlapping_evidence_of_one_characteristic_counts_half_then_a_quarter() -> None:
    weights = [Weight("a", "inducement", 4), Weight("b", "inducement", 12), Weight("c", "inducement", 9)]
    assert add_up(weights, prior=0, model=0).counted == {"b": 12.0, "c": 4.5, "a": 1.0}


def test_different_characteristics_do_not_discount_each_other() -> None:
    score = add_up([Weight("a", "inducement", 9), Weight("b", "sociality", 9)], prior=-10, model=2)
    assert score.total_decibans == 10.0


@pytest.mark.parametrize(("decibans", "expected"), [(0, 0.5), (10, 10 / 11), (-10, 1 / 11), (4000, 1.0), (-4000, 0.0)])
def test_probability_of_a_weight_of_evidence(decibans: float, expected: float) -> None:
    assert probability(decibans) == pytest.approx(expected)


@given(EVIDENCE, TENTHS, TENTHS)
def test_parts_shown_add_up_to_the_total_shown(weights: list[Weight], prior: float, model: float) -> None:
    score = add_up(weights, prior=prior, model=model)
    parts = [score.prior_decibans, *score.counted.values(), score.model_decibans]
    assert sum(round(part * 10) for part in parts) == round(score.total_decibans * 10)
    assert set(score.counted) == {weight.code for weight in weights}


@given(EVIDENCE, CHARACTERISTICS, WEIGHTS, TENTHS)
def test_one_more_piece_of_evidence_never_lowers_the_score(
    weights: list[Weight], characteristic: str, weight: float, model: float
) -> None:
    before = add_up(weights, prior=-10, model=model)
    after = add_up([*weights, Weight("rule.new", characteristic, weight)], prior=-10, model=model)
    assert after.total_decibans >= before.total_decibans
    assert after.score >= before.score


@given(EVIDENCE, st.randoms())
def test_order_of_evidence_does_not_matter(weights: list[Weight], random: object) -> None:
    shuffled = list(weights)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert add_up(shuffled, prior=-10, model=0) == add_up(weights, prior=-10, model=0)
