"""Promises that state a rate: 月息2分, 年化7%-14%, 三年后加价30%回购, and the rows of a table of rates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from risk_screen.text.amounts import MONTH, YEAR, Period
from risk_screen.text.numerals import read_number
from risk_screen.text.promise import Promise
from risk_screen.text.promise_claims import Claim, is_return, is_something_else, read_claim
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_customs import (
    MOST_A_YEAR,
    MOST_BY_CUSTOM,
    is_listed,
    is_too_little,
    is_total,
    is_yearly_by_custom,
    whole_time,
)
from risk_screen.text.promise_growth import bought_back_dearer, is_unlisted
from risk_screen.text.promise_sums import rate_promise
from risk_screen.text.promise_tokens import BREAKS, RATES, Token
from risk_screen.text.promise_words import ROW_GAP

_TABLE_REACH = 48
"""Characters from a heading, or from the row before, to the rate of the next row."""

_ROW_GAP = re.compile(ROW_GAP)
_COLUMN_GAP = re.compile(r"[\s|/、]{1,3}")
_LEASES = re.compile(r"租|包|托管|物管|运营")
_TENOR = re.compile(r"\s?(?:定期|期|定存|标|型|档|产品)")
_TOTAL = re.compile(r"总|共|合计|累计|到期|期满|届满|满|后")
_RETURNED = frozenset(
    {"返", "返还", "拿回", "取回", "领回", "兑付", "归还", "退还", "退", "本息", "回", "还", "收回", "退回"}
)
_EXIT = re.compile(r"(?:翻倍|双倍|([2-9两二三四五])倍|至?([2-9]00)%)[^,，。;；\n0-9]{0,4}出局")
_EXIT_REACH = 90
_FEN_OF_A_YEAR = {"year": Decimal(10), "day": Decimal(1000)}
"""年息1分 is 10 %, 日息1分 is 0.1 %; 1分 of any other period is 1 % (DOMAIN §5.3)."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """A period of interest said once for the rows that follow (年化收益：3个月 6%，6个月 8%)."""

    period: Period
    end: int


def stated_rates(scan: Scan) -> Iterator[Promise]:
    """Promises of a rate, row by row where a table gives several."""
    table = _Table(scan)
    for index in scan.at("yield", *RATES):
        token = scan.tokens[index]
        if token.kind == "yield":
            yield from table.take_heading(index)
        else:
            claim = read_claim(scan, index)
            if claim.buy_back is not None:
                yield from bought_back_dearer(scan, claim)
            elif is_return(scan, claim):
                yield from table.take_return(claim)
            elif table.refuses(claim) or is_something_else(scan, claim):
                table.refused = token
            elif is_unlisted(scan, claim) and (token.value or 0) <= MOST_BY_CUSTOM:
                yield from _promise(scan, claim, YEAR)
            elif is_listed(scan, claim):
                yield from _promise(scan, claim, MONTH if token.kind == "fen" else YEAR)
            elif _is_row(scan, claim):
                yield from table.take_row(claim)


class _Table:
    """The heading that rows stand under, and the rows that still wait for theirs."""

    __slots__ = ("heading", "refused", "scan", "waiting")

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self.heading: _Heading | None = None
        self.waiting: list[Claim] = []
        self.refused: Token | None = None

    def refuses(self, claim: Claim) -> bool:
        """Whether a rate stands beside one that is no return (推荐奖 6% / 9%)."""
        return self.refused is not None and claim.row_key is self.refused

    def take_heading(self, index: int) -> Iterator[Promise]:
        """A period with income (年化收益): names the rows that follow, or those it stands right behind."""
        token = self.scan.tokens[index]
        if token.period is None:
            return
        self.heading = _Heading(token.period, token.end)
        if self.waiting and _stands_after(self.scan, index, self.waiting[-1]):
            yield from self._fill(self.heading)

    def take_return(self, claim: Claim) -> Iterator[Promise]:
        """A rate with its own words; 一年期8%、二年期9%、三年期10%的年收益: they speak for the rows before too."""
        opens_rows = claim.each is None and _opens_rows(self.scan, claim)
        period = YEAR if opens_rows else _period(self.scan, claim)
        if period and claim.each:
            if claim.each.start >= claim.rate.end:
                yield from self._fill(_Heading(period, claim.rate.start))
            self.heading = _Heading(period, claim.rate.end)
        elif opens_rows:
            self.heading = _Heading(YEAR, claim.rate.end)
        self.waiting = []
        yield from _promise(self.scan, claim, period)

    def take_row(self, claim: Claim) -> Iterator[Promise]:
        """A rate with only a sum or a length of time before it (5万 9%)."""
        if self.heading is not None and claim.rate.start - self.heading.end <= _TABLE_REACH:
            self.heading = _Heading(self.heading.period, claim.rate.end)
            yield from _promise(self.scan, claim, self.heading.period)
        elif claim.length is not None and _is_deposit(self.scan, claim, claim.length):
            yield from _promise(self.scan, claim, YEAR)
        else:
            self.waiting.append(claim)
            if len(self.waiting) > 1:
                yield from self._read_by_custom(claim)

    def _read_by_custom(self, claim: Claim) -> Iterator[Promise]:
        """Several rows without a heading: terms have rates of a year, sums of money have 分 of a month."""
        rows = self.waiting[-2:]
        period = None
        if all(_is_near_term(row) for row in rows):
            period = YEAR
        elif all(row.rate.kind == "fen" for row in rows):
            period = MONTH
        if period is not None:
            self.heading = _Heading(period, claim.rate.end)
            yield from self._fill(self.heading)

    def _fill(self, heading: _Heading) -> Iterator[Promise]:
        rows, self.waiting = self.waiting, []
        for claim in rows:
            if heading.end - claim.rate.end <= _TABLE_REACH:
                length = claim.length.period if claim.length else None
                is_whole = length is not None and is_total(claim.rate, length)
                yield from _promise(self.scan, claim, length if is_whole else heading.period)


def _is_near_term(row: Claim) -> bool:
    """三月期7.2%，六月期9%; 6个月 8%: one of several terms with their rates, which by custom are rates of a year."""
    length = row.length
    return length is not None and length.end <= row.rate.start and length.text[0] != "每"


def _opens_rows(scan: Scan, claim: Claim) -> bool:
    """收益：6个月 8%，12个月 9.5%: the first of several terms, whose heading stands before it."""
    if not _is_near_term(claim) or claim.length is None or claim.length.period is None:
        return False
    if is_total(claim.rate, claim.length.period) or claim.rate.start - claim.length.end > 2:
        return False
    following = scan.tokens[claim.index + 1 : claim.index + 4]
    kinds = [token.kind for token in following if token.kind not in BREAKS][:2]
    return kinds == ["length", "rate"] and following[-1].start - claim.rate.end <= 12


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
        return whole_time(claim, claim.each) or claim.period
    if claim.length is not None and claim.length.period is not None:
        return YEAR if _is_of_a_year(scan, claim, claim.length) else claim.length.period
    if claim.rate.kind == "fen":
        return MONTH
    return YEAR if is_yearly_by_custom(scan, claim) else None


def _is_of_a_year(scan: Scan, claim: Claim, length: Token) -> bool:
    """三年期8%, and 8%包租五年: the length says how long a yearly rate is paid."""
    if _is_tenor(scan, claim, length) or claim.rate.kind == "unsigned" or is_too_little(claim, length):
        return True
    is_behind = length.start >= claim.rate.end
    between = scan.text[claim.rate.end : length.start]
    return is_behind and _LEASES.search(between) is not None and (claim.rate.value or 0) <= MOST_A_YEAR


def _is_tenor(scan: Scan, claim: Claim, length: Token) -> bool:
    """三年期收益8%: by custom the rate of a year; 三年后收益30%, 三年总收益30% speak of the whole time."""
    if length.end > claim.rate.start:
        return False
    between = scan.text[length.end : claim.rate.start]
    if _TOTAL.search(between) or "," in between:
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
    if period is not None and period.unit == "day":
        phrase = replace(phrase, exit_multiple=_exit_multiple(scan, claim))
    yield rate_promise(phrase, value, period)


def _exit_multiple(scan: Scan, claim: Claim) -> Decimal:
    """日释放1%，翻倍出局; 分红至200%自动出局: payments end at a multiple of the sum paid, which they repay first."""
    found = _EXIT.search(scan.text, claim.end, claim.end + _EXIT_REACH)
    if found is None:
        return Decimal(0)
    if found[1] is not None:
        return read_number(found[1])
    return Decimal(found[2]) / 100 if found[2] is not None else Decimal(2)
