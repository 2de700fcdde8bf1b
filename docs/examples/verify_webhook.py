"""How a receiver verifies a push of risk_screen: with the library of Standard Webhooks, and by hand.

Run `python verify_webhook.py SECRET PORT` to receive on this machine; nothing but Python is needed.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

WINDOW_SECONDS = 300


def verify_with_library(secret: str, headers: dict[str, str], body: bytes) -> dict:
    """``pip install standardwebhooks``; raises WebhookVerificationError."""
    from standardwebhooks.webhooks import Webhook  # noqa: PLC0415 - only needed here

    return Webhook(secret).verify(body, headers)


def verify(secret: str, headers: dict[str, str], body: bytes, now: float | None = None) -> dict:
    """The same by hand; ``headers`` in lower case, ``body`` the bytes as they came."""
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs((time.time() if now is None else now) - int(timestamp)) > WINDOW_SECONDS:
        raise ValueError("too old, or from the future: a replayed message, or a clock that is wrong")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [one.removeprefix("v1,") for one in headers["webhook-signature"].split(" ") if one.startswith("v1,")]
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in given):
        raise ValueError("not signed with this secret")
    return json.loads(body)


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 at once; 401 when the signature is wrong. What takes long is done later."""

    secret = ""
    seen: ClassVar[set[str]] = set()  # in earnest: a table, kept for a week

    def do_POST(self) -> None:
        """Take one push."""
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 1_000_000))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message = verify(self.secret, headers, body)
        except (KeyError, ValueError):
            self.answer(401)
            return
        if headers["webhook-id"] not in self.seen:  # at least once: what is known is only acknowledged
            self.seen.add(headers["webhook-id"])
            print(message["type"], message["data"], flush=True)
        self.answer(204)

    def answer(self, status: int) -> None:
        """Send an answer without content."""
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing of every request."""


if __name__ == "__main__":
    Receiver.secret = sys.argv[1]
    HTTPServer(("127.0.0.1", int(sys.argv[2])), Receiver).serve_forever()
