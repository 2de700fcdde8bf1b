"""Promises on money paid in bit by bit: 每月存500元，存12个月，到期领6330元.

Convention: what is gained on all that was paid in, for the time it was in on average: (n + 1) ÷ 2 periods.
"""

from collections.abc import Iterator
from decimal import Decimal

from risk_screen.text.amounts import Period
from risk_screen.text.promise import Promise
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_roles import is_paid_regularly
from risk_screen.text.promise_sums import savings_promise
from risk_screen.text.promise_tokens import Token

_REACH = 60
"""Characters from the sum paid in each time to what comes back."""

_MOST_TIMES = 600


def paid_in_regularly(scan: Scan) -> Iterator[Promise]:
    """Promises of a sum for a sum that is paid in every month or year."""
    for index in scan.at("money", "bare"):
        if not is_paid_regularly(scan, index):
            continue
        token = scan.tokens[index]
        each = scan.tokens[index - 2].period
        times, back = _term_and_back(scan, index, each)
        if each is None or not 1 < times <= _MOST_TIMES or back is None or not back.value or not token.value:
            continue
        phrase = scan.phrase(scan.tokens[index - 2].start, back.end, index)
        if "not_paid_in" in scan.around.kinds(token.end, back.end):
            continue
        if phrase is not None and back.value > token.value * times:
            yield savings_promise(phrase, token.value, back.value, each, times)


def _term_and_back(scan: Scan, index: int, each: Period | None) -> tuple[int, Token | None]:
    """How often is paid in, and the first larger sum behind it."""
    times, paid = 0, scan.tokens[index].value or Decimal(1)
    for token in scan.tokens[index + 1 : index + 12]:
        if token.start - scan.tokens[index].end > _REACH:
            break
        if token.kind == "length" and not times and token.period is not None and each is not None:
            times = round(token.period.years / each.years)
        elif token.kind == "instalments" and not times:
            times = int(token.value or 0)
        elif token.kind in ("money", "bare") and (token.value or 0) > paid:
            return times, token
    return times, None
