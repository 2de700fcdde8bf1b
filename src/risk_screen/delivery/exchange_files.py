"""Exchange files: Excel workbooks with one fixed heading row, and JSON lines. A file appears whole or not at all."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import orjson
from xlsxwriter import Workbook

from risk_screen.delivery.exchange_columns import Column, in_chinese

FORMATS: Final = ("xlsx", "jsonl")
MEDIA_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
WIDTH: Final = 24
# A cell holds no more characters (ECMA-376 part 1, 18.3.1.96 as Excel implements it).
MOST_IN_CELL: Final = 32_767


def content_of(rows: Iterable[Mapping[str, str]], columns: tuple[Column, ...], format_: str) -> bytes:
    """Write rows as a file in one of FORMATS."""
    if format_ == "jsonl":
        keys = [column.key for column in columns]
        return b"".join(orjson.dumps({key: row.get(key, "") for key in keys}) + b"\n" for row in rows)
    return _workbook(rows, columns)


def _workbook(rows: Iterable[Mapping[str, str]], columns: tuple[Column, ...]) -> bytes:
    """Every cell is a text: nothing is run as a formula, and no number loses a digit."""
    content = BytesIO()
    book = Workbook(content, {"constant_memory": True, "in_memory": True})
    sheet = book.add_worksheet("记录")
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, WIDTH)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.heading, bold)
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(in_chinese(row, columns)):
            sheet.write_string(number, place, cell[:MOST_IN_CELL])
    book.close()
    return content.getvalue()


def rows_of_lines(content: bytes) -> Iterator[tuple[int, Mapping[str, object] | None]]:
    """Read JSON lines: the number of each line that is not blank, and its object; None where it is none."""
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                value: object = orjson.loads(line)
            except orjson.JSONDecodeError:
                value = None
            yield number, value if isinstance(value, dict) else None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is whole under its name, on disk, or not there.

    Raises
    ------
    OSError
    """
    with _beside(path) as unfinished:
        unfinished.write_bytes(content)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(path)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    unfinished = path.with_name(f".{path.name}.part")
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
