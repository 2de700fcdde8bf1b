"""Records of an .xlsx file: one sheet, cells as they are seen, merged cells on every row they span."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum, load_workbook

from risk_screen.bulk.cells import text_of
from risk_screen.bulk.columns import HEADING_WITHIN, TableError, find_heading
from risk_screen.bulk.rows import CellLayout, Record
from risk_screen.bulk.workbook_checks import check_workbook
from risk_screen.settings import Settings

_Ranges = list[tuple[tuple[int, int], tuple[int, int]]]


class Workbook:
    """An .xlsx file; the whole sheet is in memory while it is read.

    Formulas are read as the values last computed, hidden rows and columns like any other. A cell merged over several
    rows counts for each of them; merged over several columns, for the first.
    """

    def __init__(self, path: Path, channel: str, renamed: Mapping[str, str], sheet: str | None) -> None:
        hidden = check_workbook(path, most_bytes=Settings().xlsx_max_megabytes << 20)
        try:
            book = load_workbook(path)
            self._sheet, self.notices = _sheet_of(book, sheet)
        except CalamineError as error:
            raise TableError(
                f"读不了 {path.name}：内容已损坏或不是工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再试。"
            ) from error
        start = self._sheet.start or (0, 0)
        self._merged: _Ranges = self._sheet.merged_cell_ranges or []
        self._first_column = start[1]
        first = list(itertools.islice(self._rows(), HEADING_WITHIN))
        heading = find_heading([cells for _, cells in first], channel, renamed)
        self._first_row = 1 + self._last_row_of(first[heading.row][0])
        self.layout = CellLayout(heading.columns, heading.places)
        self.size = self._sheet.total_height
        self._row = 0
        self.notices += _told(first[heading.row][0], hidden)

    def records(self) -> Iterator[Record]:
        """Yield the cells of every row below the heading that is not empty."""
        for row, cells in self._rows():
            self._row = row
            if row >= self._first_row:
                yield cells, ""

    def done(self) -> int:
        """How far reading has come, in rows."""
        return self._row

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        merged = _MergedDownwards(self._merged, self._first_column)
        for row, values in enumerate(self._sheet.iter_rows()):
            cells = [text_of(value) for value in values]
            merged.fill(row, cells)
            if any(cells):
                yield row, cells

    def _last_row_of(self, heading: int) -> int:
        """A heading whose cells are merged downwards ends where they end."""
        return max((end for (start, _), (end, _) in self._merged if start <= heading <= end), default=heading)


def _sheet_of(book: CalamineWorkbook, wanted: str | None) -> tuple[CalamineSheet, list[str]]:
    """Choose a sheet; when others have content too, say which one it is."""
    names = [m.name for m in book.sheets_metadata]
    if wanted is not None:
        if wanted not in names:
            raise TableError(f"工作簿里没有工作表“{wanted}”：现有 {'、'.join(names)}，请检查 --sheet。")
        return book.get_sheet_by_name(wanted), []
    visible = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
    for name in visible:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            others = [n for n in names if n != name]
            told = f"读的是工作表“{name}”；另有 {'、'.join(others)} 没有读，要读请用 --sheet 指定。"
            return sheet, [told] if others else []
    raise TableError("工作簿里没有可见而且有内容的工作表：请检查文件，或用 --sheet 指定工作表。")


def _told(heading_row: int, hidden_rows: int) -> list[str]:
    above = f"列名在第 {heading_row + 1} 行，它上面的 {heading_row} 行没有筛查。"
    hidden = f"工作簿里有 {hidden_rows:,} 行是隐藏的，也一并筛查。"
    return [above] * (heading_row > 0) + [hidden] * (hidden_rows > 0)


class _MergedDownwards:
    """Repeats what is written in a cell merged over several rows on each of them."""

    def __init__(self, ranges: _Ranges, first_column: int) -> None:
        self._beginning: dict[int, list[tuple[int, int]]] = {}
        self._open: dict[int, tuple[str, int]] = {}
        for (top, left), (bottom, _) in ranges:
            if bottom > top and left >= first_column:
                self._beginning.setdefault(top, []).append((left - first_column, bottom))

    def fill(self, row: int, cells: list[str]) -> None:
        """Fill the cells of the next row."""
        for column, bottom in self._beginning.get(row, ()):
            if column < len(cells):
                self._open[column] = (cells[column], bottom)
        if self._open:
            self._open = {column: one for column, one in self._open.items() if one[1] >= row}
            for column, (text, _) in self._open.items():
                cells[column] = text
