"""A small OpenID Connect provider on loopback: one person, one client, real signatures; and what a bad one would do."""

import hashlib
import json
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

CLIENT = ("screening", "client-secret-of-the-test")


@dataclass
class SmallProvider:
    """What it signs with and what it says; a test changes it."""

    issuer: str = ""
    sub: str = "zhang-3"
    claims: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one", "use": "sig"}))
    signs_with: Any = None
    algorithm: str = "ES256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    forges: Callable[["SmallProvider", dict[str, Any]], str] | None = None

    def authorize(self, address: str) -> dict[str, str]:
        """What the browser brings back from the sign-in page."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", CLIENT[0], "openid")
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"state": asked["state"], "code": code}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        challenge = urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (
            asked is None
            or (name, secret) != CLIENT
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT[0], "sub": self.sub, "iat": now, "exp": now + 300}
        said = {**claims, "nonce": asked["nonce"], **self.claims}
        if self.forges is not None:
            return {"id_token": self.forges(self, said)}
        header = {"alg": self.algorithm, "kid": "one"}
        return {"id_token": jwt.encode(header, said, self.signs_with or self.key, algorithms=[self.algorithm])}

    def answer(self, path: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
            return {"issuer": self.issuer, **{name: f"{self.issuer}/{one}" for name, one in names.items()}}
        return {"keys": [self.key.as_dict(private=False)]} if path == "/jwks" else None


@contextmanager
def small_provider() -> Iterator[SmallProvider]:
    provider = SmallProvider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(provider.answer(self.path))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            self._send(provider.token(form, self.headers["authorization"] or ""))

        def _send(self, content: Any) -> None:
            body = json.dumps(content or {"error": "invalid_grant"}).encode()
            self.send_response(200 if content else 400)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def compact(header: dict[str, Any], claims: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """A token put together by hand, with whatever signature."""
    signed = b".".join(_encoded(json.dumps(one).encode()) for one in (header, claims))
    return b".".join((signed, _encoded(sign(signed)))).decode()


def _encoded(plain: bytes) -> bytes:
    return urlsafe_b64encode(plain).rstrip(b"=")


def secret_as_key() -> OctKey:
    """The client's secret as the key of a signature: what HS256 would be."""
    return OctKey.import_key(CLIENT[1])
