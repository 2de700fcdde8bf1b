"""A cell as its user sees it, and as a spreadsheet program may be given it back."""

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from types import NoneType
from typing import Any, Final

# First characters with which a spreadsheet program may take a cell for a formula (OWASP, CSV injection).
_STARTS_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
_PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
# A spreadsheet program keeps and shows no more digits of a number than these.
_DIGITS: Final = ".15g"


def text_of(value: Any) -> str:
    """Write a typed cell as its user sees it: ``13800138000``, not ``13800138000.0``; ``2026-01-02``; ``TRUE``."""
    return value if isinstance(value, str) else _WRITTEN.get(type(value), str)(value)


def _float(value: float) -> str:
    return str(int(value)) if value.is_integer() else format(value, _DIGITS)


def _nested(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


_WRITTEN: Final[Mapping[type, Callable[[Any], str]]] = {
    NoneType: lambda _: "",
    bool: lambda value: "TRUE" if value else "FALSE",
    float: _float,
    datetime.datetime: lambda value: value.isoformat(" ", "seconds"),
    datetime.date: lambda value: value.isoformat(),
    bytes: lambda value: value.decode("utf-8", "replace"),
    list: _nested,
    tuple: _nested,
    dict: _nested,
}


def harmless(cells: Iterable[str]) -> list[str]:
    """Put an apostrophe before every cell that a spreadsheet program would run as a formula."""
    return [f"'{cell}" if cell and cell[0] in _STARTS_FORMULA and not _is_number(cell) else cell for cell in cells]


def _is_number(cell: str) -> bool:
    return _PLAIN_NUMBER.fullmatch(cell) is not None
