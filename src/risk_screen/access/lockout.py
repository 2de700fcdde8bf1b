"""When too many wrong passwords lock an account, and until when: a function of what was tried."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from risk_screen.access.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in; ``at`` is aware."""

    at: datetime
    succeeded: bool

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("an instant needs a time zone")


@dataclass(frozen=True, slots=True)
class LockoutPolicy:
    """How many failures lock, counted how far back, and for how long.

    GB/T 22239-2019 8.1.4.1 b asks that failed sign-ins are limited; it names no numbers.
    """

    failures: int = 5
    within: timedelta = timedelta(minutes=15)
    locked_for: timedelta = timedelta(minutes=30)

    def __post_init__(self) -> None:
        if self.failures < 1 or min(self.within, self.locked_for) <= timedelta(0):
            raise ValueError("lockout numbers are above zero")


def locked_until(history: Iterable[Attempt], policy: LockoutPolicy) -> datetime | None:
    """Find the end of the last lock; None when there never was one.

    A success forgets the failures before it. What is tried while locked counts for nothing, neither to prolong the
    lock nor to open it, so nobody can keep somebody else locked out by trying on.
    """
    until: datetime | None = None
    failed: list[datetime] = []
    for attempt in sorted(history, key=lambda one: one.at):
        if until is not None and attempt.at < until:
            continue
        if attempt.succeeded:
            failed = []
            continue
        failed = [at for at in failed if attempt.at - at < policy.within] + [attempt.at]
        if len(failed) >= policy.failures:
            until, failed = attempt.at + policy.locked_for, []
    return until


def why_locked(history: Iterable[Attempt], policy: LockoutPolicy, *, at: datetime) -> Refusal | None:
    """Refuse while locked; ask before the password is looked at. ``at`` is aware."""
    until = locked_until((one for one in history if one.at <= at), policy)
    if until is None or at >= until:
        return None
    minutes = -((at - until) // timedelta(minutes=1))
    return Refusal("account_locked", f"密码错误次数过多，账号已锁定，约 {minutes} 分钟后再试，或请系统管理员解锁。")
