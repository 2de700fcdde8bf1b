"""Phones, WeChat and QQ names, addresses, accounts and credit codes in a folded text; never a citizen's number."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from risk_screen.text.checksums import citizen_numbers, credit_code_holds, luhn_holds

KINDS: Final = ("phone", "wechat", "qq", "url", "account", "credit_code")


@dataclass(frozen=True, slots=True)
class Identifier:
    """Something by which a sender can be found.

    Attributes
    ----------
    kind : str
        One of KINDS.
    value : str
        As read, without blanks and hyphens; masked digits stay (138****5678).
    start, end : int
        Half-open offsets of the value in the folded text.
    valid : bool
        Whether the check digit holds (credit code: GB 32100; card: Luhn); True where there is none.
    """

    kind: str
    value: str
    start: int
    end: int
    valid: bool


_RUN: Final = re.compile(r"[0-9a-z(][0-9a-z*_. :/()@-]{4,}")
_BEFORE_RUN = 40
"""Characters before a run of letters and digits in which the word that names it may stand (开户行…账号)."""

_ADDRESS = 200
"""Characters behind a run that an address may take up (?id=1&from=…)."""

_TAKEN: Final = "\ufffc"

_NAME = r"[a-z_][0-9a-z_*-]{5,19}"
_TO = r"(?:是|为|搜|加|[:=>~ ]){0,3}"
_PATH = r"(?:[/?][0-9a-z./_?=&%#~:+@-]{0,200})?"
_ENDINGS = (
    r"com|cn|net|org|top|vip|xyz|cc|app|shop|club|site|online|info|io|me|tv|co|ltd|store|tech|fun|wang|im|ly|gd|link"
    r"|pro"
)
_CARD = r"[3-6][0-9]{3}(?:[ -]?[0-9*]{4}){3}(?:[ -]?[0-9*]{1,3})?"
_MOBILE = (
    r"(?:1[3-9][0-9](?:[ -]?[0-9*x]{4}){2}|1[3-9][0-9]{2}[ -][0-9*x]{3}[ -][0-9*x]{4}|1[ -][3-9](?:[ -][0-9*x]){9})"
)
_LANDLINE = r"\(?0[1-9][0-9]{1,2}[) -]{0,2}[2-9][0-9*x]{6,7}"
_NO_SUM = r"(?![0-9*]| ?[元万亿])"

_PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "url": re.compile(
        rf"(https?://[0-9a-z.:-]{{3,120}}{_PATH}|www\.[0-9a-z.:-]{{3,120}}{_PATH}"
        rf"|(?<![0-9a-z@._-])(?:[0-9a-z-]{{1,40}}\.){{1,4}}(?:{_ENDINGS})(?![0-9a-z@-])(?::[0-9]{{2,5}})?{_PATH})"
    ),
    "credit_code": re.compile(r"(?<![0-9a-z])([0-9any][1-9a][0-9]{6}[0-9a-hj-npqrtuwxy]{10})(?![0-9a-z])"),
    "wechat": re.compile(
        r"(wxid_[0-9a-z]{6,20})"
        r"|(?:微信|薇信|威信|徽信|v信|微(?=[:号])|[加伽嘉夹佳][v微薇]|(?<![a-z])(?:vx|wx|weixin|wechat))"
        rf"(?:公众|同)?号?(?:id)?{_TO}(?:(?<=[号:])([1-9][0-9*.]{{5,9}})(?![0-9*])|({_NAME}))"
    ),
    "qq": re.compile(
        r"([1-9][0-9]{4,10})@qq\.com"
        rf"|(?:qq|扣扣|企鹅|(?<![a-z])q(?=[群号: ]))群?号?码?{_TO}([1-9][0-9.*]{{4,11}})(?![0-9*@])"
    ),
    "account": re.compile(
        rf"支付宝(?:[账帐][号户])?{_TO}([0-9a-z._-]{{1,40}}@[0-9a-z.-]{{3,40}}|{_MOBILE})(?![0-9*])"
        rf"|(?:[账帐][号户]|卡号|开户行[^。;\n0-9]{{0,30}}){_TO}([0-9](?:[ -]?[0-9*]){{7,24}})(?![0-9*])"
        rf"|(?<![0-9*])({_CARD})(?![0-9*])|(?<![0-9a-z])(t[1-9a-z]{{33}}|0x[0-9a-f]{{40}})(?![0-9a-z])"
    ),
    "phone": re.compile(
        rf"(?<![0-9*])(?:\+?86[ -]?)?({_MOBILE}|[48]00(?:[ -]?[0-9*]){{7}}|{_LANDLINE}){_NO_SUM}"
        r"|(?:电话|热线|客服|拨打|致电|咨询|专线|号码|联系)[是为: ]{0,2}(9[56][0-9]{3,4})(?![0-9*%元万千百,.])"
    ),
}
"""In the order in which they claim their characters."""

_CARD_LENGTHS: Final = (16, 19)
_SEPARATORS: Final = re.compile(r"[ ()-]")


def identifiers(text: str) -> tuple[Identifier, ...]:
    """Find what a folded text can be traced by.

    Parameters
    ----------
    text : str
        Folded text: lower case, full-width characters narrowed.

    Returns
    -------
    tuple of Identifier
        In reading order, not overlapping. A citizen's ID number is recognised and left out, whatever else its digits
        may look like.
    """
    if _RUN.search(text) is None:
        return ()
    runs = _runs(text)
    found: list[Identifier] = []
    left = _without(text, citizen_numbers(text))
    for kind, pattern in _PATTERNS.items():
        matches = (match for start, end in runs for match in pattern.finditer(left, start, end))
        read = [identifier for match in matches if (identifier := _identifier(kind, match))]
        left = _without(left, [(identifier.start, identifier.end) for identifier in read])
        found += read
    return tuple(sorted(found, key=lambda identifier: identifier.start))


def _runs(text: str) -> list[tuple[int, int]]:
    """Stretches of letters and digits with what stands before them, merged where they touch."""
    runs: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        after = _ADDRESS if "/" in run.group() else 2
        start, end = max(0, run.start() - _BEFORE_RUN), min(len(text), run.end() + after)
        if runs and start <= runs[-1][1]:
            start = runs.pop()[0]
        runs.append((start, end))
    return runs


def _without(text: str, places: list[tuple[int, int]]) -> str:
    """Text with places blanked out, so that no later pattern reads them; offsets stay."""
    pieces, done = [], 0
    for start, end in places:
        pieces += [text[done:start], _TAKEN * (end - start)]
        done = end
    return "".join([*pieces, text[done:]]) if places else text


def _identifier(kind: str, match: re.Match[str]) -> Identifier | None:
    group = match.lastindex or 0
    value = _CLEANERS[kind](match[group])
    start = match.start(group)
    end = start + (len(value) if kind == "url" else len(match[group]))
    if not _LENGTHS[kind][0] <= len(value) <= _LENGTHS[kind][1]:
        return None
    valid = _is_valid(kind, value)
    if kind == "credit_code" and not valid and value.isdigit():
        return None
    if kind == "account" and "*" in value and (len(value) not in _CARD_LENGTHS or value[0] == "3"):
        return None  # might be a masked citizen number
    return Identifier(kind, value, start, end, valid)


def _is_valid(kind: str, value: str) -> bool:
    if kind == "credit_code":
        return credit_code_holds(value)
    if kind == "account" and value.isdigit() and value[0] in "3456" and 16 <= len(value) <= 19:
        return luhn_holds(value)
    return True


def _digits(value: str) -> str:
    return _SEPARATORS.sub("", value)


_CLEANERS: Final[dict[str, Callable[[str], str]]] = {
    "url": lambda value: value.rstrip("./?:-"),
    "credit_code": str,
    "wechat": lambda value: value.replace(".", ""),
    "qq": lambda value: value.replace(".", ""),
    "account": lambda value: value if "@" in value else _digits(value),
    "phone": _digits,
}
_LENGTHS: Final = {
    "url": (4, 400),
    "credit_code": (18, 18),
    "wechat": (6, 25),
    "qq": (5, 11),
    "account": (8, 81),
    "phone": (5, 12),
}
