"""Codes by time: the vectors of the RFCs, each code once, and recovery codes kept hashed."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.access.totp import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    accepted_step,
    code_at,
    enrolment_uri,
    hash_recovery_code,
    matching_recovery_hash,
    recovery_codes,
    step_at,
)

SECRET = b"12345678901234567890"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
NOW = step_at(NOON)
CODES = recovery_codes(bytes(range(RECOVERY_CODES * RECOVERY_BYTES)))
KEPT = [hash_recovery_code(one) for one in CODES]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert code_at(SECRET, step_at(datetime.fromtimestamp(seconds, UTC)), digits=8) == code


@pytest.mark.parametrize(
    ("step", "code"),
    list(enumerate("755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split())),  # noqa: SIM905
)
def test_codes_are_those_of_rfc_4226_appendix_d(step: int, code: str) -> None:
    assert code_at(SECRET, step) == code


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(steps: int, taken: bool) -> None:
    found = accepted_step(SECRET, code_at(SECRET, NOW + steps), at=NOON, last_used=None)
    assert found == (NOW + steps if taken else None)


@pytest.mark.parametrize(("last_used", "taken"), [(NOW - 1, True), (NOW, False), (NOW + 1, False)])
def test_a_code_counts_once_and_no_earlier_one_after_it(last_used: int, taken: bool) -> None:
    found = accepted_step(SECRET, code_at(SECRET, NOW), at=NOON, last_used=last_used)
    assert found == (NOW if taken else None)


@given(st.lists(st.integers(-1, 1), max_size=8), st.integers(0, 10**6))
def test_accepted_steps_only_grow(offsets: list[int], start: int) -> None:
    last: int | None = None
    for number, offset in enumerate(offsets):
        at = NOON + timedelta(seconds=start + 10 * number)
        step = accepted_step(SECRET, code_at(SECRET, step_at(at) + offset), at=at, last_used=last)
        assert step is None or last is None or step > last
        last = last if step is None else step


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    near = {code_at(SECRET, NOW + drift) for drift in (-1, 0, 1)}
    found = accepted_step(SECRET, text, at=NOON, last_used=None)
    assert (found is not None) is ("".join(text.split()) in near)


@pytest.mark.parametrize("text", ["", "\ud800", "１２３４５６", "12345"])
def test_what_is_no_code_is_refused(text: str) -> None:
    assert accepted_step(SECRET, text, at=NOON, last_used=None) is None


def test_spaces_in_a_code_are_ignored() -> None:
    code = code_at(SECRET, NOW)
    assert accepted_step(SECRET, f" {code[:3]} {code[3:]}\n", at=NOON, last_used=None) == NOW


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        step_at(NOON.replace(tzinfo=None))


def test_the_enrolment_address_reads_back() -> None:
    parts = urlsplit(enrolment_uri(SECRET, account="wang/li", issuer="风险 筛查"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/%E9%A3%8E%E9%99%A9%20%E7%AD%9B%E6%9F%A5:wang%2Fli"
    assert parse_qs(parts.query) == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["风险 筛查"]}


def test_recovery_codes_are_ten_different_ones_in_groups() -> None:
    assert len(set(CODES)) == RECOVERY_CODES
    assert {tuple(map(len, one.split("-"))) for one in CODES} == {(4, 4, 4, 4)}


@pytest.mark.parametrize("place", range(RECOVERY_CODES))
def test_a_recovery_code_is_found_however_it_is_typed(place: int) -> None:
    typed = f" {CODES[place].lower().replace('-', ' ')} "
    assert matching_recovery_hash(typed, KEPT) == KEPT[place]


def test_a_used_or_wrong_recovery_code_is_not_found() -> None:
    assert matching_recovery_hash(CODES[0], KEPT[1:]) is None
    assert matching_recovery_hash("", KEPT) is None
    assert matching_recovery_hash("\ud800", KEPT) is None


def test_recovery_codes_of_too_little_randomness_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        recovery_codes(b"")
