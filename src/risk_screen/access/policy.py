"""The numbers of access in one place: what settings may change, and what holds without them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from risk_screen.access.lockout import LockoutPolicy
from risk_screen.access.passwords import HashCost, PasswordPolicy
from risk_screen.access.roles import Role

SECOND_FACTOR_ROLES: Final = frozenset({Role.TASK_FORCE, Role.TASK_FORCE_LEAD, Role.ANALYST, Role.SYSTEM_ADMIN})
"""Roles that reach everything, or everybody (GB/T 22239-2019 8.1.4.1 d: two kinds of authentication)."""


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """How signing in is guarded.

    Attributes
    ----------
    passwords : PasswordPolicy
    lockout : LockoutPolicy
        Of a name, known or not.
    cost : HashCost
    failures_per_address : int
        Failed sign-ins from one address within ``lockout.within``, whatever the names; an office often has one address.
    second_factor : bool
        Whether ``SECOND_FACTOR_ROLES`` must have one.
    idle, longest : timedelta
        A session ends when unused for ``idle``, and ``longest`` after it began.
    unfinished : timedelta
        How long a sign-in may take from the password to the end.
    invite : timedelta
        How long a link for choosing a password works.
    password_life : timedelta
        After this a new password must be chosen (GB/T 22239-2019 8.1.4.1 a); zero: never.
    """

    passwords: PasswordPolicy = field(default_factory=PasswordPolicy)
    lockout: LockoutPolicy = field(default_factory=LockoutPolicy)
    cost: HashCost = field(default_factory=HashCost)
    failures_per_address: int = 100
    second_factor: bool = True
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    unfinished: timedelta = timedelta(minutes=10)
    invite: timedelta = timedelta(hours=24)
    password_life: timedelta = timedelta(days=180)

    def asks_second_factor(self, roles: Collection[Role]) -> bool:
        """Tell whether somebody with these roles must have a second factor."""
        return self.second_factor and not SECOND_FACTOR_ROLES.isdisjoint(roles)
