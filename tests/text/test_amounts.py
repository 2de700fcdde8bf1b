"""What the numbers of a promise measure."""

from decimal import Decimal

import pytest

from risk_screen.text.amounts import (
    Period,
    read_fen,
    read_length,
    read_money,
    read_multiple,
    read_percent,
    read_points,
)

PERCENTS = [
    ("18%", "0.18"),
    ("7%-14%", "0.14"),
    ("7-14%", "0.14"),
    ("15‰", "0.015"),
    ("百分之十二", "0.12"),
    ("百分之十二点五", "0.125"),
    ("千分之五", "0.005"),
    ("万分之7", "0.0007"),
    ("百分之百", "1"),
    ("两成", "0.2"),
]
FENS = [
    ("2分", "2"),
    ("1分5", "1.5"),
    ("一分半", "1.5"),
    ("二分五厘", "2.5"),
    ("1.5分", "1.5"),
    ("六厘", "0.6"),
    ("3厘5", "0.35"),
]
LENGTHS = [
    ("半年", "1", "half_year", "half_year"),
    ("一年", "1", "year", "year"),
    ("一年半", "1.5", "year", "term"),
    ("12个月", "12", "month", "year"),
    ("三个月", "3", "month", "quarter"),
    ("6个月", "6", "month", "half_year"),
    ("两个半月", "2.5", "month", "term"),
    ("半个月", "0.5", "month", "term"),
    ("90天", "90", "day", "term"),
    ("24小时", "1", "day", "day"),
    ("一个季度", "1", "quarter", "quarter"),
    ("1至3个月", "1", "month", "month"),
    ("两个星期", "2", "week", "term"),
]


@pytest.mark.parametrize(("words", "fraction"), PERCENTS)
def test_a_percentage_is_a_fraction_of_its_higher_end(words: str, fraction: str) -> None:
    assert read_percent(words) == Decimal(fraction)


@pytest.mark.parametrize(("words", "fen"), FENS)
def test_fen_and_li_are_counted_in_fen(words: str, fen: str) -> None:
    assert read_fen(words) == Decimal(fen)


@pytest.mark.parametrize(
    ("words", "fraction"), [("两个半点", "0.025"), ("2.5个点", "0.025"), ("12个点", "0.12"), ("一个点半", "0.015")]
)
def test_spoken_points_are_percents(words: str, fraction: str) -> None:
    assert read_points(words) == Decimal(fraction)


@pytest.mark.parametrize(("words", "count", "unit", "name"), LENGTHS)
def test_a_length_of_time_has_count_unit_and_name(words: str, count: str, unit: str, name: str) -> None:
    assert read_length(words) == Period(Decimal(count), unit)
    assert read_length(words).name == name


@pytest.mark.parametrize(
    ("words", "gain"), [("翻倍", 1), ("翻一番", 1), ("翻两番", 3), ("翻三倍", 3), ("双倍", 2), ("1.5倍", "1.5")]
)
def test_a_multiple_is_read(words: str, gain: object) -> None:
    assert read_multiple(words) == Decimal(str(gain))


@pytest.mark.parametrize(
    ("words", "yuan", "named"),
    [("10万", 100_000, True), ("一块三", "1.3", True), ("三块钱", 3, True), ("1000", 1000, False), ("¥500", 500, True)],
)
def test_money_knows_whether_it_is_called_money(words: str, yuan: object, named: bool) -> None:
    assert read_money(words) == (Decimal(str(yuan)), named)
