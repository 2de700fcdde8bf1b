"""Tokens: as random as what they are made of, kept as hashes; forms carry one that fits their session only."""

import secrets

import pytest

from risk_screen.access.tokens import LONGEST_TOKEN, TOKEN_BYTES, form_token, hash_token, is_form_token, make_token


def test_a_token_holds_all_its_randomness_and_may_stand_in_an_address() -> None:
    made = {make_token(secrets.token_bytes(TOKEN_BYTES)) for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 43 <= LONGEST_TOKEN and one.replace("-", "").replace("_", "").isalnum() for one in made)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_token_is_made_of_256_bits(size: int) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        make_token(bytes(size))


def test_what_is_kept_does_not_tell_the_token() -> None:
    assert hash_token("one") != hash_token("two")
    assert len(hash_token("\ud800")) == 64


@pytest.mark.parametrize(
    ("session", "sent", "fits"),
    [
        ("a", form_token("a"), True),
        ("a", form_token("b"), False),
        ("a", "", False),
        ("a", "\ud800é", False),
        ("a", hash_token("a"), False),
    ],
)
def test_the_token_of_a_form_fits_its_session_only(session: str, sent: str, fits: bool) -> None:
    assert is_form_token(session, sent) == fits
