"""Which rates are rates of a year though no word says so: what platforms list, rents, rates without a sign."""

import re
from decimal import Decimal

from risk_screen.text.amounts import Period, read_length
from risk_screen.text.promise_claims import CLAUSE_ENDS, Claim
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_tokens import Token

MOST_BY_CUSTOM = Decimal("0.24")
_LEAST_LISTED, _MOST_LISTED = Decimal("0.04"), Decimal("0.36")
_GIFTS = frozenset({"送", "赠", "赠送"})
_LISTING_REACH = 60
_TERM = r"[0-9半一二两三四五六七八九十]{1,3} ?(?:个月|月|天|日|年)"
_LISTED_BEFORE = re.compile(
    rf"(?:{_TERM}期?(?:新手|专享)?标?[”\"」]?\(?|[标级]|活期(?:也有)?|万(?:元)?起|元起|号|目|券|\)|」|包|[a-z])"
    r"[\s|:·,，]{0,2}(?:预期|约|基础|固定|年化)?$"
)
_LENT = re.compile(r"[,，\s][0-9一二两三五十]{1,3}[万千](?:起|以上)")
_LISTED_BEHIND = re.compile(
    rf"[\s|·,，/]{{0,2}}(?:起|封顶)?[\s|·,，]{{0,2}}(?:期限|还剩|{_TERM}|[0-9]{{1,3}}[万元]|半年)"
)
_FIXED = re.compile(r"(?:固定|约定|保底|承诺|签约)[^,，。;；\n0-9]{0,4}$")
MOST_A_YEAR, _LEAST_A_YEAR = Decimal("0.15"), Decimal("0.03")
"""A rent promised for several years is a rate of one year up to the first, a total of all from there on."""


def is_listed(scan: Scan, claim: Claim) -> bool:
    """6个月13.5%, 10.2%|12个月, 专享标15%: what a platform lists; by custom a rate of a year."""
    rate = claim.rate
    if not _LEAST_LISTED <= (rate.value or 0) <= _MOST_LISTED or (claim.out and claim.out.end <= rate.start):
        return False
    if rate.kind == "fen":
        is_lent = "listing" in _nearby(scan, claim) or _LENT.match(scan.text, rate.end) is not None
        return is_lent and len(rate.text) > 2 and CLAUSE_ENDS.match(scan.text, rate.end) is not None
    if "listing" not in _nearby(scan, claim):
        return False
    return _LISTED_BEFORE.search(scan.text, max(0, rate.start - 8), rate.start) is not None or (
        _LISTED_BEHIND.match(scan.text, rate.end) is not None
    )


def _nearby(scan: Scan, claim: Claim) -> frozenset[str]:
    return scan.around.kinds(max(0, claim.start - _LISTING_REACH), claim.end + _LISTING_REACH)


def whole_time(claim: Claim, each: Token) -> Period | None:
    """前三年返租24%: too much for one year's rent, so that of all three."""
    if each.text[0] not in "前后头中":
        return None
    length = read_length(each.text[1:])
    return length if is_total(claim.rate, length) else None


def is_total(rate: Token, length: Period) -> bool:
    """Whether a rate is that of several years together: 三年租金24%."""
    value = rate.value or Decimal(0)
    return length.years >= 2 and value > MOST_A_YEAR and value / length.years >= _LEAST_A_YEAR


def is_too_little(claim: Claim, length: Token) -> bool:
    """八年净返10%: less than anybody promises for so long a time, so that it is what one year brings."""
    value = claim.rate.value or Decimal(0)
    if length.period is None or value < _LEAST_LISTED or (claim.out is not None and claim.out.text in _GIFTS):
        return False
    return value / length.period.years < _LEAST_A_YEAR


def is_yearly_by_custom(scan: Scan, claim: Claim) -> bool:
    """返租8%, 回报9.5 without its sign, 固定回报12%: rates of a year, though nobody says so."""
    value = claim.rate.value or Decimal(0)
    if not _LEAST_A_YEAR <= value <= MOST_BY_CUSTOM:
        return False
    if claim.rate.kind == "unsigned" or (claim.income is not None and "租" in claim.income.text):
        return True
    if "listing" in _nearby(scan, claim) and value >= _LEAST_LISTED:
        return True
    start = claim.income.start if claim.income else claim.rate.start
    return _FIXED.search(scan.text, max(0, start - 8), claim.rate.start) is not None
