"""Calls of a key within a minute."""

import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from risk_screen.operations import call_limits
from risk_screen.operations.call_limits import CallLimits


@pytest.fixture(params=["one process", "several"])
def limits(request: pytest.FixtureRequest, tmp_path: Path) -> CallLimits:
    return CallLimits() if request.param == "one process" else CallLimits(tmp_path)


def test_as_many_calls_as_allowed_then_none_until_the_minute_is_over(limits: CallLimits) -> None:
    assert [limits.allows("a", 2, at) for at in (10.0, 30.0, 69.9, 70.0, 70.1, 70.2)] == [
        True,
        True,
        False,
        True,
        True,
        False,
    ]


def test_what_is_left_and_when_the_next_minute_begins(limits: CallLimits) -> None:
    assert limits.left("a", 2, 10.0) == (2, 60)
    limits.allows("a", 2, 10.0)
    assert limits.left("a", 2, 10.5) == (1, 60)
    assert limits.left("a", 2, 69.9) == (1, 1)
    assert limits.left("a", 0, 69.9) == (0, 1)  # the limit was lowered meanwhile


def test_names_are_counted_apart(limits: CallLimits) -> None:
    assert limits.allows("a", 1, 0.0)
    assert limits.allows("b", 1, 0.0)
    assert not limits.allows("a", 1, 1.0)


def test_a_full_table_forgets_only_the_windows_that_are_over() -> None:
    limits = CallLimits()
    for number in range(call_limits.MOST_COUNTED - 1):
        limits.allows(f"old {number}", 1, 0.0)
    limits.allows("a", 1, 50.0)
    limits.allows("b", 1, 60.0)
    assert not limits.allows("a", 1, 61.0)
    assert len(limits._windows) == 2


def test_counting_starts_no_thread() -> None:
    """A thread for every few calls cost an answer under load more than screening did."""
    before = threading.active_count()
    limits = CallLimits()
    for number in range(100):
        limits.allows("a", 10, float(number))
    assert threading.active_count() == before


def _allowed(folder: Path) -> int:
    limits = CallLimits(folder)
    return sum(limits.allows("a", 300, 100.0) for _ in range(200))


def test_processes_together_allow_as_many_as_one_would(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2) as processes:
        assert sum(processes.map(_allowed, [tmp_path, tmp_path])) == 300


def test_where_nothing_can_be_written_each_process_counts_by_itself(tmp_path: Path) -> None:
    limits = CallLimits(tmp_path / "gone")
    assert [limits.allows("a", 2, at) for at in (0.0, 1.0, 2.0)] == [True, True, False]
    assert limits.left("a", 2, 2.0) == (0, 58)
    (tmp_path / "gone").mkdir()
    assert limits.allows("a", 2, 3.0)
