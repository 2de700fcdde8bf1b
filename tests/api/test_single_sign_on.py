"""Single sign-on against a small real provider: who has an account gets in; whatever was bent on the way does not."""

import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from sign_on_provider import CLIENT, SmallProvider, compact, secret_as_key, small_provider
from starlette.testclient import TestClient

from people import OFFICE, account_with, gate_for
from risk_screen.access.roles import Role
from risk_screen.api.identity import COOKIE
from risk_screen.operations.accounts import Administration, Person, change_account, disable_account
from risk_screen.operations.gate import Gate
from risk_screen.operations.single_sign_on import Provider
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import audit_rows

START = "/v1/session/single-sign-on"


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    with small_provider() as running:
        yield running


@pytest.fixture
def gate(app: FastAPI, store: Store, provider: SmallProvider) -> Gate:
    app.state.gate = gate_for(store)
    app.state.provider = Provider(provider.issuer, *CLIENT)
    return app.state.gate


@pytest.fixture
def browser(app: FastAPI, gate: Gate) -> TestClient:
    return TestClient(app, client=("127.0.0.1", 50000), follow_redirects=False)


def known(gate: Gate, role: Role = Role.GRID_WORKER) -> str:
    account = account_with(gate, role)
    person = Person("张三", account.roles, account.party, account.town, "zhang-3")
    return change_account(Administration(gate.store, OFFICE), account.id, person).id


def sign_on(browser: TestClient, provider: SmallProvider) -> int:
    sent = browser.get(START)
    assert sent.status_code == 303
    return browser.get(f"{START}/return", params=provider.authorize(sent.headers["location"])).status_code


def test_who_has_an_account_gets_in(browser: TestClient, provider: SmallProvider, gate: Gate) -> None:
    account_id = known(gate)
    assert sign_on(browser, provider) == 303
    answer = browser.get("/v1/session").json()
    assert (answer["stage"], answer["account"]["id"]) == ("full", account_id)


def test_the_browser_is_sent_with_state_nonce_and_challenge(browser: TestClient, provider: SmallProvider) -> None:
    asked = parse_qs(urlsplit(browser.get(START).headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://testserver{START}/return"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43


@pytest.mark.parametrize("sub", ["li-4", "", "ZHANG-3"])
def test_nobody_gets_an_account_because_the_provider_says_so(
    browser: TestClient, provider: SmallProvider, gate: Gate, sub: str
) -> None:
    known(gate)
    provider.sub = sub
    assert sign_on(browser, provider) == 401
    assert COOKIE not in browser.cookies


def test_a_disabled_account_does_not_get_in(browser: TestClient, provider: SmallProvider, gate: Gate) -> None:
    disable_account(Administration(gate.store, OFFICE), known(gate))
    assert sign_on(browser, provider) == 401


AMR = [(None, "set_up_second_factor"), (["pwd"], "set_up_second_factor"), (["pwd", "otp"], "full")]


@pytest.mark.parametrize(("amr", "stage"), AMR)
def test_the_second_factor_is_asked_for_where_the_provider_did_not(
    browser: TestClient, provider: SmallProvider, gate: Gate, amr: list[str] | None, stage: str
) -> None:
    known(gate, Role.TASK_FORCE)
    provider.claims = {} if amr is None else {"amr": amr}
    assert sign_on(browser, provider) == 303
    assert browser.get("/v1/session").json()["stage"] == stage


BENT: dict[str, Callable[[SmallProvider], object]] = {
    "another issuer": lambda p: p.claims.update(iss="http://127.0.0.1:1"),
    "another client": lambda p: p.claims.update(aud="other"),
    "for two, authorised for another": lambda p: p.claims.update(aud=[CLIENT[0], "other"], azp="other"),
    "too old": lambda p: p.claims.update(exp=int(time.time()) - 3600, iat=int(time.time()) - 7200),
    "another nonce": lambda p: p.claims.update(nonce="other"),
    "no subject": lambda p: p.claims.update(sub=None),
    "another key": lambda p: setattr(p, "signs_with", ECKey.generate_key("P-256", {"kid": "one"})),
}


@pytest.mark.parametrize("how", BENT)
def test_a_token_that_is_not_for_this_sign_on_is_refused(
    browser: TestClient, provider: SmallProvider, gate: Gate, how: str
) -> None:
    known(gate)
    BENT[how](provider)
    assert sign_on(browser, provider) == 401
    assert COOKIE not in browser.cookies


def test_a_token_signed_with_the_clients_secret_is_refused(
    browser: TestClient, provider: SmallProvider, gate: Gate
) -> None:
    known(gate)
    provider.signs_with, provider.algorithm = secret_as_key(), "HS256"
    assert sign_on(browser, provider) == 401


def unsigned(alg: str) -> Callable[[SmallProvider, dict[str, Any]], str]:
    return lambda _, claims: compact({"alg": alg}, claims, lambda _: b"")


def with_the_public_key(provider: SmallProvider, claims: dict[str, Any], form: str) -> str:
    """What a library takes that lets the token say how it is to be checked: the known key as a secret."""
    public = {
        "pem": provider.key.as_pem(private=False),
        "jwk": json.dumps(provider.key.as_dict(private=False)).encode(),
    }[form]
    return compact({"alg": "HS256", "kid": "one"}, claims, lambda signed: hmac.digest(public, signed, "sha256"))


def with_a_key_it_brings(_: SmallProvider, claims: dict[str, Any]) -> str:
    own = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "kid": "one", "jwk": own.as_dict(private=False)}
    return jwt.encode(header, claims, own, algorithms=["ES256"])


def with_the_signature_of_another(provider: SmallProvider, claims: dict[str, Any]) -> str:
    header = {"alg": "ES256", "kid": "one"}
    right = jwt.encode(header, {**claims, "sub": "li-4"}, provider.key, algorithms=["ES256"])
    return ".".join((compact(header, claims, lambda _: b"").rpartition(".")[0], right.rpartition(".")[2]))


FORGED: dict[str, Callable[[SmallProvider, dict[str, Any]], str]] = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg NONE": unsigned("NONE"),
    "no alg": lambda _, claims: compact({"kid": "one"}, claims, lambda _: b""),
    "ES256 without a signature": lambda _, claims: compact({"alg": "ES256", "kid": "one"}, claims, lambda _: b""),
    "HS256 with the public key as PEM": lambda p, claims: with_the_public_key(p, claims, "pem"),
    "HS256 with the public key as JWK": lambda p, claims: with_the_public_key(p, claims, "jwk"),
    "a key that the token brings": with_a_key_it_brings,
    "the signature of another token": with_the_signature_of_another,
    "no token": lambda *_: "",
    "half a token": lambda *_: "e30.e30",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_is_refused(browser: TestClient, provider: SmallProvider, gate: Gate, how: str) -> None:
    known(gate)
    provider.forges = FORGED[how]
    assert sign_on(browser, provider) == 401
    assert COOKIE not in browser.cookies


def test_what_is_forged_here_is_right_but_for_its_signature(
    browser: TestClient, provider: SmallProvider, gate: Gate
) -> None:
    known(gate)
    header = {"alg": "ES256", "kid": "one"}
    provider.forges = lambda p, claims: jwt.encode(header, claims, p.key, algorithms=["ES256"])
    assert sign_on(browser, provider) == 303


def test_what_comes_back_counts_once_and_for_this_browser_only(
    app: FastAPI, browser: TestClient, provider: SmallProvider, gate: Gate
) -> None:
    known(gate)
    brought = provider.authorize(browser.get(START).headers["location"])
    stranger = TestClient(app, client=("127.0.0.1", 50001), follow_redirects=False)
    assert stranger.get(f"{START}/return", params=brought).status_code == 401
    assert browser.get(f"{START}/return", params={**brought, "state": "x" * 43}).status_code == 401
    assert browser.get(f"{START}/return", params=brought).status_code == 303
    assert browser.get(f"{START}/return", params=brought).status_code == 401


def test_a_code_of_another_sign_on_is_refused(browser: TestClient, provider: SmallProvider, gate: Gate) -> None:
    known(gate)
    foreign = provider.authorize(browser.get(START).headers["location"])
    mine = provider.authorize(browser.get(START).headers["location"])
    assert browser.get(f"{START}/return", params={**mine, "code": foreign["code"]}).status_code == 401


def test_a_provider_that_is_away_or_another_is_told(app: FastAPI, browser: TestClient, provider: SmallProvider) -> None:
    app.state.provider = replace(app.state.provider, issuer=f"{provider.issuer}/other")
    assert browser.get(START).json()["code"] == "single_sign_on_unreachable"
    app.state.provider = Provider("http://127.0.0.1:9", *CLIENT)
    assert browser.get(START).status_code == 502
    app.state.provider = None
    assert browser.get(START).json()["code"] == "single_sign_on_off"


@pytest.mark.parametrize("issuer", ["http://sso.example.gov.cn", "ftp://127.0.0.1", "", "https:"])
def test_a_provider_without_tls_is_no_provider(issuer: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Provider(issuer, *CLIENT)


def test_the_trail_says_who_came_in(browser: TestClient, provider: SmallProvider, gate: Gate) -> None:
    account_id = known(gate)
    sign_on(browser, provider)
    with gate.store.reading() as connection:
        last = list(audit_rows(connection))[-1]
    assert (last["action"], last["actor_id"]) == ("session.open", account_id)
