"""Who asks is found out before anything of a request is read; keys are told how much of their limit is left."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_screen.api import problems
from risk_screen.api.caller import gate_of
from risk_screen.api.identity import identify
from risk_screen.errors import RiskScreenError

GUARDED: Final = "/v1/"
PUBLIC: Final = frozenset(
    {
        "/v1/session",
        "/v1/session/second-factor",
        "/v1/session/second-factor/new",
        "/v1/session/password",
        "/v1/session/invite",
        "/v1/session/single-sign-on",
        "/v1/session/single-sign-on/return",
    }
)
"""What somebody may ask who has not (wholly) signed in; these routes look themselves."""


class Doorkeeper:
    """Refuse requests to ``/v1`` from nobody knows whom, unread."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on from those who are known."""
        if scope["type"] != "http" or not scope["path"].startswith(GUARDED) or scope["path"] in PUBLIC:
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        try:
            await identify(request)
        except RiskScreenError as error:
            await problems.answer(error)(scope, receive, _telling_quota(request, send))
            return
        await self.app(scope, receive, _telling_quota(request, send))


def _telling_quota(request: HTTPConnection, send: Send) -> Send:
    """Add the fields of draft-ietf-httpapi-ratelimit-headers-10 where the request had a key."""
    key = getattr(request.state, "key", None)
    if key is None:
        return send
    limit, left, seconds = gate_of(request).quota(key)

    async def send_with_quota(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["RateLimit-Policy"] = f'"key";q={limit};w=60'
            headers["RateLimit"] = f'"key";r={left};t={seconds}'
        await send(message)

    return send_with_quota
