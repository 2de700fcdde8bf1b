"""Passwords of people: what a new one must be like, and how it is kept (argon2id)."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from risk_screen.access.refusal import Refusal

SALT_BYTES: Final = 16
LONGEST: Final = 128
"""Characters; more is refused unread, so that nobody makes the service hash a book."""
_SHORTEST_NAME: Final = 3

_WRITTEN_OUT: Final = """
1q2w3e4r5t 1qaz2wsx3edc 1qaz@wsx3edc 1qaz@wsx#edc qwe123!@# qwer1234!@#$ abcd1234!@#$ abc123!@#456 a1b2c3d4e5
aa123456789 aa123456789! zaq12wsxcde3 asdf1234!@#$ !qaz2wsx3edc 1234qwer!@#$ qwe!@#123456
"""
_WRITTEN_STEMS: Final = """
a aa abc abcd admin administrator root user test guest login master manager system server oracle mysql huawei
password passwd pass pwd welcome changeme secret default qwe qwer qwert qwerty qwertyuiop asd asdf asdfgh zxc zxcv
iloveyou woaini woaizhongguo zhongguo china beijing shanghai
"""
GUESSED_PASSWORDS: Final = frozenset(_WRITTEN_OUT.split())
GUESSED_STEMS: Final = frozenset(_WRITTEN_STEMS.split())
"""A password that is one of these between digits and signs is soon guessed: Admin@123456, P@ssw0rd2024."""
_LOOKALIKES: Final = str.maketrans("@0$13!5", "aosieis")


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a new password must be like.

    GB/T 22239-2019 8.1.4.1 a asks for complexity and regular change; it names no numbers.
    """

    shortest: int = 10
    classes: int = 3
    remembered: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.shortest <= LONGEST or not 1 <= self.classes <= 4 or self.remembered < 0:
            raise ValueError("no password could follow this policy")


@dataclass(frozen=True, slots=True)
class HashCost:
    """Parameters of argon2id; the second recommended set of RFC 9106 §4 (64 MiB, 3 passes, 4 lanes)."""

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4


def hash_password(password: str, *, salt: bytes, cost: HashCost) -> str:
    """Hash for keeping.

    Parameters
    ----------
    password : str
        At most ``LONGEST`` characters.
    salt : bytes
        ``SALT_BYTES`` bytes of ``secrets.token_bytes``, anew for every password.
    cost : HashCost
    """
    if len(salt) != SALT_BYTES or len(password) > LONGEST:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, a password at most {LONGEST} characters")
    return _hasher(cost).hash(_encoded(password), salt=salt)


def is_password(password: str, kept: str | None, *, cost: HashCost) -> bool:
    """Tell whether this is the password; for ``None`` (no such account) it takes as long to say no."""
    if len(password) > LONGEST:
        return False
    if kept is None:
        hash_password(password, salt=bytes(SALT_BYTES), cost=cost)
        return False
    try:
        return _hasher(cost).verify(kept, _encoded(password))
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(kept: str, *, cost: HashCost) -> bool:
    """Tell whether a hash was made with other parameters; hash anew at the next sign-in, when the password is there."""
    try:
        return _hasher(cost).check_needs_rehash(kept)
    except InvalidHashError:
        return True


def why_not_password(
    password: str, *, names: Collection[str], earlier: Sequence[str], policy: PasswordPolicy, cost: HashCost
) -> tuple[Refusal, ...]:
    """Say all that is wrong with a new password; empty when it may be taken.

    Parameters
    ----------
    password : str
    names : collection of str
        What is known of the person: account, name, phone number. Chinese names count from two characters.
    earlier : sequence of str
        Hashes, newest first; only ``policy.remembered`` are compared, and only when nothing else is wrong (each takes
        as long as a sign-in).
    policy : PasswordPolicy
    cost : HashCost
    """
    if len(password) > LONGEST or not password.isprintable():
        return (Refusal("password_unreadable", f"密码最多 {LONGEST} 个字符，不能含换行等看不见的字符。"),)
    checks = (
        (len(_plain(password)) < policy.shortest, "password_short", f"密码至少 {policy.shortest} 个字符。"),
        (_classes(password) < policy.classes, "password_simple", _simple(policy.classes)),
        (_names_somebody(password, names), "password_name", "密码不能含账号、姓名或电话号码。"),
        (_is_widespread(password), "password_guessed", "这是常见的密码，很容易被猜到，请换一个。"),
    )
    wrong = tuple(Refusal(code, detail) for is_wrong, code, detail in checks if is_wrong)
    if wrong or not any(is_password(password, one, cost=cost) for one in earlier[: policy.remembered]):
        return wrong
    return (Refusal("password_used", f"不能与最近 {policy.remembered} 次用过的密码相同。"),)


def _hasher(cost: HashCost) -> PasswordHasher:
    return PasswordHasher(cost.passes, cost.memory_kib, cost.lanes, salt_len=SALT_BYTES, type=Type.ID)


def _plain(password: str) -> str:
    """The same password however the keyboard composed it (RFC 8265 §4.2.2)."""
    return unicodedata.normalize("NFC", password)


def _encoded(password: str) -> bytes:
    return _plain(password).encode("utf-8", "surrogatepass")


def _simple(classes: int) -> str:
    return f"密码须含大写字母、小写字母、数字、符号中的至少 {classes} 类。"


def _classes(password: str) -> int:
    """Upper case, lower case, digits, and everything else (Chinese characters and spaces too)."""
    return len({(one.isupper(), one.islower(), one.isdigit()) for one in password})


def _names_somebody(password: str, names: Collection[str]) -> bool:
    folded = _plain(password).casefold()
    known = [_plain(name).casefold().strip() for name in names]
    told = [name for name in known if len(name) >= (_SHORTEST_NAME if name.isascii() else 2)]
    return any(name in folded or name[::-1] in folded for name in told)


def _is_widespread(password: str) -> bool:
    folded = password.casefold()
    spellings = (folded, folded.translate(_LOOKALIKES))
    return folded in GUESSED_PASSWORDS or any(_stem(one) in GUESSED_STEMS for one in (*spellings, _read(folded)))


def _read(folded: str) -> str:
    """Letters' look-alikes read as letters, but for the digits and signs at the end."""
    kept = folded.rstrip("0123456789!@#$%^&*._-+=?~ ")
    return kept.translate(_LOOKALIKES)


def _stem(folded: str) -> str:
    start = next((n for n, one in enumerate(folded) if one.isalpha()), len(folded))
    end = next((n for n in range(len(folded), start, -1) if folded[n - 1].isalpha()), start)
    return folded[start:end]
