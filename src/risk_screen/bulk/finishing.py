"""Make an .xlsx or .parquet file of the lines a run has written."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from risk_screen.bulk.formats import NUMBERS, ResultFormat

# Of the format: rows of a sheet with the heading, characters of a cell.
MOST_SHEET_ROWS: Final = 1_048_576
MOST_CELL_CHARACTERS: Final = 32_767
CUT_OFF: Final = "……（超出单元格长度，已截断）"
WIDTHS: Final = {"reasons": 60, "findings": 20}


def finish_workbook(lines: Path, target: Path, format_: ResultFormat) -> None:
    """Write the rows to an .xlsx file, row by row; every cell but our numbers is text, so none is run as a formula.

    More rows than a sheet holds go on in further sheets.
    """
    import xlsxwriter  # noqa: PLC0415 - only who writes one waits for its writer

    folder = target.with_name(target.name + ".d")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        with target.open("wb", buffering=0) as file:
            disk = _Disk(file)
            with xlsxwriter.Workbook(disk, {"constant_memory": True, "tmpdir": str(folder)}) as book:
                bold = book.add_format({"bold": True, "bg_color": "#E7EEF7", "valign": "top"})
                writer = _SheetWriter(book, format_, bold)
                for cells in read_lines(lines):
                    writer.write(cells)
            disk.check()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Disk(io.RawIOBase):
    """A file that keeps its first error for later: the zip writer would print one it meets while cleaning up."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._error: OSError | None = None

    def seekable(self) -> bool:
        """Say that the writer may go back to fill in sizes."""
        return True

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place."""
        return place if self._error else self._file.seek(place, whence)

    def tell(self) -> int:
        """Say where it is."""
        return 0 if self._error else self._file.tell()

    def write(self, content: Any) -> int:
        """Write, or pretend to after an error."""
        view = memoryview(content)
        try:
            while view and not self._error:
                view = view[self._file.write(view) :]
        except OSError as error:
            self._error = error
        return len(content)

    def check(self) -> None:
        """Raise the error there was."""
        if self._error:
            raise self._error


class _SheetWriter:
    def __init__(self, book: Any, format_: ResultFormat, bold: Any) -> None:
        self._book, self._names, self._bold = book, format_.names, bold
        self._numbers = {self._names.index(name) for name in NUMBERS}
        self._begin()

    def _begin(self) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet("筛查结果" if number == 1 else f"筛查结果{number}")
        self._sheet.freeze_panes(1, 0)
        for column, name in enumerate(self._names):
            self._sheet.set_column(column, column, WIDTHS.get(name, 14))
            self._sheet.write_string(0, column, name[:MOST_CELL_CHARACTERS], self._bold)
        self._row = 1

    def write(self, cells: list[Any]) -> None:
        """Write the next row."""
        if self._row == MOST_SHEET_ROWS:
            self._begin()
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if column in self._numbers:
                self._sheet.write_number(self._row, column, cell)
            else:
                self._sheet.write_string(self._row, column, _fitting(cell))
        self._row += 1


def read_lines(path: Path) -> Iterator[list[Any]]:
    """Yield the rows of a file of JSON arrays."""
    with path.open("rb") as file:
        for line in file:
            yield orjson.loads(line)


def _fitting(cell: str) -> str:
    """Cut a text that a cell cannot hold, and say so in the cell; a cell is measured in UTF-16."""
    if len(cell) <= MOST_CELL_CHARACTERS // 2:
        return cell
    units = cell.encode("utf-16-le", "replace")
    if len(units) <= 2 * MOST_CELL_CHARACTERS:
        return cell
    return units[: 2 * (MOST_CELL_CHARACTERS - len(CUT_OFF))].decode("utf-16-le", "ignore") + CUT_OFF
