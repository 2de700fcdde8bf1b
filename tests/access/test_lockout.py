"""Too many wrong passwords lock an account for a while, and nobody can prolong it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.access.lockout import Attempt, LockoutPolicy, locked_until, why_locked

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
POLICY = LockoutPolicy(failures=3, within=timedelta(minutes=10), locked_for=timedelta(minutes=30))


def at(minute: float, succeeded: bool = False) -> Attempt:
    return Attempt(START + timedelta(minutes=minute), succeeded)


HISTORIES = st.lists(st.builds(at, st.integers(0, 120), st.booleans()), max_size=30)


@pytest.mark.parametrize(
    ("history", "minute"),
    [
        ([], None),
        ([at(0), at(1)], None),
        ([at(0), at(1), at(2)], 32),
        ([at(2), at(0), at(1)], 32),
        ([at(0), at(1), at(1.5, True), at(2)], None),
        ([at(0), at(5), at(10)], None),
        ([at(0), at(5), at(9.9)], 39.9),
        ([at(0), at(1), at(2), at(20), at(31)], 32),
        ([at(0), at(1), at(2), at(20, True)], 32),
        ([at(0), at(1), at(2), at(32), at(33)], 32),
        ([at(0), at(1), at(2), at(32), at(33), at(34)], 64),
    ],
)
def test_a_lock_ends_when_the_table_says(history: list[Attempt], minute: float | None) -> None:
    expected = None if minute is None else START + timedelta(minutes=minute)
    assert locked_until(history, POLICY) == expected


@pytest.mark.parametrize(("minute", "locked"), [(1.9, False), (2, True), (31.9, True), (32, False)])
def test_the_lock_holds_from_the_last_failure_to_its_end(minute: float, locked: bool) -> None:
    refusal = why_locked([at(0), at(1), at(2)], POLICY, at=START + timedelta(minutes=minute))
    assert (refusal is not None) is locked


def test_the_refusal_says_how_long() -> None:
    refusal = why_locked([at(0), at(1), at(2)], POLICY, at=START + timedelta(minutes=11.5))
    assert refusal is not None
    assert refusal.code == "account_locked"
    assert refusal.detail == "密码错误次数过多，账号已锁定，约 21 分钟后再试，或请系统管理员解锁。"


@given(HISTORIES, st.integers(0, 29))
def test_trying_on_prolongs_no_lock(history: list[Attempt], later: int) -> None:
    until = locked_until(history, POLICY)
    if until is not None:
        during = until - timedelta(minutes=30 - later, seconds=-1)
        last = max(one.at for one in history)
        assert during < last or locked_until([*history, Attempt(during, False)], POLICY) == until


@given(HISTORIES)
def test_too_few_failures_lock_nobody(history: list[Attempt]) -> None:
    if sum(not one.succeeded for one in history) < POLICY.failures:
        assert locked_until(history, POLICY) is None


@pytest.mark.parametrize("change", [{"failures": 0}, {"within": timedelta(0)}, {"locked_for": timedelta(-1)}])
def test_a_policy_that_locks_nothing_cannot_be_built(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        LockoutPolicy(**change)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Attempt(START.replace(tzinfo=None), False)
