"""Evidence of a long text counts by its strongest passage."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from risk_screen.rules.context import Evidence
from risk_screen.screening.passages import strongest_passage
from risk_screen.screening.scoring import Weight, add_up


@dataclass(frozen=True)
class FakeRule:
    id: str
    weight: int
    characteristic: str = "inducement"


@dataclass(frozen=True)
class FakeMatch:
    rule: FakeRule
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class FakeEvidence:
    match: FakeMatch
    flags: tuple[str, ...] = field(default=())


def hits(*found: tuple[str, int, int]) -> dict[str, list[Evidence]]:
    """Rule id, weight, place → hits of four characters each."""
    result: dict[str, list[Evidence]] = {}
    for code, weight, at in found:
        evidence = FakeEvidence(FakeMatch(FakeRule(code, weight), ((at, at + 4),)))
        result.setdefault(code, []).append(evidence)  # type: ignore[arg-type]
    return result


def weight_of(kept: dict[str, list[Evidence]]) -> float:
    weights = [Weight(code, e[0].match.rule.characteristic, e[0].match.rule.weight) for code, e in kept.items()]
    return add_up(weights, prior=0, model=0).total_decibans


def test_all_evidence_of_a_short_text_counts() -> None:
    found = hits(("a", 9, 0), ("b", 6, 90))
    assert strongest_passage(found, 100) == (found, [])


def test_words_scattered_over_an_essay_do_not_add_up() -> None:
    kept, left_out = strongest_passage(hits(("a", 6, 0), ("b", 9, 1000), ("c", 6, 1040), ("d", 9, 3000)), 100)
    assert set(kept) == {"b", "c"}
    assert [e.match.rule.id for e in left_out] == ["a", "d"]


WEIGHTS = {"a": 2, "b": 4, "c": 6, "d": 9, "e": 12, "f": 15}
FOUND = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 400)), min_size=1, max_size=12).map(
    lambda found: [(code, WEIGHTS[code], at) for code, at in found]
)


@given(FOUND, st.integers(20, 200))
def test_no_other_passage_weighs_more(found: list[tuple[str, int, int]], limit: int) -> None:
    kept, _ = strongest_passage(hits(*found), limit)
    for _, _, end in found:
        inside = [f for f in found if end + 4 - limit <= f[2] and f[2] + 4 <= end + 4]
        assert weight_of(kept) >= weight_of(hits(*inside))


@given(FOUND, FOUND, st.integers(20, 200))
def test_a_neighbouring_text_never_lowers_what_a_passage_earns(
    found: list[tuple[str, int, int]], other: list[tuple[str, int, int]], limit: int
) -> None:
    alone, _ = strongest_passage(hits(*found), limit)
    both, _ = strongest_passage(hits(*found, *((code, weight, at + 1000) for code, weight, at in other)), limit)
    assert weight_of(both) >= weight_of(alone)
