"""Phones, WeChat and QQ names, addresses, accounts and credit codes in a folded text; never a citizen's ID number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("phone", "wechat", "qq", "url", "account", "credit_code")


@dataclass(frozen=True, slots=True)
class Identifier:
    """Something by which a sender can be found.

    Attributes
    ----------
    kind : str
        One of KINDS.
    value : str
        As read, without blanks and hyphens.
    start, end : int
        Half-open offsets of the value in the folded text.
    valid : bool
        Whether the checksum holds (credit code: GB 32100; card: Luhn); True for kinds that have none.
    """

    kind: str
    value: str
    start: int
    end: int
    valid: bool


_GATE: Final = re.compile(r"[0-9a-z*]{5}|[0-9]{3,4}[- ][0-9*x]{3}|www\.|qq")
_MASK = r"[0-9*x]"
_PATTERNS: Final = {
    "credit_code": re.compile(r"(?<![0-9a-z])(?:1|5|9|a|n|y)[1239][0-9]{6}[0-9a-hj-npqrtuwxy]{10}(?![0-9a-z])"),
    "url": re.compile(
        r"(?:https?://|www\.)[0-9a-z.\-]{1,120}(?:/[0-9a-z./_\-?=&%#]{0,200})?"
        r"|(?<![0-9a-z@.])[0-9a-z\-]{1,40}(?:\.[0-9a-z\-]{1,40}){0,3}\.(?:com|cn|net|org|top|vip|xyz|cc|app|shop|club)"
        r"(?![0-9a-z])(?:/[0-9a-z./_\-?=&%#]{0,200})?"
    ),
    "account": re.compile(r"(?<![0-9])[3-6][0-9]{3}(?: ?[0-9*]{4}){2} ?[0-9]{1,4}(?: ?[0-9]{1,3})?(?![0-9])"),
    "phone": re.compile(
        rf"(?<![0-9*])(?:1[3-9][0-9](?:[- ]?{_MASK}{{4}}){{2}}|400[- ]?[0-9*]{{3,4}}[- ]?[0-9*]{{3,4}}"
        rf"|0[1-9][0-9]{{1,2}}[- ]?[2-9]{_MASK}{{6,7}}|9[56][0-9]{{3,4}})(?![0-9*])"
    ),
    "wechat": re.compile(r"(?:微信|薇信|威信|v信|vx|wx|weixin|加v|加微)(?:同?号|id)?[:\s]{0,3}([a-z][0-9a-z_\-]{5,19})"),
    "qq": re.compile(r"(?:qq|扣扣|企鹅)(?:群|号)*[:\s]{0,3}([1-9][0-9*]{4,10})(?![0-9*])"),
}
_CITIZEN: Final = re.compile(r"(?<![0-9])[1-8][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9*]{3}[0-9x*](?![0-9])")
_CODE_LETTERS: Final = "0123456789abcdefghjklmnpqrtuwxy"


def identifiers(text: str) -> tuple[Identifier, ...]:
    """Find what a folded text can be traced by, in reading order and without overlaps; linear time.

    An 18-digit citizen ID number is recognised and left out, whatever else its digits look like.
    """
    if not _GATE.search(text):
        return ()
    taken = [found.span() for found in _CITIZEN.finditer(text) if _citizen_valid(found[0])]
    kept: list[Identifier] = []
    for found in _candidates(text):
        if all(found.end <= start or end <= found.start for start, end in taken):
            taken.append((found.start, found.end))
            kept.append(found)
    return tuple(sorted(kept, key=lambda i: i.start))


def credit_code_valid(code: str) -> bool:
    """Check digit of a unified social credit code (GB 32100-2015)."""
    total = sum(_CODE_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return _CODE_LETTERS[-total % 31] == code[17]


def luhn_valid(digits: str) -> bool:
    """Check digit of a bank card number (ISO/IEC 7812-1)."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _candidates(text: str) -> Iterator[Identifier]:
    for kind, pattern in _PATTERNS.items():
        for found in pattern.finditer(text):
            group = 1 if pattern.groups else 0
            start, end = found.span(group)
            value = re.sub(r"[ \-]", "", found[group]) if kind in ("phone", "account") else found[group].rstrip(".")
            if kind == "account" and not 16 <= len(value) <= 19:
                continue
            yield Identifier(kind, value, start, end, _is_valid(kind, value))


def _is_valid(kind: str, value: str) -> bool:
    if kind == "credit_code":
        return credit_code_valid(value)
    return luhn_valid(value) if kind == "account" and "*" not in value else True


def _citizen_valid(number: str) -> bool:
    """Check digit of a citizen ID number (GB 11643); a masked one counts as one."""
    if "*" in number:
        return True
    total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(number[:17]))
    return "10x98765432"[total % 11] == number[17]
