"""Keys of programs: ``rs_<id>_<secret>``, shown once, kept as id and SHA-256.

A secret is 256 random bits, so one SHA-256 is enough; slow hashes are for what people think up.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from risk_screen.access.caller import is_inside
from risk_screen.access.refusal import Refusal
from risk_screen.access.roles import Permission

ID_BYTES: Final = 8
SECRET_BYTES: Final = 32
KEY_RANDOMNESS: Final = ID_BYTES + SECRET_BYTES
PEOPLE_ONLY: Final = frozenset(
    {
        Permission.DECIDE_CASE,
        Permission.RELEASE_RULE,
        Permission.RELEASE_MODEL,
        Permission.RELEASE_POLICY,
        Permission.MANAGE_ACCOUNTS,
        Permission.MANAGE_KEYS,
        Permission.MANAGE_WEBHOOKS,
        Permission.ANSWER_CONSULTATION,
        Permission.CONFIRM_ANSWER,
        Permission.SIGN_HOLD,
        Permission.READ_REPORTER,
    }
)
"""What a program is never given."""

_KEY: Final = re.compile(rf"rs_([0-9a-f]{{{2 * ID_BYTES}}})_([0-9a-f]{{{2 * SECRET_BYTES}}})", re.ASCII)
_NO_KEY: Final = bytes(32)
KEY_UNKNOWN: Final = Refusal("key_unknown", "接口密钥不对；检查是否抄全，或请系统管理员换发。")


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a key may do, from where, how often and until when.

    Parameters
    ----------
    permissions : frozenset of Permission
        None of ``PEOPLE_ONLY``.
    networks : tuple of IPv4Network or IPv6Network
        At least one; "from everywhere" is said by ``0.0.0.0/0`` and ``::/0``.
    requests_per_minute : int
    expires_at : datetime
        Aware; at this instant the key is dead.
    """

    permissions: frozenset[Permission]
    networks: tuple[IPv4Network | IPv6Network, ...]
    requests_per_minute: int
    expires_at: datetime

    def __post_init__(self) -> None:
        if not self.permissions or self.permissions & PEOPLE_ONLY:
            raise ValueError("a key has permissions, and none of those for people only")
        if not self.networks or self.requests_per_minute < 1:
            raise ValueError("a key has networks and a limit above zero")
        if self.expires_at.utcoffset() is None:
            raise ValueError("an instant needs a time zone")


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What is kept of a key."""

    id: str
    secret_sha256: bytes
    terms: KeyTerms
    is_revoked: bool = False

    def __post_init__(self) -> None:
        if len(self.secret_sha256) != len(_NO_KEY):
            raise ValueError("a SHA-256 has 32 bytes")


@dataclass(frozen=True, slots=True)
class PresentedKey:
    """A key as a program sent it, well formed."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """What a program wants with its key.

    Parameters
    ----------
    address : str
        Of the caller, as the connection (or the trusted proxy) gives it.
    at : datetime
        Aware.
    calls_in_last_minute : int
        With this key, without this call.
    """

    address: str
    at: datetime
    calls_in_last_minute: int


def make_key(randomness: bytes, terms: KeyTerms) -> tuple[str, StoredKey]:
    """Make the text to show once, and what to keep.

    Parameters
    ----------
    randomness : bytes
        ``KEY_RANDOMNESS`` bytes of ``secrets.token_bytes``.
    terms : KeyTerms
    """
    if len(randomness) != KEY_RANDOMNESS:
        raise ValueError(f"a key takes {KEY_RANDOMNESS} random bytes")
    key_id, secret = randomness[:ID_BYTES].hex(), randomness[ID_BYTES:].hex()
    return f"rs_{key_id}_{secret}", StoredKey(key_id, _sha256(secret), terms)


def parse_key(text: str) -> PresentedKey | None:
    """Take a key apart; None when it has not the form of one (answer as for an unknown key: ``why_not_key``)."""
    found = _KEY.fullmatch(text)
    return PresentedKey(found[1], found[2]) if found else None


def why_not_key(presented: PresentedKey | None, stored: StoredKey | None, call: Call) -> Refusal | None:
    """Refuse a call, or None.

    Who has not the secret learns nothing: malformed, unknown, of another id and wrong are one answer, after one hash
    and one comparison in constant time. Only then are the terms looked at.
    """
    sent = _sha256(presented.secret if presented else "")
    is_right = compare_digest(sent, stored.secret_sha256 if stored else _NO_KEY)
    if presented is None or stored is None or stored.id != presented.id or not is_right:
        return KEY_UNKNOWN
    return _why_not_by_terms(stored, call)


def _why_not_by_terms(stored: StoredKey, call: Call) -> Refusal | None:
    terms = stored.terms
    if stored.is_revoked:
        return Refusal("key_revoked", "接口密钥已停用；请系统管理员换发。")
    if call.at >= terms.expires_at:
        return Refusal("key_expired", "接口密钥已过期；请系统管理员换发。")
    if not is_inside(call.address, terms.networks):
        return Refusal("key_network", "来源地址不在该接口密钥允许的网段内；请系统管理员核对网段。")
    if call.calls_in_last_minute >= terms.requests_per_minute:
        return Refusal("key_rate", f"请求过于频繁，每分钟最多 {terms.requests_per_minute} 次；请稍后再试。")
    return None


def _sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
