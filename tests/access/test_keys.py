"""Keys of programs: shown once, kept hashed, refused clearly, and silent to who has not the secret."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.access.keys import (
    KEY_RANDOMNESS,
    PEOPLE_ONLY,
    Call,
    KeyTerms,
    StoredKey,
    make_key,
    parse_key,
    why_not_key,
)
from risk_screen.access.roles import Permission

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TERMS = KeyTerms(
    permissions=frozenset({Permission.SCREEN_REGISTRATION}),
    networks=(ip_network("10.1.0.0/16"), ip_network("2001:db8::/32")),
    requests_per_minute=60,
    expires_at=NOON + timedelta(days=90),
)
CALL = Call("10.1.2.3", NOON, 0)
TEXT, STORED = make_key(bytes(range(KEY_RANDOMNESS)), TERMS)


def code(text: str, stored: StoredKey | None, call: Call = CALL) -> str | None:
    refusal = why_not_key(parse_key(text), stored, call)
    return refusal.code if refusal else None


def test_a_key_that_was_made_opens() -> None:
    assert code(TEXT, STORED) is None


def test_what_is_kept_is_the_hash_and_not_the_secret() -> None:
    secret = TEXT.rsplit("_", 1)[1]
    assert len(secret) == 64
    assert STORED.secret_sha256 == hashlib.sha256(secret.encode()).digest()
    assert secret not in repr(STORED)
    assert secret not in repr(parse_key(TEXT))


@given(st.binary(min_size=KEY_RANDOMNESS, max_size=KEY_RANDOMNESS))
def test_every_key_reads_back(randomness: bytes) -> None:
    text, stored = make_key(randomness, TERMS)
    assert text.startswith(f"rs_{stored.id}_")
    assert code(text, stored) is None


@given(st.integers(0, len(TEXT) - 1), st.characters())
def test_a_key_with_one_wrong_character_is_unknown(place: int, character: str) -> None:
    wrong = TEXT[:place] + character + TEXT[place + 1 :]
    assert code(wrong, STORED) == (None if wrong == TEXT else "key_unknown")


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert code(text, STORED) == "key_unknown"


@pytest.mark.parametrize("text", ["", TEXT + "\n", " " + TEXT, TEXT.upper(), TEXT + "0", TEXT[:-1], TEXT + TEXT])
def test_what_is_not_exactly_a_key_is_none(text: str) -> None:
    assert parse_key(text) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"at": TERMS.expires_at - timedelta(microseconds=1)}, None),
        ({"at": TERMS.expires_at}, "key_expired"),
        ({"address": "10.2.0.1"}, "key_network"),
        ({"address": "::ffff:10.1.2.3"}, None),
        ({"address": "::ffff:10.2.2.3"}, "key_network"),
        ({"address": "2001:db8::1"}, None),
        ({"address": "2001:db9::1"}, "key_network"),
        ({"address": ""}, "key_network"),
        ({"address": "testclient"}, "key_network"),
        ({"calls_in_last_minute": 59}, None),
        ({"calls_in_last_minute": 60}, "key_rate"),
    ],
)
def test_a_call_outside_the_terms_is_refused(change: dict[str, Any], expected: str | None) -> None:
    assert code(TEXT, STORED, replace(CALL, **change)) == expected


def test_a_revoked_key_is_refused() -> None:
    assert code(TEXT, replace(STORED, is_revoked=True)) == "key_revoked"


@pytest.mark.parametrize("stored", [None, replace(STORED, secret_sha256=bytes(32)), replace(STORED, id="0" * 16)])
def test_unknown_wrong_and_of_another_id_are_one_answer(stored: StoredKey | None) -> None:
    assert code(TEXT, stored) == "key_unknown"


def test_who_has_not_the_secret_learns_nothing_of_the_terms() -> None:
    wrong = TEXT[:-1] + ("0" if TEXT[-1] != "0" else "1")
    dead = replace(STORED, is_revoked=True)
    assert code(wrong, dead, replace(CALL, at=TERMS.expires_at, address="")) == "key_unknown"


@pytest.mark.parametrize("key", [(TEXT, STORED), ("no key", STORED), (TEXT, None), ("no key", None)])
def test_every_answer_takes_one_comparison(key: tuple[str, StoredKey | None], monkeypatch: pytest.MonkeyPatch) -> None:
    from risk_screen.access import keys

    compared: list[int] = []
    honest = keys.compare_digest
    monkeypatch.setattr(keys, "compare_digest", lambda a, b: compared.append(len(a)) or honest(a, b))
    code(*key)
    assert compared == [32]


@pytest.mark.parametrize("permission", sorted(PEOPLE_ONLY))
def test_no_key_is_given_what_is_for_people(permission: Permission) -> None:
    with pytest.raises(ValueError, match="people only"):
        replace(TERMS, permissions=frozenset({permission}))


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": frozenset()},
        {"networks": ()},
        {"requests_per_minute": 0},
        {"expires_at": datetime(2026, 11, 23)},
    ],
)
def test_terms_that_bound_nothing_cannot_be_built(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"key has|time zone"):
        replace(TERMS, **change)


def test_a_key_of_too_little_randomness_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        make_key(bytes(KEY_RANDOMNESS - 1), TERMS)
