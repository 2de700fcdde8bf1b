"""Promises that state a rate: 月息2分, 年化7%-14%, 三年后加价30%回购, and the rows of a table of rates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from risk_screen.text.amounts import MONTH, YEAR, Period
from risk_screen.text.promise import Promise
from risk_screen.text.promise_claims import Claim, is_return, is_something_else, read_claim
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_growth import bought_back_dearer
from risk_screen.text.promise_sums import rate_promise
from risk_screen.text.promise_tokens import RATES, Token
from risk_screen.text.promise_words import ROW_GAP

_TABLE_REACH = 48
"""Characters from a heading, or from the row before, to the rate of the next row."""

_ROW_GAP = re.compile(ROW_GAP)
_COLUMN_GAP = re.compile(r"[\s|/、]{1,3}")
_TENOR = re.compile(r"\s?(?:定期|期|定存|标|型|档)")
_TOTAL = re.compile(r"总|共|合计|累计|到期|期满|届满|满|后")
_RETURNED = frozenset({"返", "返还", "拿回", "取回", "领回", "兑付", "归还", "退还", "退", "本息", "回", "还"})
_FEN_OF_A_YEAR = {"year": Decimal(10), "day": Decimal(1000)}
"""年息1分 is 10 %, 日息1分 is 0.1 %; 1分 of any other period is 1 % (DOMAIN §5.3)."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """A period of interest said once for the rows that follow (年化收益：3个月 6%，6个月 8%)."""

    period: Period
    end: int


def stated_rates(scan: Scan) -> Iterator[Promise]:
    """Promises of a rate, row by row where a table gives several."""
    heading: _Heading | None = None
    waiting: list[Claim] = []
    for index, token in enumerate(scan.tokens):
        if token.kind == "yield" and token.period is not None:
            heading = _Heading(token.period, token.end)
            if waiting and _stands_after(scan, index, waiting[-1]):
                yield from _fill(scan, waiting, heading)
                waiting = []
        if token.kind not in RATES:
            continue
        claim = read_claim(scan, index)
        if claim.buy_back is not None:
            yield from bought_back_dearer(scan, claim)
        elif is_return(scan, claim):
            period = _period(scan, claim)
            if period and claim.each and claim.each.start >= token.end:
                yield from _fill(scan, waiting, _Heading(period, token.start))
            waiting = []
            heading = _Heading(period, token.end) if period and claim.each else heading
            yield from _promise(scan, claim, period)
        elif _is_row(scan, claim) and not is_something_else(scan, claim):
            if heading is not None and token.start - heading.end <= _TABLE_REACH:
                heading = _Heading(heading.period, token.end)
                yield from _promise(scan, claim, heading.period)
            elif claim.length is not None and _is_deposit(scan, claim, claim.length):
                yield from _promise(scan, claim, YEAR)
            else:
                waiting.append(claim)


def _fill(scan: Scan, waiting: list[Claim], heading: _Heading) -> Iterator[Promise]:
    """一年期8%、二年期9%、三年期10%的年收益: the words after the last row speak for the rows before."""
    for claim in waiting:
        if heading.end - claim.rate.end <= _TABLE_REACH:
            yield from _promise(scan, claim, heading.period)


def _stands_after(scan: Scan, index: int, row: Claim) -> bool:
    """半年期8.8%，一年期12.6%，预期年化收益: a period without a rate of its own, right behind the rows."""
    token, following = scan.tokens[index], scan.tokens[index + 1 : index + 3]
    has_rate = any(word.kind in RATES and word.start - token.end <= 8 for word in following)
    return not has_rate and token.start - row.rate.end <= 8


def _is_row(scan: Scan, claim: Claim) -> bool:
    """Whether a sum of money or a length of time stands straight before the rate, as in a table."""
    before = [key for key in (claim.length, claim.row_key) if key and key.end <= claim.rate.start]
    if not before:
        return False
    key = before[0]
    if key.kind in RATES:
        return _COLUMN_GAP.fullmatch(scan.text, key.end, claim.rate.start) is not None
    claim.used = [key]
    return _ROW_GAP.fullmatch(scan.text, key.end, claim.rate.start) is not None


def _is_deposit(scan: Scan, claim: Claim, length: Token) -> bool:
    """一年定期9.9%，吃利息不用愁: a tenor and a rate, and money in the same sentence."""
    return _is_tenor(scan, claim, length) and "money" in scan.around.sentence(length.start, claim.rate.end).kinds


def _period(scan: Scan, claim: Claim) -> Period | None:
    if claim.each is not None:
        return claim.period
    if claim.length is not None and claim.length.period is not None:
        return YEAR if _is_tenor(scan, claim, claim.length) else claim.length.period
    return MONTH if claim.rate.kind == "fen" else None


def _is_tenor(scan: Scan, claim: Claim, length: Token) -> bool:
    """三年期收益8%: by custom the rate of a year; 三年后收益30%, 三年总收益30% speak of the whole time."""
    if length.end > claim.rate.start:
        return False
    between = scan.text[length.end : claim.rate.start]
    if _TOTAL.search(between):
        return False
    return _TENOR.match(between) is not None


def _fraction(claim: Claim, period: Period | None) -> Decimal:
    value = claim.rate.value or Decimal(0)
    if claim.rate.kind == "fen":
        return value / _FEN_OF_A_YEAR.get(period.unit if period else "month", Decimal(100))
    return value


def _promise(scan: Scan, claim: Claim, period: Period | None) -> Iterator[Promise]:
    phrase = scan.phrase(claim.start, claim.end, claim.index)
    if phrase is None:
        return
    value = _fraction(claim, period)
    if claim.out is not None and claim.income is None and claim.out.text in _RETURNED and value >= 1 and not claim.each:
        value -= 1
    yield rate_promise(phrase, value, period)
