"""The outermost layer of a request: its number, one line in the log, one observation in the metrics."""

import logging
import re
import secrets
import time
from collections.abc import MutableMapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_screen.api.metrics import REQUEST_SECONDS
from risk_screen.api.request_id import request_id

HEADER: Final = "X-Request-ID"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# An address that is no route: what was asked for is not repeated, it may hold anything.
NO_ROUTE: Final = "未知地址"
OTHER_METHOD: Final = "其他"
ABORTED: Final = 499
logger = logging.getLogger("risk_screen.requests")
_HARMLESS: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Observing:
    """Give every request a number, and record how it went: method, route, status, time, who; never what was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on; the number goes into every answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = _number_of(scope)
        mark = request_id.set(number)
        scope.setdefault("state", {})["request_id"] = number
        status, began = ABORTED, time.perf_counter()

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = number
                if scope["app"].state.is_stopping:
                    headers["Connection"] = "close"  # the caller goes elsewhere instead of being cut off later
            await send(message)

        try:
            await self.app(scope, receive, send_numbered)
        finally:
            _record(scope, status, time.perf_counter() - began, number)
            request_id.reset(mark)


def route_of(scope: MutableMapping[str, Any]) -> str:
    """Return the template of the address, e.g. ``/v1/screenings/{assessment_id}``."""
    return str(getattr(scope.get("route"), "path", NO_ROUTE))


def method_of(scope: MutableMapping[str, Any]) -> str:
    """Return the method, or one word for all that do not exist."""
    return str(scope["method"]) if scope["method"] in METHODS else OTHER_METHOD


def _number_of(scope: Scope) -> str:
    """Take the caller's number if it is short and harmless, else make one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return given if _HARMLESS.fullmatch(given) else secrets.token_hex(8)


def _record(scope: Scope, status: int, seconds: float, number: str) -> None:
    method, route = method_of(scope), route_of(scope)
    REQUEST_SECONDS.labels(method, route, str(status)).observe(seconds)
    if logger.isEnabledFor(logging.INFO):
        identity = scope.get("state", {}).get("identity")
        actor = getattr(getattr(identity, "actor", None), "id", "")
        told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        logger.info("请求", extra={**told, "request_id": number, "actor": actor})
