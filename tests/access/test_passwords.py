"""What a new password must be like, and how it is kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_screen.access.passwords import (
    LONGEST,
    SALT_BYTES,
    HashCost,
    PasswordPolicy,
    hash_password,
    is_password,
    needs_rehash,
    why_not_password,
)

CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)
SALT = bytes(range(SALT_BYTES))
GOOD = "Lantern7-orchard"
NAMES = ("wangfang", "王芳", "13800138000", "李")
POLICY = PasswordPolicy()


def kept(password: str, salt: bytes = SALT) -> str:
    return hash_password(password, salt=salt, cost=CHEAP)


def codes(password: str, *, earlier: tuple[str, ...] = (), policy: PasswordPolicy = POLICY) -> list[str]:
    wrong = why_not_password(password, names=NAMES, earlier=earlier, policy=policy, cost=CHEAP)
    return [one.code for one in wrong]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        (GOOD, []),
        ("月亮Shines在3pm上面", []),
        ("Short-7ab", ["password_short"]),
        ("lanternorchard", ["password_simple"]),
        ("lantern7orchard", ["password_simple"]),
        ("short", ["password_short", "password_simple"]),
        ("", ["password_short", "password_simple"]),
        ("WangFang-2026x", ["password_name"]),
        ("Gnafgnaw-2026x", ["password_name"]),
        ("Orchard-王芳-88", ["password_name"]),
        ("Orchard-李-8812", []),
        ("Ab-13800138000", ["password_name"]),
        ("Admin@123456", ["password_guessed"]),
        ("P@ssw0rd2024", ["password_guessed"]),
        ("Password123!", ["password_guessed"]),
        ("1qaz@WSX3edc", ["password_guessed"]),
        ("2024!Zhongguo", ["password_guessed"]),
        ("Aa123456789!", ["password_guessed"]),
        ("Line\nBreak-77x", ["password_unreadable"]),
        ("Zero\u200bWidth-77x", ["password_unreadable"]),
        ("Half\ud800-surrogate7", ["password_unreadable"]),
        ("Aa1-" * 33, ["password_unreadable"]),
    ],
)
def test_a_new_password_is_judged(password: str, expected: list[str]) -> None:
    assert codes(password) == expected


def test_the_numbers_are_those_of_the_policy() -> None:
    assert codes(GOOD, policy=PasswordPolicy(shortest=17)) == ["password_short"]
    assert codes("lantern7orchard", policy=PasswordPolicy(classes=2)) == []


def test_a_refusal_names_the_number_and_not_the_password() -> None:
    wrong = why_not_password("Short-7ab", names=(), earlier=(), policy=PasswordPolicy(shortest=12), cost=CHEAP)
    assert [one.detail for one in wrong] == ["密码至少 12 个字符。"]


@pytest.mark.parametrize(("place", "expected"), [(0, ["password_used"]), (4, ["password_used"]), (5, [])])
def test_the_last_five_passwords_are_not_taken_again(place: int, expected: list[str]) -> None:
    others = [kept(f"Another-{n}-orchard") for n in range(6)]
    others[place] = kept(GOOD)
    assert codes(GOOD, earlier=tuple(others)) == expected


def test_a_password_is_kept_as_argon2id_with_its_parameters() -> None:
    assert hash_password(GOOD, salt=SALT, cost=HashCost()).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_the_same_password_with_another_salt_is_kept_differently() -> None:
    assert kept(GOOD) != kept(GOOD, bytes(SALT_BYTES))


@settings(max_examples=100)
@given(st.text(max_size=LONGEST), st.text(max_size=LONGEST))
def test_only_the_password_opens(password: str, other: str) -> None:
    from unicodedata import normalize

    hashed = kept(password)
    assert is_password(password, hashed, cost=CHEAP)
    same = normalize("NFC", password) == normalize("NFC", other)
    assert is_password(other, hashed, cost=CHEAP) is same


def test_a_letter_composed_otherwise_is_the_same_password() -> None:
    assert is_password("cafe\u0301-Orchard7", kept("caf\u00e9-Orchard7"), cost=CHEAP)


@pytest.mark.parametrize("hashed", [None, "", "no hash", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_without_a_hash_nothing_opens(hashed: str | None) -> None:
    assert not is_password(GOOD, hashed, cost=CHEAP)


def test_an_unknown_account_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from risk_screen.access import passwords

    costs: list[HashCost] = []
    honest = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", lambda cost: costs.append(cost) or honest(cost))
    is_password(GOOD, None, cost=CHEAP)
    assert costs == [CHEAP]


@pytest.mark.parametrize(
    ("cost", "expected"),
    [(CHEAP, False), (HashCost(16, 1, 1), True), (HashCost(8, 2, 1), True), (HashCost(16, 1, 2), True)],
)
def test_a_hash_of_other_parameters_is_made_anew(cost: HashCost, expected: bool) -> None:
    assert needs_rehash(kept(GOOD), cost=cost) is expected


def test_what_is_no_hash_is_made_anew() -> None:
    assert needs_rehash("no hash", cost=CHEAP)


def test_a_book_is_not_hashed() -> None:
    assert not is_password("x" * (LONGEST + 1), kept("x"), cost=CHEAP)
    with pytest.raises(ValueError, match="at most"):
        kept("x" * (LONGEST + 1))


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        kept(GOOD, b"")


@pytest.mark.parametrize("change", [{"shortest": 0}, {"shortest": LONGEST + 1}, {"classes": 5}, {"remembered": -1}])
def test_a_policy_nobody_can_follow_cannot_be_built(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no password"):
        PasswordPolicy(**change)
