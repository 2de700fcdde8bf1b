"""Who asks: every route says which permission it needs, and gets the identity that has it."""

from fastapi import Request

from risk_screen.access.identity import VISITOR, Identity
from risk_screen.access.roles import Permission
from risk_screen.errors import RiskScreenError


class NotAllowedError(RiskScreenError):
    """They are known and may not do this (403)."""

    code = "not_allowed"


class Needs:
    """The dependency of a route: ``identity: Annotated[Identity, Depends(Needs(Permission.READ_EVENTS))]``.

    Attributes
    ----------
    permissions : tuple of Permission
        Any of them is enough to enter; how far it reaches is asked of the identity for each record.
    """

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    async def __call__(self, request: Request) -> Identity:
        """Find out who asks; refuse who may not."""
        identity = await identify(request)
        if not any(identity.may(permission) for permission in self.permissions):
            raise NotAllowedError(identity.why_not(self.permissions[0]) or "")
        return identity


async def identify(request: Request) -> Identity:
    """Find out who asks, by key or by session."""
    return VISITOR
