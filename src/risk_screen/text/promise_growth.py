"""Promises without a rate of interest: bought back dearer, doubled in a year, money back in 60 days."""

import re
from collections.abc import Iterator
from decimal import Decimal

from risk_screen.text.amounts import YEAR, Period
from risk_screen.text.promise import Promise
from risk_screen.text.promise_claims import Claim, read_claim
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_sums import bare_promise, payback_promise, rate_promise
from risk_screen.text.promise_tokens import BREAKS, RATES, Token

_NEAR = 12
"""Characters between a multiple or 回本 and its length of time."""

_PLUS = re.compile(r"加价|溢价|上浮|高出|增值|升值|加\s?$")
_AT_PRICE = re.compile(r"(?:原价|全额|全价|原值|保价|足额|按购房?价|按本金)[^,，。;；\n]{0,4}$")
_NOT_YET = re.compile(r"(?:[未没不难]|随时)[^,，。;；!！?？\s]{0,2}$")
_TAKEN_BACK = re.compile(
    r"(?:的价)?[跟向给您你]{0,2}(?:接回|收)(?=您|你|$|[,，。!！;；走回\s])|(?:的价)?收(?=[,，。!！;；走回\s]|$)"
)
_UNLISTED = re.compile(r"(?:未|没|上不了|不能|没能)[^,，。;；\n]{0,4}(?:市|申报|过会|挂上)")
_CAP = re.compile(r"封顶|出局|加倍")
_GROWS = re.compile(r"翻|赚|挣|收益|回报|返|增值|升值|涨|盈利|利润|红利|分红|变")


def bought_back(scan: Scan) -> Iterator[Promise]:
    """Promises to buy back at a multiple or at the price paid: 两年后按1.5倍回购, 满5年原价回购."""
    for index in scan.at("multiple", "buy_back"):
        token = scan.tokens[index]
        if token.kind == "multiple" and token.text[0] != "翻":
            claim = read_claim(scan, index)
            if claim.buy_back is not None or _TAKEN_BACK.match(scan.text, token.end):
                yield from bought_back_dearer(scan, claim)
        elif token.kind == "buy_back" and _AT_PRICE.search(scan.text, max(0, token.start - 10), token.start):
            yield from _at_price(scan, index)


def bought_back_dearer(scan: Scan, claim: Claim) -> Iterator[Promise]:
    """Promise of a rate or multiple of the price: 满三年按购价的130%回购, 三年后加价30%回购."""
    gain = _gain(scan, claim)
    phrase = scan.phrase(claim.start, claim.end, claim.index, kind="buy_back")
    if gain is not None and phrase is not None:
        yield rate_promise(phrase, gain, _time_of_buy_back(scan, claim))


def _time_of_buy_back(scan: Scan, claim: Claim) -> Period | None:
    """Its own time; by custom a year where a share is bought back because it was not listed (未上市按10%回购)."""
    if claim.period or claim.length:
        return claim.period or (claim.length.period if claim.length else None)
    return YEAR if is_unlisted(scan, claim) else None


def is_unlisted(scan: Scan, claim: Claim) -> bool:
    """Whether the rate is what a share brings that was not listed in time: 没上市按10个点退."""
    return _UNLISTED.search(scan.text, max(0, claim.start - 20), claim.rate.start) is not None


def _gain(scan: Scan, claim: Claim) -> Decimal | None:
    """What is gained on the price; None where the rate is a share of the price (按购价80%回购)."""
    value = claim.rate.value or Decimal(0)
    if value < 1 and is_unlisted(scan, claim):
        return value
    follows = claim.buy_back is not None and claim.buy_back.end <= claim.rate.start
    if claim.each or follows or _PLUS.search(scan.text, claim.stretch_start, claim.rate.start):
        return value
    return value - 1 if value > 1 else None


def _at_price(scan: Scan, index: int) -> Iterator[Promise]:
    token = scan.tokens[index]
    length = _length_before(scan, index)
    start = length.start if length else max(0, token.start - 2)
    phrase = scan.phrase(start, token.end, index, kind="buy_back")
    if phrase is not None:
        yield bare_promise(phrase, length.period if length else None)


def multiplied(scan: Scan) -> Iterator[Promise]:
    """Promises of a multiple: 一年翻一番, 八年赚四倍, 锁仓180天翻倍."""
    for index in scan.at("multiple"):
        token = scan.tokens[index]
        if token.value is None:
            continue
        length = _length_before(scan, index) or _length_after(scan, index)
        if not _is_money_growing(scan, token, length):
            continue
        used = [token, length] if length else [token]
        start, end = min(t.start for t in used), max(t.end for t in used)
        phrase = scan.phrase(start, end, index)
        if phrase is not None:
            yield rate_promise(phrase, token.value, length.period if length else None)


def _is_money_growing(scan: Scan, token: Token, length: Token | None) -> bool:
    start = _clause_start(scan.text, max(0, token.start - _NEAR), token.start)
    if _CAP.search(scan.text, max(0, token.start - 4), token.end + 2):
        return False
    if "other_growth" in scan.around.kinds(start, token.start):
        return False
    near = scan.text[max(start, token.start - 4) : token.end + 4]
    if not _GROWS.search(near):
        return False
    return length is not None or "money" in scan.around.sentence(token.start, token.end).kinds


def paid_back(scan: Scan) -> Iterator[Promise]:
    """Promises of a payback time: 60天回本, 回本周期8个月."""
    for index in scan.at("payback"):
        token = scan.tokens[index]
        if _NOT_YET.search(scan.text, max(0, token.start - 3), token.start):
            continue
        length = _length_before(scan, index) or _length_after(scan, index)
        if length is None or length.period is None:
            continue
        start, end = min(length.start, token.start), max(length.end, token.end)
        phrase = scan.phrase(start, end, index)
        if phrase is not None:
            yield payback_promise(phrase, length.period)


def _clause_start(text: str, start: int, end: int) -> int:
    return max((text.rfind(mark, start, end) + 1 for mark in ",，。;；!！?？\n"), default=0) or start


def _length_before(scan: Scan, index: int) -> Token | None:
    """Length of time before a token: in its clause, or closing the clause before (两万投入，八年后，翻倍)."""
    anchor = scan.tokens[index]
    for token in reversed(scan.tokens[max(0, index - 4) : index]):
        if anchor.start - token.end > _NEAR or token.kind == "stop" or token.kind in RATES:
            return None
        if token.kind == "length":
            return token
        if token.kind == "each" and token.text[0] == "每":
            return None if "," in scan.text[token.end : anchor.start] else token
    return None


def _length_after(scan: Scan, index: int) -> Token | None:
    anchor = scan.tokens[index]
    for token in scan.tokens[index + 1 : index + 3]:
        if token.start - anchor.end > _NEAR or token.kind in BREAKS:
            return None
        if token.kind == "length":
            return token
    return None
