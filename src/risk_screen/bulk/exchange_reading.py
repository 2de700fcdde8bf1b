"""Rows of an exchange file: .xlsx with the fixed heading row, or JSON lines."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, load_workbook

from risk_screen.bulk.cells import text_of
from risk_screen.bulk.columns import TableError
from risk_screen.bulk.workbook_checks import check_workbook
from risk_screen.delivery.exchange_columns import OUTCOMES, HeadingsError, places_of
from risk_screen.delivery.exchange_files import rows_of_lines
from risk_screen.settings import Settings

NEEDED: Final = frozenset({"outcome"})
Rows = Iterator[tuple[int, Mapping[str, object] | None]]


def outcome_rows(path: Path) -> Rows:
    """Read what the bureau sends back; rows are numbered as in the file.

    Raises
    ------
    TableError
        When the file is no such file, or its first row is not the heading row.
    """
    if path.suffix.lower() == ".jsonl":
        try:
            return rows_of_lines(path.read_bytes())
        except OSError as error:
            raise TableError(f"读不了 {path.name}：请检查路径。") from error
    if path.suffix.lower() != ".xlsx":
        raise TableError(f"{path.name} 不是 .xlsx 或 .jsonl：请另存为其中一种。")
    return _of_workbook(path)


def _of_workbook(path: Path) -> Rows:
    check_workbook(path, most_bytes=Settings().xlsx_max_megabytes << 20)
    try:
        rows = load_workbook(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise TableError(f"读不了 {path.name}：内容已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx 再试。") from error
    headings = [text_of(cell) for cell in rows[0]] if rows else []
    try:
        places = places_of(headings, OUTCOMES, NEEDED)
    except HeadingsError as error:
        missing = "、".join(error.missing)
        raise TableError(f"{path.name} 的第一行没有栏目：{missing}。栏目名要与模板完全一样。") from error
    return (
        (number, {key: text_of(cells[place]) for key, place in places.items()})
        for number, cells in enumerate(rows[1:], 2)
        if any(text_of(cell) for cell in cells)
    )
