"""A table of any kind of file: its columns, and its rows one at a time."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from risk_screen.bulk.columns import TableError
from risk_screen.bulk.rows import Layout, Record, Row
from risk_screen.bulk.text_files import CsvFile, JsonLinesFile

KINDS: Final = (".csv", ".xlsx", ".jsonl", ".parquet")
_OLD_WORKBOOKS: Final = (".xls", ".et", ".xlsb", ".xlsm", ".ods", ".numbers")


class Source(Protocol):
    """A file of one kind."""

    notices: list[str]
    size: int

    @property
    def layout(self) -> Layout:
        """What the records mean."""

    def records(self) -> Iterator[Record]:
        """Yield the records below the heading, in order, reading as it goes."""

    def done(self) -> int:
        """How far reading has come, in the unit of ``size``."""


class Table:
    """A file of rows: .csv, .xlsx, .jsonl or .parquet.

    Parameters
    ----------
    path : Path
    channel : str
        Decides which columns are needed.
    renamed : mapping of str to str
        Field name → column name of the file, for columns that are called otherwise.
    sheet : str, optional
        Worksheet of an .xlsx file; the first visible one that is not empty when not given.

    Attributes
    ----------
    layout : Layout
        What the records mean; picklable.
    notices : list of str
        What the user should know about how the file was read, in Chinese.
    size : int
        What ``done`` reaches at the end.

    Raises
    ------
    TableError
        Unknown kind, unreadable file, unknown encoding, a missing column, a workbook that is locked or too large.
    """

    def __init__(self, path: Path, channel: str, renamed: Mapping[str, str], *, sheet: str | None = None) -> None:
        self.path = path
        self.source = _source(path, channel, renamed, sheet)
        self.layout, self.notices, self.size = self.source.layout, self.source.notices, self.source.size

    def records(self) -> Iterator[Record]:
        """Yield the rows in order as they stand in the file."""
        return self.source.records()

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order, reading as it goes."""
        return (self.layout.row(number, record) for number, record in enumerate(self.records(), start=1))

    def done(self) -> int:
        """How far reading has come."""
        return self.source.done()

    def sha256(self) -> str:
        """Hash the file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _source(path: Path, channel: str, renamed: Mapping[str, str], sheet: str | None) -> Source:
    kind = path.suffix.lower()
    if sheet is not None and kind != ".xlsx":
        raise TableError("--sheet 只用于 .xlsx 文件：请去掉它。")
    if kind == ".csv":
        return CsvFile(path, channel, renamed)
    if kind == ".jsonl":
        return JsonLinesFile(path, channel, renamed)
    if kind == ".xlsx":
        from risk_screen.bulk.workbooks import Workbook  # noqa: PLC0415 - only who reads one waits for its reader

        return Workbook(path, channel, renamed, sheet)
    if kind == ".parquet":
        from risk_screen.bulk.parquet import ParquetTable  # noqa: PLC0415 - an extra

        return ParquetTable(path, channel, renamed)
    if kind in _OLD_WORKBOOKS:
        raise TableError(f"不支持 {kind} 文件：请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后重试。")
    raise TableError(f"不支持的文件类型 {path.suffix or '（无扩展名）'}：请提供 {'、'.join(KINDS)} 文件。")
