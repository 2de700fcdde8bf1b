"""Numerals as people write them."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.text.numerals import CHINESE, MIXED, read_number

VALUES = [
    ("10,000", "10000"),
    ("1,234,567.89", "1234567.89"),
    ("1.2万", "12000"),
    ("3.6万", "36000"),
    ("1w", "10000"),
    ("1w2", "12000"),
    ("5k", "5000"),
    ("2千5", "2500"),
    ("3万5", "35000"),
    ("3万5千", "35000"),
    ("3万5000", "35000"),
    ("10亿", "1000000000"),
    ("十", "10"),
    ("二十五", "25"),
    ("一百五", "150"),
    ("一百零五", "105"),
    ("三千六", "3600"),
    ("一万二", "12000"),
    ("一万零二", "10002"),
    ("一万零五百", "10500"),
    ("两千零五十", "2050"),
    ("十一万二", "112000"),
    ("两万五", "25000"),
    ("五万六", "56000"),
    ("三十六万八千", "368000"),
    ("三亿五千万", "350000000"),
    ("三万亿", "3000000000000"),
    ("百万", "1000000"),
    ("万", "10000"),
    ("一点五", "1.5"),
    ("一点二万", "12000"),
    ("二零二五", "2025"),
]

CUTS = [
    ("一万一年给一千二", ["一万", "一千二"]),
    ("两万五一天", ["两万五"]),
    ("十万两年", ["十万"]),
    ("三万一套", ["三万"]),
    ("三十六个人", ["三十六"]),
    ("10万1年", ["10万", "1"]),
    ("10万12%", ["10万", "12"]),
    ("29.4万一次", ["29.4万"]),
    ("3万8,我们", ["3万8"]),
    ("返250,200天", ["250", "200"]),
    ("13800138000", []),
    ("几万块", []),
]


@pytest.mark.parametrize(("numeral", "value"), VALUES)
def test_a_numeral_has_its_value(numeral: str, value: str) -> None:
    assert read_number(numeral) == Decimal(value)


@pytest.mark.parametrize(("text", "numerals"), CUTS)
def test_a_numeral_ends_where_the_next_word_begins(text: str, numerals: list[str]) -> None:
    assert [m.group() for m in re.finditer(rf"{MIXED}|{CHINESE}", text)] == numerals


def spelled(number: int) -> str:
    """A number below a hundred million in Chinese, written out in full."""
    if number >= 10_000:
        rest = number % 10_000
        return spelled(number // 10_000) + "万" + ("零" if 0 < rest < 1000 else "") + (spelled(rest) if rest else "")
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + name
        zero = not digit
    return text


@given(st.integers(1, 99_999_999))
def test_a_number_spelled_out_in_chinese_is_read_back(number: int) -> None:
    assert read_number(spelled(number)) == number
    assert re.fullmatch(CHINESE, spelled(number))


@given(st.integers(1, 999_999_999), st.sampled_from(["{}", "{:,}", "{}.5"]))
def test_a_number_in_digits_is_read_back(number: int, style: str) -> None:
    written = style.format(number)
    assert read_number(written) == Decimal(written.replace(",", ""))
