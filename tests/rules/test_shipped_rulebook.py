"""The rulebook in rules/ is clean, its lock is fresh, and every rule keeps the promises of its examples."""

from pathlib import Path

from risk_screen.rules.checking import lint, run_examples
from risk_screen.rules.loading import load_rulebook

SHIPPED = Path(__file__).parents[2] / "rules"


def test_the_shipped_rulebook_has_no_errors_and_a_fresh_lock() -> None:
    assert [str(problem) for problem in lint(SHIPPED) if problem.severity == "error"] == []


def test_every_shipped_example_does_what_it_says() -> None:
    results = run_examples(load_rulebook(SHIPPED))
    assert [(r.rule_id, r.kind, r.number, r.message) for r in results if not r.passed] == []
    assert len(results) >= 4 * len({r.rule_id for r in results})
