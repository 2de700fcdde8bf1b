"""Rows of a table that give two sums each: 投资金额 日收益 / 1000元 15元 / 5000元 80元."""

import re
from collections.abc import Iterator
from itertools import pairwise

from risk_screen.text.amounts import Period
from risk_screen.text.promise import Promise
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_roles import Sum
from risk_screen.text.promise_sums import Payment, payment_promise

_HEADING_REACH, _ROW_REACH = 40, 24
"""Characters from the heading to its first row, and from one row to the next."""

_UNGOVERNED = frozenset({"loose", "regular"})
_COLUMN_GAP = re.compile(r"[ \t|:,，/-]{1,8}")
_PAID_HEADING = re.compile(r"投资|金额|本金|存|额度|认购|档|套餐|价|股金|铺|款|一共|出资")


def table_rows(scan: Scan, sums: list[Sum]) -> Iterator[Promise]:
    """Promises of the rows under a heading that names what is paid and what comes back each period."""
    period: Period | None = None
    end = 0
    for paid, back in pairwise(sums):
        if paid.role not in _UNGOVERNED or back.role not in _UNGOVERNED or not _are_columns(scan, paid, back):
            continue
        if period is None or paid.start - end > _ROW_REACH:
            period = _heading(scan, paid)
        end = back.end
        phrase = scan.phrase(paid.start, back.end, back.index) if period else None
        if phrase is not None and paid.token.value and back.token.value:
            yield payment_promise(phrase, Payment(paid.token.value, back.token.value, period, None, False))


def _are_columns(scan: Scan, paid: Sum, back: Sum) -> bool:
    return _COLUMN_GAP.fullmatch(scan.text, paid.end, back.start) is not None


def _heading(scan: Scan, first: Sum) -> Period | None:
    """Period of the last 日收益, 月利息 … before the first row, if a word for the sum paid stands before it."""
    for token in reversed(scan.tokens[max(0, first.index - 6) : first.index]):
        if first.start - token.end > _HEADING_REACH:
            return None
        if token.kind in ("yield", "each"):
            named = _PAID_HEADING.search(scan.text, max(0, token.start - 12), token.start)
            return token.period if named else None
    return None
