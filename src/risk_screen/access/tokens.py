"""Random tokens (sessions, links): shown once, kept as SHA-256; 256 random bits need no slow hash."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from hmac import compare_digest
from typing import Final

TOKEN_BYTES: Final = 32
LONGEST_TOKEN: Final = 100
"""Characters; longer ones are no tokens of ours."""
_FORM: Final = b"risk_screen form"


def make_token(randomness: bytes) -> str:
    """Write ``TOKEN_BYTES`` bytes of ``secrets.token_bytes`` as a token that may stand in an address or a cookie."""
    if len(randomness) != TOKEN_BYTES:
        raise ValueError(f"a token takes {TOKEN_BYTES} random bytes")
    return urlsafe_b64encode(randomness).rstrip(b"=").decode()


def hash_token(token: str) -> str:
    """Hash for keeping: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def form_token(session_token: str) -> str:
    """Make the token that forms of a session carry; who cannot read the cookie cannot make it."""
    return hmac.new(session_token.encode("utf-8", "surrogatepass"), _FORM, hashlib.sha256).hexdigest()


def is_form_token(session_token: str, sent: str) -> bool:
    """Tell whether a form was made for this session."""
    return compare_digest(form_token(session_token).encode(), sent.encode("utf-8", "surrogatepass"))
