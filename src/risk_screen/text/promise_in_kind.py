"""Promises of more of the same goods: 存100克一年得115克, 一千斤粮一年多给一百斤."""

import re
from collections.abc import Iterator
from decimal import Decimal

from risk_screen.text.amounts import LENGTH, Period, read_length, unit_of
from risk_screen.text.numerals import read_number
from risk_screen.text.promise import Promise
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_sums import rate_promise

_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,2})?|[一二两三四五六七八九十百千万]{1,6}"
_GOODS = re.compile(
    rf"(?<![0-9.一二两三四五六七八九十百千万每])({_NUMBER})(克|公斤|斤)(?!/)[^0-9。；;！!？?\n吃喝瘦减用]{{0,10}}?"
    rf"({LENGTH}|每个?[年月])[^0-9。；;！!？?\n吃喝瘦减用]{{0,8}}?(多)?(?:给|得|变|返|送|领|出)[您你成到出来]?({_NUMBER})\2"
)


_LENGTH_FIRST = re.compile(
    rf"({LENGTH})(?:下来|后|以?后)?[^0-9。；;！!？?\n吃喝瘦减用]{{0,6}}?(?<![0-9.每])({_NUMBER})(克|公斤|斤)变({_NUMBER})\3"
)


def names_goods(text: str) -> bool:
    """Whether a text names two weights, which is what such a promise takes."""
    return text.count("克") > 1 or text.count("斤") > 1


def more_of_the_same(scan: Scan) -> Iterator[Promise]:
    """Promises of a weight for a weight; 多 says that it comes on top."""
    for found in _GOODS.finditer(scan.text):
        paid, back = read_number(found[1]), read_number(found[5])
        length = read_length(found[3])
        includes = found[4] is None and back >= paid
        length = Period(Decimal(1), unit_of(found[3])) if found[3][0] == "每" else length
        if not paid or not length.count or not back or back > paid * 10:
            continue
        phrase = scan.phrase(found.start(), found.end(), 0, kind="goods")
        if phrase is not None:
            yield rate_promise(phrase, (back - paid if includes else back) / paid, length)
