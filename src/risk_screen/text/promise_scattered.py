"""Promises told piece by piece: the price here, what it brings each month some sentences on.

Read only where no reader of phrases found a rate. Every sum that comes back at stated times looks for the price it
is paid on; of several prices the likeliest counts: near, before it, named as a price, with an income of everyday size.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log
from operator import itemgetter

from risk_screen.text.amounts import YEAR, Period
from risk_screen.text.promise import Promise
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_sums import Payment, payment_promise
from risk_screen.text.promise_tokens import Token

_PRICE_AND_INCOME = 2
_REACH, _AHEAD = 260, 60
"""Characters before and behind a payment in which its price may stand."""

_BEFORE, _TOUCHING = 18, 3
_THRESHOLD = 0.0
"""Likelihood (see `_likelihood`) above which a sum is taken for the price."""

_EARLIER, _LATER = 8, 2
"""Sums before and behind an income among which its price is looked for."""

_LEAST, _MOST, _MOST_DAILY = 0.03, 1.5, 6.0
"""Yearly income on the price that people promise: more is a misread number, less a fee."""

_USUAL = 0.12
_LEAST_BARE = 50
_BESIDE = 20
_OTHERS = frozenset({"not_paid_in", "something_else", "work"})
_TIMES = frozenset({"each", "yield", "length"})
_STOPS = frozenset({"stop"})
_PAY_IN = re.compile(
    r"存|交|缴|投入|工资|底薪|月薪|房租|租房|月租|月供|学费|饭|电费|话费|花(?!红)|省|卖|销|营业|流水|成本|原价|开支|退休金"
)
_INTO_HAND = re.compile(
    r"返|领|分|给|补|打|发|拿|得|收|租|利|红|息|到账|进账|到手|入账|进您|进你|进卡|保底|兜|贴|释放|产出|多|回|寄|结|赚|挣|报|盈|不少于|不低于|至少|固定|就是"
)
_REBATE = re.compile(r"返现|签到|打卡|减|优惠|抵|押金|定金")
_PASSED = re.compile(r"满|后|到|期")
_PRICED = re.compile(
    r"(?:价|投|认|购|买|出|入|存|交|放|借|掏|拿|要|门槛|只需|一份|每份|一股|每股|一[台套间个亩棵组户席位]|本金|押|搁|凑|押金)[^,，。;；\n0-9]{0,6}$"
)
_PIECE = re.compile(
    r"\s?(?:[元块]?钱?(?:/|一|每)[^\s0-9,，。年月天日周季]|起|的(?:卡|股|会员)|就能|即可|进来|给我|投|认|入股|买)"
)
_NO_PRICE = re.compile(
    r"(?:规模|额度|目标|估值|市值|资本|还?剩|送|奖|免费|市场价|评估价?|融资|总额|补|赔|存管|交易额?|价值|超|流水|营业额|工资|月薪|发行价|补贴|省|现价|介绍|推荐|带[^,，。]{1,5}|累计|已经?|共)[^,，。;；\n0-9]{0,4}$"
)


@dataclass(frozen=True, slots=True)
class _Income:
    """A sum that comes back every ``each``, or once after ``length``."""

    index: int
    token: Token
    start: int
    end: int
    each: Period | None
    length: Period | None

    def payment(self, price: Decimal) -> Payment:
        """The payment on a price; once, and not smaller than the price, it includes the price."""
        back = self.token.value or Decimal(0)
        if back >= price:  # 入十万，秋后给十一万五
            return Payment(price, back, None, self.each or self.length, True)
        return Payment(price, back, self.each, self.length, False)

    def yearly(self, price: Decimal) -> float:
        """Income of a year on a price, as a fraction."""
        paid = self.payment(price)
        gain = paid.back - price if paid.includes_principal else paid.back
        years = (self.each or self.length or YEAR).years
        return float(gain / price / years)


def scattered_offers(scan: Scan, read: Sequence[tuple[int, int]] = ()) -> Iterator[Promise]:
    """Promises told piece by piece; payments in stretches that were read already are left out."""
    sums = [(i, token) for i in scan.at("money", "bare") if (token := scan.tokens[i]) and _is_sum(scan, token)]
    if len(sums) < _PRICE_AND_INCOME:
        return
    for income in _incomes(scan, sums):
        if any(start <= income.token.start < end for start, end in read):
            continue
        price = _price(scan, sums, income)
        if price is None:
            continue
        start, end = min(price.start, income.start), max(price.end, income.end)
        phrase = scan.phrase(start, end, income.index)
        if phrase is not None and price.value:
            yield payment_promise(phrase, income.payment(price.value))


def _is_sum(scan: Scan, token: Token) -> bool:
    if token.kind == "money":
        return True
    return (
        token.kind == "bare" and (token.value or 0) >= _LEAST_BARE and scan.text[token.end : token.end + 1] not in "*-"
    )


def _incomes(scan: Scan, sums: list[tuple[int, Token]]) -> Iterator[_Income]:
    for index, token in sums:
        time = _time_of(scan, index)
        later = _later(scan, index) if time is None else None
        time = time or later
        if time is None or time.period is None:
            continue
        start, end = min(time.start, token.start), max(time.end, token.end)
        clause = _clause(scan.text, start, end)
        words = scan.text[clause[0] : clause[1]]
        if _PAY_IN.search(words) or not _INTO_HAND.search(words) or (later and _REBATE.search(words)):
            continue
        sentence = scan.around.sentence(start, end)
        if not sentence.is_offer or not _OTHERS.isdisjoint(scan.around.kinds(max(0, start - _BESIDE), end + 6)):
            continue
        each, length = (None, time.period) if later else (time.period, None)
        yield _Income(index, token, start, end, each, length)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    low = max((text.rfind(mark, max(0, start - 20), start) + 1 for mark in ",，。;；!！?？\n:："), default=0) or max(
        0, start - 12
    )
    ends = [at for mark in "。;；!！?？\n" if (at := text.find(mark, end, end + 24)) >= 0]
    return low, min(ends, default=min(len(text), end + 16))


def _time_of(scan: Scan, index: int) -> Token | None:
    """每月…450, 一个月450, 450一个月, 450/月."""
    tokens, token = scan.tokens, scan.tokens[index]
    for before in reversed(tokens[max(0, index - 4) : index]):
        if token.start - before.end > _BEFORE or before.kind in _STOPS or before.kind in ("money", "rate", "multiple"):
            break
        if before.kind in _TIMES:
            return before if _is_regular(before) else None
    behind = tokens[index + 1] if index + 1 < len(tokens) else None
    if behind is not None and behind.kind in _TIMES and behind.start - token.end <= _TOUCHING and _is_regular(behind):
        return behind
    return None


def _later(scan: Scan, index: int) -> Token | None:
    """摆满一年，三千块颜料钱我给您: a length of time in the clause, or the one before, that must have passed."""
    tokens, token = scan.tokens, scan.tokens[index]
    for before in reversed(tokens[max(0, index - 4) : index]):
        if token.start - before.end > _BEFORE or before.kind == "stop" or before.kind in ("money", "rate", "multiple"):
            return None
        if before.kind == "length":
            return before if _PASSED.search(scan.text, max(0, before.start - 1), token.start) else None
    return None


def _is_regular(time: Token) -> bool:
    if time.period is None:
        return False
    return time.kind != "length" or (time.period.count == 1 and "半" not in time.text)


def _price(scan: Scan, sums: list[tuple[int, Token]], income: _Income) -> Token | None:
    best: tuple[float, Token] | None = None
    place = bisect_left(sums, income.index, key=itemgetter(0))
    for index, token in sums[max(0, place - _EARLIER) : place + _LATER + 1]:
        if index == income.index or not -_AHEAD <= income.token.start - token.end <= _REACH:
            continue
        score = _likelihood(scan, token, income)
        if score is not None and (best is None or score > best[0]):
            best = (score, token)
    return best[1] if best is not None and best[0] > _THRESHOLD else None


def _likelihood(scan: Scan, price: Token, income: _Income) -> float | None:
    """How likely a sum is the price of an income; None where its yield is out of the question.

    Points for nearness, order, an everyday yield, words of a price and a round rate, set on the training part of
    the corpus; between −0.5 and 1 the threshold hardly matters there.
    """
    text = scan.text
    yearly = income.yearly(price.value or Decimal(1))
    daily = income.each is not None and income.each.unit in ("day", "week")
    if not _LEAST <= yearly <= (_MOST_DAILY if daily else _MOST):
        return None
    if _NO_PRICE.search(text, max(0, price.start - 10), price.start):
        return None
    gap = income.start - price.end
    score = 1.5 - abs(gap) / 100 - (0.8 if gap < 0 else 0)
    score -= 0.4 * abs(log(yearly / (0.8 if daily else _USUAL)))
    if _PRICED.search(text, max(0, price.start - 12), price.start) or _PIECE.match(text, price.end):
        score += 1.0
    if _is_even(yearly):
        score += 0.5
    return score


def _is_even(yearly: float) -> bool:
    """Whether a rate comes to whole percents or whole parts of a month."""
    return any(abs(value - round(value)) < 0.02 for value in (yearly * 100, yearly * 1000 / 12))
