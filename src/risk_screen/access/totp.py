"""The second factor: codes by time (RFC 6238, SHA-1, 6 digits, 30 s) that count once, and recovery codes."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Collection
from datetime import datetime
from hmac import compare_digest
from typing import Final
from urllib.parse import quote, urlencode

SECRET_BYTES: Final = 20
"""As long as the hash (RFC 4226 §4, R6)."""
STEP_SECONDS: Final = 30
DIGITS: Final = 6
DRIFT_STEPS: Final = 1
"""Steps a clock may be off, either way (RFC 6238 §5.2)."""
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10
"""80 bits each: beyond guessing, so one SHA-256 is enough."""
_GROUP: Final = 4


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """Compute the code of a step (RFC 4226 §5.3 with the step as counter)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_at(at: datetime) -> int:
    """Number the step of an aware instant, from 1970."""
    if at.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return int(at.timestamp()) // STEP_SECONDS


def accepted_step(secret: bytes, code: str, *, at: datetime, last_used: int | None) -> int | None:
    """Find the step a code is of.

    Parameters
    ----------
    secret : bytes
    code : str
        As typed; spaces are ignored.
    at : datetime
        Aware.
    last_used : int or None
        What the last accepted code gave; a code of that step or an earlier one is a replay and refused.

    Returns
    -------
    int or None
        The step, to be kept as ``last_used`` in the same transaction; None when the code is refused.
    """
    typed = "".join(code.split()).encode("utf-8", "surrogatepass")
    now = step_at(at)
    earliest = 0 if last_used is None else last_used + 1
    steps = range(max(0, now - DRIFT_STEPS), now + DRIFT_STEPS + 1)
    right = [step for step in steps if compare_digest(code_at(secret, step).encode(), typed)]
    return next((step for step in right if step >= earliest), None)


def enrolment_uri(secret: bytes, *, account: str, issuer: str) -> str:
    """Write the address that an authenticator reads from a QR code."""
    asked = urlencode({"secret": b32encode(secret).decode().rstrip("="), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='')}?{asked}"


def recovery_codes(randomness: bytes) -> tuple[str, ...]:
    """Make the codes to show once; keep ``hash_recovery_code`` of each.

    Parameters
    ----------
    randomness : bytes
        ``RECOVERY_CODES * RECOVERY_BYTES`` bytes of ``secrets.token_bytes``.
    """
    if len(randomness) != RECOVERY_CODES * RECOVERY_BYTES:
        raise ValueError(f"recovery codes take {RECOVERY_CODES * RECOVERY_BYTES} random bytes")
    starts = range(0, len(randomness), RECOVERY_BYTES)
    return tuple(_grouped(b32encode(randomness[n : n + RECOVERY_BYTES]).decode()) for n in starts)


def hash_recovery_code(code: str) -> bytes:
    """SHA-256 of a code, however its letters are grouped and whatever their case."""
    plain = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()


def matching_recovery_hash(code: str, kept: Collection[bytes]) -> bytes | None:
    """Find the kept hash of a code, to be deleted in the same transaction: a recovery code counts once."""
    sent = hash_recovery_code(code)
    right = [one for one in kept if compare_digest(one, sent)]
    return right[0] if right else None


def _grouped(text: str) -> str:
    return "-".join(text[n : n + _GROUP] for n in range(0, len(text), _GROUP))
