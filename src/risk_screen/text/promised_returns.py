"""Find promised returns in a text: where they stand and what they come to in a year. Start reading here.

A text is cut into tokens (`promise_tokens`); four readers look for the shapes a promise can have; where their
phrases overlap the longest wins. Every step is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from operator import itemgetter

from risk_screen.text.promise import Promise
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_growth import bought_back, multiplied, paid_back
from risk_screen.text.promise_in_kind import more_of_the_same, names_goods
from risk_screen.text.promise_payments import money_for_money
from risk_screen.text.promise_rates import stated_rates
from risk_screen.text.promise_reported import Quotations
from risk_screen.text.promise_savings import paid_in_regularly
from risk_screen.text.promise_scattered import scattered_offers
from risk_screen.text.promise_sums import stacked_promise
from risk_screen.text.promise_tokens import RATES, measures_something, tokens_of

_READERS = (
    (frozenset({"money", "bare"}), paid_in_regularly),
    (frozenset({"money", "bare"}), money_for_money),
    (frozenset({"buy_back", "multiple"}), bought_back),
    (frozenset({"multiple"}), multiplied),
    (frozenset({"payback"}), paid_back),
)
"""What a text must contain for a reader to look at it."""

_BLOCK = 2_000
"""Characters read at a time; a promise that runs on over a line end at such a place is read in two."""

_BANK_RATE = 0.055
_BANK = re.compile(
    r"(?:银行|农商行|信用社|农信社?|基金|保险|证券)】|】[^。\n]{0,12}银行|银行[^。\n]{0,8}$|我行|本行|大额存单|定期存款|整存整取|挂牌利率|结构性存款|存款保险|票面利率"
    r"|(?<![a-z])r[1-5](?![0-9a-z])|净值型|业绩比较基准|过往业绩|理财子|财务收益率|代销|国债|邮局|行里存|存行里|存农行"
)

_RUNNING = ("month", "quarter", "year")
_MOST_RENT, _STACK_REACH = 0.3, 40
_KIND = itemgetter(0)
_NEEDED = RATES.union(*(needed for needed, _ in _READERS))


def promised_returns(text: str) -> tuple[Promise, ...]:
    """Promises in a text, in order, not overlapping.

    Parameters
    ----------
    text : str
        Folded text: simplified, lower case, full-width characters narrowed.

    Returns
    -------
    tuple of Promise
        Offsets are code points of ``text``. A table gives one promise per row.

    Examples
    --------
    >>> promised_returns("月息2分")[0].arithmetic
    '月息2分 = 2%/月 × 12 = 24%/年'
    """
    if not measures_something(text) and not names_goods(text):
        return ()
    if len(text) <= _BLOCK:
        return _read(text)
    return tuple(
        replace(promise, start=promise.start + start, end=promise.end + start)
        for start, end in _blocks(text)
        for promise in _read(text[start:end])
    )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a long text that end with a line, a sentence or a clause, so that memory stays small."""
    start = 0
    while start < len(text):
        end = start + _BLOCK
        if end < len(text):
            half = start + _BLOCK // 2
            end = next((at + 1 for mark in "\n。;, " if (at := text.rfind(mark, half, end)) > 0), end)
        yield start, min(end, len(text))
        start = end


def _read(text: str) -> tuple[Promise, ...]:
    tokens = tokens_of(text)
    has_goods = names_goods(text)
    if _NEEDED.isdisjoint(map(_KIND, tokens)) and not has_goods:
        return ()
    scan = Scan.of(text, tokens)
    kinds = scan.places.keys()
    stated = list(stated_rates(scan)) if RATES & kinds else []
    yearly = [rate for rate in stated if rate.period in ("year", "month") and rate.annual_rate]
    found = [promise for needed, read in _READERS if needed & kinds for promise in read(scan)]
    found = stated + [promise for promise in found if not _holds(promise, yearly)]
    if has_goods:
        found += more_of_the_same(scan)
    if all(promise.annual_rate is None for promise in found):
        found += scattered_offers(scan, [(promise.start, promise.end) for promise in found])
    if not found:
        return ()
    found += _stacked(found)
    is_bank = any(map(_is_small, found)) and _BANK.search(text) is not None
    quotations = Quotations(text)
    return _without_overlaps(
        [
            promise
            for promise in found
            if not (is_bank and _is_small(promise)) and not quotations.report(promise.start, promise.end)
        ]
    )


def _is_small(promise: Promise) -> bool:
    """A rate no bank exceeds: in a text of a bank (deposits, products with a risk class) nobody is lured by it."""
    return promise.annual_rate is not None and promise.annual_rate <= _BANK_RATE and promise.kind == "cash"


def _stacked(found: list[Promise]) -> list[Promise]:
    """A running income and the dearer buy-back behind it, as one promise; only where there is one of each."""
    running = [p for p in found if p.kind == "cash" and p.period in _RUNNING and 0 < (p.annual_rate or 0) <= _MOST_RENT]
    at_end = [p for p in found if p.kind == "buy_back" and p.annual_rate and p.period not in _RUNNING[:2]]
    if len(running) != 1 or len(at_end) != 1:
        return []
    if at_end[0].start < running[0].start or at_end[0].start - running[0].end > _STACK_REACH:
        return []
    return [stacked_promise(running[0], at_end[0])]


def _holds(phrase: Promise, stated: list[Promise]) -> bool:
    """Whether a sum only works out a rate that is stated in it: 投1万，3个月，年化10%，到期本息10250元."""
    return any(phrase.start < rate.start and rate.end < phrase.end for rate in stated)


def _without_overlaps(found: list[Promise]) -> tuple[Promise, ...]:
    """Of phrases that touch, one with a yearly rate counts, then the longest, then the earliest."""
    if len(found) < 2:
        return tuple(found)
    kept: list[Promise] = []
    found.sort(key=lambda promise: (promise.start, promise.start - promise.end))
    for promise in found:
        if not kept or promise.start >= kept[-1].end:
            kept.append(promise)
        elif _weight(promise) > _weight(kept[-1]):
            kept[-1] = promise
    return tuple(kept)


def _weight(promise: Promise) -> tuple[bool, int]:
    return promise.annual_rate is not None, promise.end - promise.start
