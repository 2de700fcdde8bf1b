"""Turn what a promise says into a yearly rate, with the sum written out so that a person can check it."""

from dataclasses import dataclass, replace
from decimal import Decimal

from risk_screen.text.amounts import PER_YEAR, UNIT_NAMES, YEAR, Period
from risk_screen.text.promise import Promise

_DAYS = Decimal(365)
_HIGHEST = Decimal(10_000)
"""A million percent a year: what lies above is a misread number, not a promise."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Where a promise stands and what its sentence says about it."""

    start: int
    end: int
    quote: str
    kind: str = "cash"
    guaranteed: bool = False
    upfront: Decimal = Decimal(0)
    compounds: bool = False
    exit_multiple: Decimal = Decimal(0)
    """Multiple of the sum paid at which payments end (2倍出局), 0 where there is none: the principal is part of it."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money back for money paid: ``paid`` once, ``back`` once or every ``each`` until ``length`` is over."""

    paid: Decimal
    back: Decimal
    each: Period | None
    length: Period | None
    includes_principal: bool


def plain(number: Decimal) -> str:
    """Number with thousands commas and without trailing zeros: 130,000 or 1.5."""
    text = f"{number:,.2f}"
    return text.rstrip("0").rstrip(".")


def percent(fraction: Decimal) -> str:
    """Fraction as a percentage with at most four decimals: 24%, 608.3333%."""
    return f"{fraction * 100:.4f}".rstrip("0").rstrip(".") + "%"


def _spoken(period: Period) -> str:
    """Length of time in Chinese: 3个月, 1年, 0.5年."""
    if period.unit == "half_year":
        return f"{plain(period.count / 2)}年"
    between = "个" if period.unit in ("month", "quarter") else ""
    return f"{plain(period.count)}{between}{UNIT_NAMES[period.unit]}"


def _every(period: Period) -> str:
    return f"每{UNIT_NAMES[period.unit]}" if period.count == 1 else f"每{_spoken(period)}"


def _promise(
    phrase: Phrase, period: Period | None, rate: Decimal, arithmetic: str, *, irr: float | None = None
) -> Promise:
    """Close a sum: a rate of a stated period is annual, otherwise assumed; nothing gained is no rate."""
    gains = 0 < rate < _HIGHEST
    return Promise(
        start=phrase.start,
        end=phrase.end,
        kind=phrase.kind,
        period=period.name if period else None,
        annual_rate=float(rate) if gains and period else None,
        irr=irr,
        payback_days=None,
        assumed_rate=float(rate) if gains and not period else None,
        guaranteed=phrase.guaranteed,
        arithmetic=arithmetic if gains else f"{phrase.quote}：只拿回所付的钱，没有收益率",
    )


def rate_promise(phrase: Phrase, rate: Decimal, period: Period | None) -> Promise:
    """Promise of a rate per period (月息2%), or of a rate without period (收益20%).

    A part paid back at once (前置返点 b) lowers what was really paid to 1 − b.
    """
    annual = rate * (period or YEAR).per_year / (1 - phrase.upfront)
    if phrase.exit_multiple > 1:
        annual *= (phrase.exit_multiple - 1) / phrase.exit_multiple
    if period is None:
        arithmetic = f"{phrase.quote} = {percent(rate)}（没有写期限，按1年计）"
        if phrase.upfront:
            arithmetic = f"{arithmetic} {_upfront(phrase)} = {percent(annual)}/年"
        return _promise(phrase, None, annual, arithmetic)
    per = UNIT_NAMES[period.unit] if period.count == 1 else _spoken(period)
    steps = [f"{phrase.quote} = {percent(rate)}/{per}"]
    if period.unit != "year":
        steps.append(f"× {plain(PER_YEAR[period.unit])}")
    if period.count != 1:
        steps.append(f"÷ {plain(period.count)}")
    if phrase.upfront:
        steps.append(_upfront(phrase))
    if phrase.exit_multiple > 1:
        steps.append(f"× ({plain(phrase.exit_multiple)} − 1) ÷ {plain(phrase.exit_multiple)}（出局前先还本金）")
    if len(steps) > 1:
        steps.append(f"= {percent(annual)}/年")
    return _promise(phrase, period, annual, " ".join(steps) + _compounded(phrase, rate, period))


def _upfront(phrase: Phrase) -> str:
    return f"÷ (1 − {percent(phrase.upfront)})"


def _compounded(phrase: Phrase, rate: Decimal, period: Period) -> str:
    if not phrase.compounds or period.per_year <= 1:
        return ""
    grown = (1 + rate) ** period.per_year - 1
    return (
        f"；利滚利：(1 + {percent(rate)})^{plain(period.per_year)} − 1 = {percent(grown)}" if grown < _HIGHEST else ""
    )


def payment_promise(phrase: Phrase, payment: Payment) -> Promise:
    """Promise of money for money (投10万一年返13万, 投10万每月返2000)."""
    paid = payment.paid * (1 - phrase.upfront)
    head = f"投入{plain(payment.paid)}元"
    if phrase.upfront:
        head += f"，先返{percent(phrase.upfront)}，实付{plain(paid)}元"
    if payment.each is not None and payment.includes_principal and payment.length is not None:
        return _instalments(phrase, payment, paid, head)
    if payment.each is not None:
        return _interest(phrase, payment, paid, head)
    return _lump_sum(phrase, payment, paid, head)


def _interest(phrase: Phrase, payment: Payment, paid: Decimal, head: str) -> Promise:
    assert payment.each is not None
    annual = payment.back / paid * payment.each.per_year
    times = "" if payment.each.per_year == 1 else f" × {plain(payment.each.per_year)}"
    arithmetic = (
        f"{head}，{_every(payment.each)}得{plain(payment.back)}元："
        f"{plain(payment.back)} ÷ {plain(paid)}{times} = {percent(annual)}/年"
    )
    return _promise(phrase, payment.each, annual, arithmetic)


def _lump_sum(phrase: Phrase, payment: Payment, paid: Decimal, head: str) -> Promise:
    gain = payment.back - paid if payment.includes_principal else payment.back
    length = payment.length or YEAR
    annual = gain / paid / length.years
    when = f"{_spoken(length)}后" if payment.length else ""
    sum_ = f"({plain(payment.back)} − {plain(paid)})" if payment.includes_principal else plain(gain)
    verb = "拿回" if payment.includes_principal else "得"
    over = "" if payment.length is None else f" ÷ {_years(length)}"
    unit = "（没有写期限，按1年计）" if payment.length is None else "/年"
    arithmetic = f"{head}，{when}{verb}{plain(payment.back)}元：{sum_} ÷ {plain(paid)}{over} = {percent(annual)}{unit}"
    return _promise(phrase, payment.length, annual, arithmetic)


def _years(length: Period) -> str:
    """Length in years: 2年, 0.5年, (90 ÷ 365)年."""
    years = length.years
    if years * 4 == int(years * 4):
        return f"{plain(years)}年"
    return f"({plain(length.count)} ÷ {plain(PER_YEAR[length.unit])})年"


def _instalments(phrase: Phrase, payment: Payment, paid: Decimal, head: str) -> Promise:
    assert payment.each is not None
    assert payment.length is not None
    count = int(payment.length.years / payment.each.years + Decimal("0.5"))
    total = payment.back * count
    annual = (total - paid) / paid / payment.length.years
    irr = _periodic_irr(float(paid), float(payment.back), count)
    yearly_irr = irr * float(payment.each.per_year) if irr is not None else None
    tail = f"；内部收益率{yearly_irr:.2%}/年" if yearly_irr is not None else ""
    arithmetic = (
        f"{head}，{_every(payment.each)}返{plain(payment.back)}元共{count}期（含本金）："
        f"({plain(total)} − {plain(paid)}) ÷ {plain(paid)} ÷ {_years(payment.length)} = {percent(annual)}/年{tail}"
    )
    return _promise(phrase, payment.length, annual, arithmetic, irr=yearly_irr)


def _periodic_irr(paid: float, back: float, count: int) -> float | None:
    """Rate r with paid = Σ back/(1+r)^k, k = 1…count, by bisection; None where nothing is gained."""
    if back * count <= paid:
        return None
    low, high = 0.0, back / paid  # an endless annuity earns back/paid, a finite one less
    for _ in range(60):
        middle = (low + high) / 2
        value = back * (1 - (1 + middle) ** -count) / middle
        low, high = (middle, high) if value > paid else (low, middle)
    return high


def savings_promise(phrase: Phrase, paid: Decimal, back: Decimal, each: Period, times: int) -> Promise:
    """Promise of a sum for a sum paid in every period (每月存500元，存12个月，到期领6330元)."""
    total = paid * times
    years = each.years * (times + 1) / 2
    annual = (back - total) / total / years
    arithmetic = (
        f"{_every(each)}存入{plain(paid)}元共{times}次，拿回{plain(back)}元："
        f"({plain(back)} − {plain(total)}) ÷ {plain(total)} ÷ 平均{plain(years)}年 = {percent(annual)}/年"
    )
    return _promise(phrase, Period(each.count * times, each.unit), annual, arithmetic)


def payback_promise(phrase: Phrase, length: Period) -> Promise:
    """Promise that the money paid is back after a time (60天回本)."""
    years = length.years
    factor = f"{plain(PER_YEAR[length.unit])} ÷ {plain(length.count)}"
    return Promise(
        start=phrase.start,
        end=phrase.end,
        kind=phrase.kind,
        period=None,
        annual_rate=None,
        irr=None,
        payback_days=max(1, round(years * _DAYS)),
        assumed_rate=float(1 / years),
        guaranteed=phrase.guaranteed,
        arithmetic=f"{phrase.quote}：本钱{_spoken(length)}回来一次，{factor} = {percent(1 / years)}（按全年都如此计）",
    )


def stacked_promise(running: Promise, at_end: Promise) -> Promise:
    """Promise of a running income and a price above the one paid at the end (年租8%，五年后加价10%回购)."""
    parts = [Decimal(str(rate)) for rate in (running.annual_rate, at_end.annual_rate) if rate is not None]
    shown = [promise.arithmetic.split("；")[0] for promise in (running, at_end)]
    return replace(
        running,
        start=min(running.start, at_end.start),
        end=max(running.end, at_end.end),
        annual_rate=float(sum(parts)),
        arithmetic=f"{shown[0]}，{shown[1]}：{' + '.join(map(percent, parts))} = {percent(sum(parts, Decimal(0)))}/年",
    )


def credit_promise(phrase: Phrase, paid: Decimal, back: Decimal) -> Promise:
    """Promise of store credit for money paid (充1000送1000): the ratio only, never a yearly rate."""
    ratio = back / paid
    arithmetic = (
        f"充{plain(paid)}元送{plain(back)}元：{plain(back)} ÷ {plain(paid)} = {percent(ratio)}（储值赠送，不折成年化）"
    )
    return _promise(phrase, None, ratio, arithmetic)


def bare_promise(phrase: Phrase, period: Period | None = None) -> Promise:
    """Promise without a rate: goods for money, or buying back at the price paid."""
    return Promise(
        start=phrase.start,
        end=phrase.end,
        kind=phrase.kind,
        period=period.name if period else None,
        annual_rate=None,
        irr=None,
        payback_days=None,
        assumed_rate=None,
        guaranteed=phrase.guaranteed,
        arithmetic=f"{phrase.quote}：{'给的是实物' if phrase.kind == 'goods' else '只拿回所付的钱'}，算不出收益率",
    )
