"""Cut a text into the few tokens a promise is made of; everything else is skipped."""

import re
from bisect import bisect_left
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from risk_screen.text import promise_words as words
from risk_screen.text.amounts import (
    LENGTH,
    Period,
    read_fen,
    read_length,
    read_money,
    read_multiple,
    read_percent,
    read_points,
    read_unsigned,
    unit_of,
)
from risk_screen.text.numerals import read_number
from risk_screen.text.promise_measures import SEED, measure_pattern

REACH = 24
"""Characters either side of a number in which the words of its promise are looked for."""

_MOST_MONEY = Decimal(10_000_000)
"""A reader's payment is below this; larger sums are projects and registered capital."""


_LEAST_MONEY, _LEAST_BARE, _LEAST_SHARE = Decimal("0.05"), Decimal(10), Decimal("0.5")
"""The least sum; without a currency; without a currency behind 每股 and 每份."""


class Token(NamedTuple):
    """One piece of a promise: ``value`` is a fraction, yuan, a multiple or a count; ``period`` a length of time."""

    kind: str
    start: int
    end: int
    text: str
    value: Decimal | None = None
    period: Period | None = None


RATES = frozenset({"rate", "fen", "points", "unsigned"})
NUMBERS = RATES | {"money", "bare", "multiple"}
BREAKS = frozenset({"stop", "comma"})
_MEASURE = measure_pattern(shortcuts=True)


def measures_something(text: str) -> bool:
    """Whether a text holds anything near which tokens are looked for; most registrations do not."""
    return SEED.search(text) is not None


def tokens_of(text: str) -> list[Token]:
    """Tokens near the numbers of a text, in order; joined rates (2%至5%, 8%+2%) are one token."""
    tokens: list[Token] = []
    windows = _windows(text)
    said = words.PROMISE_WORDS.find(text) if windows else []
    starts = [word[0] for word in said]
    reached = 0
    for start, end in windows:
        measures = _MEASURE.finditer(text, start, end)
        found = [token for match in measures if match.lastgroup and (token := _token(match, match.lastgroup))]
        found += [
            _new(Token, (kind, a, b, text[a:b], None, None))
            for a, b, (kind,) in said[bisect_left(starts, start) : bisect_left(starts, end)]
            if kind
        ]
        found.sort(key=_START)
        for token in found:
            if token[1] < reached:  # 回本|周期: what starts first counts
                continue
            reached = token[2]
            if token[0] in _JOINED and tokens and tokens[-1][0] in _JOINED[token[0]]:
                _append(tokens, token, text)
            else:
                tokens.append(token)
    return tokens


def _windows(text: str) -> list[tuple[int, int]]:
    """Stretches around the numbers of the text, merged where they touch; none in most registrations."""
    windows: list[tuple[int, int]] = []
    start = end = -1
    for seed in SEED.finditer(text):
        at = seed.start() - REACH
        if end < 0:
            start = max(0, at)
        elif at > end:
            windows.append((start, end))
            start = at
        end = seed.end() + REACH
    if end >= 0:
        windows.append((start, min(end, len(text))))
    return windows


def _token(found: re.Match[str], measure: str) -> Token | None:
    """Token of a measure; None for what measures nothing (0%, 每0天)."""
    said = found.group()
    meaning = _meaning(measure, said)
    if meaning is None:
        return None
    kind, value, period, is_doubtful = meaning
    start, end = found.span()
    if is_doubtful and not _is_sum(said, kind, value, found.string[start - 1 : start]):
        return None
    return _new(Token, (kind, start, end, said, value, period))


@lru_cache(maxsize=4096)
def _meaning(kind: str, said: str) -> tuple[str, Decimal | None, Period | None, bool] | None:
    """What the words of a measure say by themselves: kind, value, period; whether the character before decides."""
    if kind in _SUMS:
        yuan, named = read_money(said)
        if not _LEAST_MONEY <= yuan <= _MOST_MONEY or _YEAR_NUMBER.fullmatch(said):
            return None
        is_mere_unit = said[0] in _UNITS and said[1:2] not in _UNITS
        return "money" if named else "bare", yuan, None, is_mere_unit or (not named and yuan < _LEAST_BARE)
    if kind in _READERS:
        value = _READERS[kind](said)
        return (kind, value, None, False) if 0 < value < _MOST.get(kind, value + 1) else None
    period = _PERIODS[kind](said)
    return (kind, None, period, False) if period.count > 0 else None


def _is_sum(said: str, kind: str, yuan: Decimal | None, before: str) -> bool:
    """送千元大礼, 逾万元 and small numbers are no sums; 每万元, 变百万, and 每股1.5 are."""
    if said[0] in _UNITS and said[1:2] not in _UNITS and before in _GIFTS:
        return False
    is_of_a_share = before in _SHARES and said[0].isascii()
    return kind == "money" or (yuan or 0) >= (_LEAST_SHARE if is_of_a_share else _LEAST_BARE)


def _each(said: str) -> Period:
    """Period of 每3个月, 每月, 年终, 日收益, 第一年, and of each year of 前三年."""
    counted = _COUNT.search(said)
    length = read_length(counted.group()) if counted else None
    if length and (said[0] == "每" or not length.count):
        return length
    return Period(Decimal(1), unit_of(said))


def _upfront(said: str) -> Decimal:
    """Fraction of 前置返点3%, 先返两个点."""
    rate = _UPFRONT_WORDS.sub("", said)
    return read_points(rate) if "个" in rate else read_percent(rate)


def _append(tokens: list[Token], token: Token, text: str) -> None:
    """Add a token that may be one number with the one before."""
    before = tokens[-1]
    joint = text[before.end : token.start].strip()
    if joint in _RANGE or (joint in _SUMMED and token.kind in RATES):
        tokens[-1] = _joined(before, token, text, joint)
    else:
        tokens.append(token)


def _joined(first: Token, second: Token, text: str, joint: str) -> Token:
    assert first.value is not None
    assert second.value is not None
    value = first.value + second.value if joint == "+" else max(first.value, second.value)
    return Token(second.kind, first.start, second.end, text[first.start : second.end], value=value)


_JOINED = {kind: (kind,) for kind in RATES} | {"money": ("bare", "money")}
"""Kinds that make one number with the one before: 2%至5%, 3100-3900元."""

_START = itemgetter(1)
_new = tuple.__new__
_RANGE = frozenset(
    {"-", "~", "～", "至", "到", "—", "–", "--", "——", "上调至", "提高至", "提升至", "提高到", "升到", "升至", "涨到"}
)
_YEAR_NUMBER = re.compile(r"20[1-4][0-9]")
_UNITS, _GIFTS = frozenset("万千百"), frozenset("送抽领赢逾超近上奖值省立来几多数余")
_SUMS, _SHARES = frozenset({"money", "bare", "plain"}), frozenset("股份")
_SUMMED = frozenset({"+", "/"})
_UPFRONT_WORDS = re.compile(rf"^{words.UPFRONT} ?")
_COUNT = re.compile(LENGTH)
_READERS: dict[str, Callable[[str], Decimal]] = {
    "rate": read_percent,
    "upfront": _upfront,
    "points": read_points,
    "unsigned": read_unsigned,
    "fen": read_fen,
    "multiple": read_multiple,
    "instalments": lambda said: read_number(said.strip("×x* 期")),
}
_MOST = {"upfront": Decimal(1)}
_PERIODS: dict[str, Callable[[str], Period]] = {"each": _each, "yield": _each, "length": read_length}
