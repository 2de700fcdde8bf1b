"""Who asks, what they may do, and whose a record is: one answer for people, programs and the service itself."""

from dataclasses import dataclass
from typing import Final

from risk_screen.access.actor import ANONYMOUS, Actor
from risk_screen.access.roles import PERMISSION_TITLES, Permission, Role, Scope, is_same, scopes_of, why_not


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record comes from; kept with it.

    Attributes
    ----------
    actor_id : str
        Who made it, or whom it was given to.
    party : str
        The institution they acted for.
    town : str
        Where it happened.
    """

    actor_id: str = ""
    party: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Which records somebody may see: everything, or those that have one of these origins; empty values match none.

    A query for a list asks for ``everything OR actor_id = … OR party = … OR town = …``.
    """

    everything: bool = False
    actor_id: str = ""
    party: str = ""
    town: str = ""

    def covers(self, origin: Origin) -> bool:
        """Tell whether a record is within reach."""
        return (
            self.everything
            or is_same(self.actor_id, origin.actor_id)
            or is_same(self.party, origin.party)
            or is_same(self.town, origin.town)
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who asks.

    Attributes
    ----------
    actor : Actor
        As the audit trail knows them.
    roles : frozenset of Role
        What a person is; none for programs.
    granted : frozenset of Permission
        What a key was given, beside what roles grant. It reaches as far as the key's institution, else its town, and
        everything where the key belongs to neither.
    town : str
        The town they work in; empty for none.
    """

    actor: Actor
    roles: frozenset[Role] = frozenset()
    granted: frozenset[Permission] = frozenset()
    town: str = ""

    def reach(self, permission: Permission) -> Reach:
        """Tell how far a permission carries; an empty reach when they do not have it."""
        if permission in self.granted:
            return self._reach_of_key
        scopes = scopes_of(self.roles, permission)
        if Scope.ALL in scopes:
            return Reach(everything=True)
        is_own = Scope.OWN in scopes
        return Reach(
            actor_id=self.actor.id if is_own else "",
            party=self.actor.party if is_own and Role.APPROVAL_BUREAU in self.roles else "",
            town=self.town if Scope.TOWN in scopes else "",
        )

    @property
    def _reach_of_key(self) -> Reach:
        if self.actor.party:
            return Reach(party=self.actor.party)
        return Reach(town=self.town) if self.town else Reach(everything=True)

    def may(self, permission: Permission) -> bool:
        """Tell whether they may do this to anything at all."""
        return permission in self.granted or bool(scopes_of(self.roles, permission))

    def why_not(self, permission: Permission, origin: Origin | None = None) -> str | None:
        """Say in Chinese why they may not do this (to this record); None when they may."""
        if self.reach(permission).covers(origin) if origin is not None else self.may(permission):
            return None
        if self.actor.kind == "key":
            return f"这个接口密钥不能{PERMISSION_TITLES[permission]}；请系统管理员换发带有这项权限的密钥。"
        if self.actor == ANONYMOUS:
            return f"{PERMISSION_TITLES[permission]}要先登录，或在请求中带上接口密钥。"
        return why_not(self.roles, permission, owner=False, town=False)

    @property
    def origin(self) -> Origin:
        """Whose a record is that they make."""
        return Origin(self.actor.id, self.actor.party, self.town)


OPEN_PERMISSIONS: Final = frozenset(
    {Permission.SCREEN_REGISTRATION, Permission.SCREEN_MARKETING, Permission.READ_ASSESSMENT, Permission.GIVE_LABEL}
)
NOBODY: Final = Identity(ANONYMOUS)
"""Has no permission at all."""
VISITOR: Final = Identity(ANONYMOUS, granted=OPEN_PERMISSIONS)
"""Whoever sits at the machine itself before anybody has an account: may try the program, and nothing else."""
