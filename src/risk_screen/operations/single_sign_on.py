"""Sign in with the office's own single sign-on (OpenID Connect Core 1.0, code flow with PKCE, state and nonce).

Who they are there is looked up among the accounts here; nobody gets an account or a role by what the provider says.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from risk_screen.access.caller import Caller, address_of
from risk_screen.access.stages import Stage
from risk_screen.access.tokens import TOKEN_BYTES, hash_token, make_token
from risk_screen.errors import RiskScreenError
from risk_screen.operations.gate import Gate
from risk_screen.operations.sessions import Opened, next_stage, open_for
from risk_screen.storage.accounts import ACTIVE, account_of_subject
from risk_screen.storage.changes import Change
from risk_screen.storage.single_sign_ons import BegunSignOn, keep_sign_on, take_sign_on

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures by a key of the provider only: neither none nor HS256, where the client's secret would be the key."""
LIFE: Final = timedelta(minutes=10)
LEEWAY_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 10.0
MOST_BYTES: Final = 1_000_000
SECOND_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "swk", "sc"})
"""What the provider calls more than a password (RFC 8176)."""


class SingleSignOnOffError(RiskScreenError):
    """No provider is set."""

    code = "single_sign_on_off"

    def __init__(self) -> None:
        super().__init__("没有启用单点登录：请用登录名和密码登录。")


class SingleSignOnRefusedError(RiskScreenError):
    """What came back from the provider does not let anybody in."""

    code = "single_sign_on_refused"

    def __init__(self) -> None:
        super().__init__(
            "单点登录没有成功，或这个身份在本系统没有可用的账号：请重试，或请系统管理员核对账号的单点登录身份。"
        )


class SingleSignOnUnreachableError(RiskScreenError):
    """The provider does not answer as it should."""

    code = "single_sign_on_unreachable"

    def __init__(self) -> None:
        super().__init__("单点登录服务暂时连不上：请稍后再试，或用登录名和密码登录。")


@dataclass(frozen=True, slots=True)
class Provider:
    """The single sign-on, and what it knows this service by.

    Attributes
    ----------
    issuer : str
        ``https://…``; without TLS on this machine only.
    client_id : str
    client_secret : str
        Empty for a public client.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.client_id or not is_safe(self.issuer):
            raise ValueError("a provider has a client id and an https address")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the state it must bring back (in a cookie of its own, too)."""

    address: str
    state: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brought back: ``state`` in address and cookie, ``code``, and where it came back to."""

    state: str
    cookie_state: str
    code: str = field(repr=False)
    redirect_uri: str = ""


def begin_sign_on(gate: Gate, provider: Provider, redirect_uri: str) -> Begun:
    """Make the address of the provider's sign-in page.

    Raises
    ------
    SingleSignOnUnreachableError, StoreUnavailableError
    """
    address = _endpoint(_discovered(provider), "authorization_endpoint")
    state, nonce, verifier = (make_token(secrets.token_bytes(TOKEN_BYTES)) for _ in range(3))

    def work(change: Change) -> None:
        expires_at = (change.at + LIFE).isoformat(timespec="milliseconds")
        keep_sign_on(change, BegunSignOn(hash_token(state), nonce, verifier, expires_at))

    gate.store.write(work)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    return Begun(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", state)


def finish_sign_on(gate: Gate, provider: Provider, caller: Caller, returned: Returned) -> Opened:
    """Exchange the code, check who it is, and open a session for the account they have here.

    The second factor is not asked for where the provider says that it has asked for one.

    Raises
    ------
    SingleSignOnRefusedError, SingleSignOnUnreachableError, StoreUnavailableError
    """
    if not compare_digest(returned.state.encode(), returned.cookie_state.encode()):
        raise SingleSignOnRefusedError
    begun = gate.store.write(lambda change: take_sign_on(change, hash_token(returned.state)))
    if begun is None or not returned.code:
        raise SingleSignOnRefusedError
    claims = _claims(provider, begun, returned, gate.store.now())
    has_confirmed = not SECOND_FACTORS.isdisjoint(_words(claims.get("amr")))

    def work(change: Change) -> Opened:
        account = account_of_subject(change.connection, str(claims["sub"]))
        if account is None or account.state != ACTIVE or account.is_demo:
            raise SingleSignOnRefusedError
        stage = next_stage(account, gate.policy, change.at, has_confirmed=has_confirmed)
        is_through = has_confirmed or stage == Stage.CHANGE_PASSWORD  # a password that is not used need not be new
        return open_for(change, account, caller, Stage.FULL if is_through else stage, gate.policy)

    return gate.store.write(work)


def is_safe(address: str) -> bool:
    """Tell whether an address may be asked: by TLS, or on this machine."""
    parts = urlsplit(address)
    found = address_of(parts.hostname or "")
    return (parts.scheme == "https" and bool(parts.hostname)) or (
        parts.scheme == "http" and found is not None and found.is_loopback
    )


def _claims(provider: Provider, begun: BegunSignOn, returned: Returned, now: datetime) -> dict[str, Any]:
    described = _discovered(provider)
    answer = _asked(
        _endpoint(described, "token_endpoint"),
        form={
            "grant_type": "authorization_code",
            "code": returned.code,
            "redirect_uri": returned.redirect_uri,
            "client_id": provider.client_id,
            "code_verifier": begun.verifier,
        },
        auth=(provider.client_id, provider.client_secret) if provider.client_secret else None,
    )
    keys = _asked(_endpoint(described, "jwks_uri"))
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": begun.nonce},
    )
    try:
        known = KeySet.import_key_set(cast(KeySetSerialization, keys))
        token = jwt.decode(str(answer.get("id_token", "")), known, algorithms=list(ALGORITHMS))
        registry.validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SingleSignOnRefusedError from error
    if token.claims.get("azp", provider.client_id) != provider.client_id:
        raise SingleSignOnRefusedError
    return token.claims


def _discovered(provider: Provider) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0 §4); it must be the one that was asked."""
    described = _asked(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
    if described.get("issuer") != provider.issuer:
        raise SingleSignOnUnreachableError
    return described


def _endpoint(described: dict[str, Any], name: str) -> str:
    address = described.get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise SingleSignOnUnreachableError
    return address


def _asked(address: str, form: dict[str, str] | None = None, auth: tuple[str, str] | None = None) -> dict[str, Any]:
    try:
        with httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
            method = "GET" if form is None else "POST"
            answer = client.request(method, address, data=form, auth=auth, headers={"Accept": "application/json"})
            content = answer.json() if answer.status_code == 200 and len(answer.content) <= MOST_BYTES else None
    except (httpx2.HTTPError, ValueError) as error:
        raise SingleSignOnUnreachableError from error
    if isinstance(content, dict):
        return content
    if form is not None and answer.status_code in (400, 401):
        raise SingleSignOnRefusedError
    raise SingleSignOnUnreachableError


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _words(value: object) -> set[str]:
    return {str(one) for one in value} if isinstance(value, list) else set()
