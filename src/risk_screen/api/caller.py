"""Where a request comes from, and whether a page of another site has made the browser send it."""

from typing import Final

from starlette.requests import HTTPConnection

from risk_screen.access.caller import Caller, client_address, is_inside
from risk_screen.access.tokens import is_form_token
from risk_screen.operations.gate import Gate

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FORM_TOKEN_HEADER: Final = "x-csrf-token"
OWN: Final = frozenset({"same-origin", "none"})
_HANDED_ON: Final = frozenset({b"forwarded", b"via", b"x-real-ip"})


def caller_of(request: HTTPConnection) -> Caller:
    """Tell who sends a request; found out once for each."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        known = request.state.caller = _caller_of(request)
    return known


def _caller_of(request: HTTPConnection) -> Caller:
    site = gate_of(request).site
    peer = request.client.host if request.client else ""
    forwarded = [one for line in request.headers.getlist("x-forwarded-for") for one in line.split(",")]
    scheme = request.scope.get("scheme", "http")
    if is_inside(peer, site.trusted_proxies):
        scheme = request.headers.get("x-forwarded-proto", scheme).strip()
    is_secure = scheme in ("https", "wss") or site.public_url.startswith("https:")
    names = {name for name, _ in request.scope["headers"]}
    is_direct = names.isdisjoint(_HANDED_ON) and not any(name.startswith(b"x-forwarded") for name in names)
    return Caller(client_address(peer, forwarded, site.trusted_proxies), is_direct, is_secure)


def gate_of(request: HTTPConnection) -> Gate:
    """Return the gate of the application."""
    gate: Gate = request.app.state.gate
    return gate


def is_foreign(request: HTTPConnection) -> bool:
    """Tell whether the browser says that a page of another site sends this request; programs say nothing."""
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        return said not in OWN
    origin = request.headers.get("origin")
    return origin is not None and _host_of(origin) != _host_of(own_address(request))


def is_forged(request: HTTPConnection, session_token: str) -> bool:
    """Tell whether a request that changes something may have been made by another site with somebody's cookie.

    It was not when the browser says that a page of this site sends it, or when it carries the token of the session.
    """
    if request.scope["method"] in SAFE_METHODS:
        return False
    if is_foreign(request):
        return True
    is_told = "sec-fetch-site" in request.headers or "origin" in request.headers
    return not is_told and not is_form_token(session_token, request.headers.get(FORM_TOKEN_HEADER, ""))


def own_address(request: HTTPConnection) -> str:
    """Write where people reach this service: as the settings say, else as asked, which HostCheck has let through."""
    scheme = "https" if caller_of(request).is_secure else "http"
    return gate_of(request).site.public_url or f"{scheme}://{request.headers.get('host', '')}"


def _host_of(address: str) -> str:
    return address.partition("://")[2]
