"""Answer only requests that ask for this service by a name of its own."""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from risk_screen.api import problems
from risk_screen.api.caller import gate_of

BY_ANY_NAME: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""For load balancers and monitors, which ask by names of their own; nothing private is there."""


class HostCheck:
    """Answer 421 to a ``Host`` that is none of this service.

    A page of another site may have its own name lead to this machine (DNS rebinding): the browser then takes the two
    for one site, but still says the name. Links made from a request are safe for the same reason.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on that are meant for this service."""
        if scope["type"] != "http" or scope["path"] in BY_ANY_NAME or _is_meant(scope):
            await self.app(scope, receive, send)
            return
        await problems.respond(problems.http_problem(421))(scope, receive, send)


def _is_meant(scope: Scope) -> bool:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    return len(hosts) == 1 and gate_of(HTTPConnection(scope)).site.answers_to(hosts[0])
