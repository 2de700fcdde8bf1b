"""Check digits of cards, credit codes and citizen numbers: the last only so that such a number is never passed on."""

import re
from typing import Final

_CODE_LETTERS: Final = "0123456789abcdefghjklmnpqrtuwxy"
_CITIZEN_DIGITS: Final = "10x98765432"
_CITIZEN_NUMBER: Final = re.compile(
    r"(?<![0-9])[1-8][0-9]{5}[ -]?(?:19|20)[0-9*]{2}(?:0[1-9]|1[0-2]|\*\*)(?:0[1-9]|[12][0-9]|3[01]|\*\*)"
    r"[ -]?[0-9*]{3}[0-9x*](?![0-9])"
    r"|(?<![0-9])[1-8][0-9*]{5}\*{8}[0-9*]{3}[0-9x*](?![0-9*])"
)


def luhn_holds(digits: str) -> bool:
    """Check digit of a bank card number (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def credit_code_holds(code: str) -> bool:
    """Check digit of a unified social credit code in lower case (GB 32100-2015)."""
    total = sum(_CODE_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _CODE_LETTERS[-total % 31] == code[17]


def citizen_number_holds(number: str) -> bool:
    """Check digit of an 18-digit citizen number in lower case (GB 11643-1999)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return _CITIZEN_DIGITS[total % 11] == number[17]


def citizen_numbers(text: str) -> list[tuple[int, int]]:
    """Places of what is built like a citizen number (region, date of birth), whether its check digit holds or not.

    Only a credit code of eighteen digits whose own check digit holds, and which is no citizen number by its check
    digit, is let through.
    """
    return [found.span() for found in _CITIZEN_NUMBER.finditer(text) if not _is_credit_code(found.group())]


def _is_credit_code(number: str) -> bool:
    return len(number) == 18 and "*" not in number and not citizen_number_holds(number) and credit_code_holds(number)
