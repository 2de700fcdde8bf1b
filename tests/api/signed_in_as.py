"""Requests of somebody who has signed in already: how they did is not what these tests are about."""

from starlette.types import ASGIApp, Receive, Scope, Send

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role


class SignedInAs:
    """Put an identity where the doorkeeper looks for one it knows."""

    def __init__(self, app: ASGIApp, identity: Identity) -> None:
        self.app = app
        self.identity = identity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["identity"] = self.identity
        await self.app(scope, receive, send)


def person(role: Role, party: str = "") -> Identity:
    return Identity(Actor("person", f"a-{role}", party), roles=frozenset({role}))
