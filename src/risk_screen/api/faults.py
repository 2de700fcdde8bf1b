"""The outermost loop of a request: an unforeseen fault is answered as a problem and recorded in one line."""

from collections.abc import MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_screen.operations.fault_log import record_fault


class FaultBarrier:
    """Answer a fault with the application's own handler, so that the server prints no stack trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on; a fault before the answer began becomes a problem, after it the connection is closed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def send_watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_watched)
        except ClientDisconnect:  # who asked is gone, in the middle of the body: nobody is left, nothing broke
            return
        except Exception as error:  # recorded without its message, which may hold a citizen's text
            record_fault(error, _request_line(scope))
            if not has_begun:
                response = await scope["app"].exception_handlers[Exception](Request(scope), error)
                await response(scope, receive, send)


def _request_line(scope: MutableMapping[str, Any]) -> str:
    """Method and route, without what the sender put into the address."""
    return f"{scope['method']} {getattr(scope.get('route'), 'path', '未知地址')}"
