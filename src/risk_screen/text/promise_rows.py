"""Rows of a table that give two sums each: 投资金额 日收益 / 1000元 15元 / 5000元 80元."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from risk_screen.text.amounts import Period
from risk_screen.text.promise import Promise
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_roles import Sum
from risk_screen.text.promise_sums import Payment, payment_promise

_HEADING_REACH, _ROW_REACH = 40, 24
"""Characters from the heading to its first row, and from one row to the next."""

_UNGOVERNED = frozenset({"loose", "regular"})
_COLUMN_GAP = re.compile(r"[ \t|:,，/-]{1,8}")
_LATER = re.compile(r"之?后")
_EVERY = re.compile(r"到手|得|领|返|利|给|分")
_PAID_HEADING = re.compile(r"今天|出钱|投入|价格|买|投资|金额|本金|存|额度|认购|档|套餐|价|股金|铺|款|一共|出资")


class _Heading(NamedTuple):
    """Time that a column is named for: paid every period (月返), or once at its end (三年后)."""

    period: Period
    is_once: bool


def table_rows(scan: Scan, sums: list[Sum]) -> Iterator[Promise]:
    """Promises of the rows under a heading that names what is paid and what comes back each period."""
    heading: _Heading | None = None
    end = 0
    for paid, back in pairwise(sums):
        if (
            paid.start < end
            or paid.role not in _UNGOVERNED
            or back.role not in _UNGOVERNED
            or not _are_columns(scan, paid, back)
        ):
            continue
        if heading is None or paid.start - end > _ROW_REACH:
            heading = _heading(scan, paid)
        end = back.end
        phrase = scan.phrase(paid.start, back.end, back.index) if heading else None
        if heading is not None and phrase is not None and paid.token.value and back.token.value:
            yield payment_promise(phrase, _payment(heading, paid.token.value, back.token.value, _term(scan, back)))


def _payment(heading: _Heading, paid: Decimal, back: Decimal, term: Period | None) -> Payment:
    """What a row says under 月返 (every month) or under 三年后 (once, the sum paid included)."""
    if heading.is_once:
        return Payment(paid, back, None, heading.period, back > paid)
    includes = term is not None and back * term.years / heading.period.years >= paid
    return Payment(paid, back, heading.period, term if includes else None, includes)


def _term(scan: Scan, back: Sum) -> Period | None:
    """How long it is paid, in the next column (15 | 365天)."""
    following = scan.tokens[back.index + 1 : back.index + 2]
    is_next = (
        following and following[0].kind == "length" and _COLUMN_GAP.fullmatch(scan.text, back.end, following[0].start)
    )
    return following[0].period if is_next else None


def _are_columns(scan: Scan, paid: Sum, back: Sum) -> bool:
    return _COLUMN_GAP.fullmatch(scan.text, paid.end, back.start) is not None


def _heading(scan: Scan, first: Sum) -> _Heading | None:
    """The last 日收益, 月返, 一年到手, else 三年后, before the first row, if a word for the sum paid stands before."""
    later: _Heading | None = None
    for token in reversed(scan.tokens[max(0, first.index - 6) : first.index]):
        if first.start - token.end > _HEADING_REACH:
            break
        named = _PAID_HEADING.search(scan.text, max(0, token.start - 12), token.start)
        if token.period is None or not named:
            if token.kind in ("yield", "each"):
                break
        elif token.kind in ("yield", "each") or (token.period.count == 1 and _EVERY.match(scan.text, token.end)):
            return _Heading(token.period, is_once=False)
        elif _LATER.match(scan.text, token.end):
            later = _Heading(token.period, is_once=True)
    return later
