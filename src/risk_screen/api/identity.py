"""Who asks: every route says which permission it needs, and gets the identity that has it.

A key is sent as ``Authorization: Bearer rs_…``, a session as a cookie; a key counts where both are sent.
"""

from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from risk_screen.access.actor import ANONYMOUS
from risk_screen.access.identity import Identity
from risk_screen.access.keys import parse_key
from risk_screen.access.roles import Permission
from risk_screen.access.stages import Stage
from risk_screen.access.tokens import LONGEST_TOKEN, hash_token
from risk_screen.api.caller import caller_of, gate_of, is_forged
from risk_screen.errors import RiskScreenError
from risk_screen.operations.gate import Gate, Remembered
from risk_screen.operations.refusing import NotSignedInError, SignInStageError
from risk_screen.operations.sessions import SignedIn

T = TypeVar("T")
COOKIE: Final = "risk_screen_session"
SECURE_COOKIE: Final = "__Host-risk_screen_session"
"""Browsers set this name over TLS only, for this host only (RFC 6265bis §4.1.3.2)."""
BEARER: Final = "bearer "


class NotAllowedError(RiskScreenError):
    """They are known and may not do this (403)."""

    code = "not_allowed"


class ForeignRequestError(RiskScreenError):
    """A page of another site made the browser send this (403)."""

    code = "request_foreign"

    def __init__(self) -> None:
        super().__init__("这个请求是别的网站发来的，没有受理：请直接打开本系统操作；程序请用接口密钥。")


class Needs:
    """The dependency of a route: ``identity: Annotated[Identity, Depends(Needs(Permission.READ_EVENTS))]``.

    Attributes
    ----------
    permissions : tuple of Permission
        Any of them is enough to enter; how far it reaches is asked of the identity for each record. None: whoever has
        signed in or has a key.
    """

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    async def __call__(self, request: Request) -> Identity:
        """Find out who asks; refuse who may not."""
        identity = await identify(request)
        if self.permissions and not any(identity.may(permission) for permission in self.permissions):
            if identity.actor == ANONYMOUS:
                raise NotSignedInError
            raise NotAllowedError(identity.why_not(self.permissions[0]) or "")
        return identity


async def identify(request: HTTPConnection) -> Identity:
    """Find out who asks, by key or by session; asked once for each request.

    Raises
    ------
    NotSignedInError, KeyRefusedError, SignInStageError, ForeignRequestError, StoreUnavailableError
    """
    known: Identity | None = getattr(request.state, "identity", None)
    if known is None:
        known = request.state.identity = await _identify(request)
    return known


async def session_of(request: HTTPConnection) -> SignedIn | None:
    """Find whose session a request is sent in, whatever it still asks for; None without one.

    Raises
    ------
    ForeignRequestError, StoreUnavailableError
    """
    token = session_token(request)
    if token is None:
        return None
    if is_forged(request, token):
        raise ForeignRequestError
    gate = gate_of(request)
    found = await _remembered(gate.sessions, hash_token(token))
    try:
        return gate.person(found, caller_of(request))
    except NotSignedInError:
        return None


def session_token(request: HTTPConnection) -> str | None:
    """Return the token of the cookie."""
    token = request.cookies.get(_cookie(request))
    return token if token and len(token) <= LONGEST_TOKEN else None


def set_session(request: HTTPConnection, response: Response, token: str) -> None:
    """Send the cookie of a session along with an answer: out of reach of scripts and of requests other sites make."""
    gate_of(request).forget()
    is_secure = caller_of(request).is_secure
    response.set_cookie(_cookie(request), token, secure=is_secure, httponly=True, samesite="lax")


def drop_session(request: HTTPConnection, response: Response) -> None:
    """Take the cookie away."""
    gate_of(request).forget()
    response.delete_cookie(_cookie(request), secure=caller_of(request).is_secure, httponly=True, samesite="lax")


def _cookie(request: HTTPConnection) -> str:
    return SECURE_COOKIE if caller_of(request).is_secure else COOKIE


async def _identify(request: HTTPConnection) -> Identity:
    gate, caller = gate_of(request), caller_of(request)
    said = request.headers.get("authorization")
    if said is not None:
        return await _program(request, gate, said)
    session = await session_of(request)
    if session is not None:
        if session.stage != Stage.FULL:
            raise SignInStageError
        return session.identity
    is_set_up = not gate.may_be_open(caller) or await _remembered(gate.set_up, "")
    return gate.visitor(is_set_up=is_set_up, caller=caller)


async def _program(request: HTTPConnection, gate: Gate, said: str) -> Identity:
    text = said[len(BEARER) :].strip() if said[: len(BEARER)].lower() == BEARER else ""
    presented = parse_key(text)
    key = None if presented is None else await _remembered(gate.keys, presented.id)
    identity = gate.program(presented, key, caller_of(request))
    request.state.key = key
    return identity


async def _remembered(remembered: Remembered[T], name: str) -> T:
    fresh = remembered.recall(name)
    return fresh[0] if fresh is not None else await run_in_threadpool(remembered.look_up, name)
