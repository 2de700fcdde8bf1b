"""Dates as official documents write them: 二〇二六年十一月二十三日."""

from datetime import date
from typing import Final

DIGITS: Final = "〇一二三四五六七八九"


def in_chinese(day: date) -> str:
    """Write a date in Chinese numerals, as GB/T 9704 did and letters still do."""
    year = "".join(DIGITS[int(digit)] for digit in f"{day.year:04}")
    return f"{year}年{_up_to_99(day.month)}月{_up_to_99(day.day)}日"


def _up_to_99(number: int) -> str:
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return before + (DIGITS[ones] if ones or not tens else "")
