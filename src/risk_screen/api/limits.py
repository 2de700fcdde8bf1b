"""Refuse request bodies that are larger than any honest submission, while they arrive."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from risk_screen.api import problems

# Two fields of 100,000 characters, each written as two \uXXXX escapes, are 2.4 MB.
MOST_BODY_BYTES: Final = 4 * 2**20
MOST_BATCH_BYTES: Final = 32 * 2**20
BATCH_PATH: Final = "/v1/screenings/batch"
LARGE_PATHS: Final = frozenset({BATCH_PATH, "/v1/releases", "/releases"})


class BodyLimit:
    """Answer 413 when the length declared, or what has arrived of a body without one, is too large."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on, counting their bodies."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        most = MOST_BATCH_BYTES if scope["path"] in LARGE_PATHS else MOST_BODY_BYTES
        if int(dict(scope["headers"]).get(b"content-length", b"0")) > most:
            await problems.respond(problems.http_problem(413))(scope, receive, send)
            return
        arrived = 0

        async def receive_counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > most:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_counted, send)
