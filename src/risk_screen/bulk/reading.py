"""Read the rows of a .csv or .jsonl file, one at a time, whatever its encoding and column names."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from risk_screen.bulk.columns import TableError, fields_by_column
from risk_screen.bulk.encodings import encoding_of

KINDS: Final = (".csv", ".jsonl")
# Ten times the longest text that can be screened; a longer cell is a quote that was never closed.
MOST_CELL_CHARACTERS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: its id (else its number, from 1) and its fields, or why it cannot be screened."""

    row_id: str
    fields: Mapping[str, Any]
    error: str = ""


class Table:
    """A .csv (with a heading row) or .jsonl file, UTF-8 (with or without BOM) or GB18030.

    Parameters
    ----------
    path : Path
    channel : str
        Decides which columns are needed.
    renamed : mapping of str to str
        Field name → column name of the file, for columns that are called otherwise.

    Raises
    ------
    TableError
        Unknown kind, unreadable file, unknown encoding; a missing column when the first row is read.
    """

    def __init__(self, path: Path, channel: str, renamed: Mapping[str, str]) -> None:
        if path.suffix.lower() not in KINDS:
            raise TableError(f"不支持的文件类型 {path.suffix or '（无扩展名）'}：请提供 {'、'.join(KINDS)} 文件。")
        self.path, self.channel, self.renamed = path, channel, renamed
        self.encoding = encoding_of(path)
        self.size_bytes = path.stat().st_size
        self._file: IO[bytes] | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the rows in order, reading as it goes."""
        read = _csv_rows if self.path.suffix.lower() == ".csv" else _jsonl_rows
        with self.path.open("rb") as self._file:
            text = io.TextIOWrapper(self._file, encoding=self.encoding, newline="")
            yield from read(text, self.channel, self.renamed)
            text.detach()

    def bytes_read(self) -> int:
        """How far reading has come."""
        return self._file.tell() if self._file and not self._file.closed else self.size_bytes


class _Lines:
    """The lines of a file; knows when the last one has been taken."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.has_ended = False

    def __iter__(self) -> Iterator[str]:
        yield from self._file
        self.has_ended = True


def _csv_rows(file: IO[str], channel: str, renamed: Mapping[str, str]) -> Iterator[Row]:
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    lines = _Lines(file)
    rows = csv.reader(lines)
    heading = next(_records(rows, lines), (None, ""))[0]
    if heading is None:
        raise TableError("文件是空的：需要一行列名和至少一行数据。")
    fields = fields_by_column(heading, channel, renamed)
    places = {heading.index(column): field for column, field in fields.items()}
    for number, (cells, error) in enumerate(_records(rows, lines), start=1):
        values = {field: cells[place] for place, field in places.items() if place < len(cells)}
        row_id = values.pop("id", "") or str(number)
        surplus = f"这一行有 {len(cells)} 列，列名只有 {len(heading)} 列：请检查引号与逗号"
        yield Row(row_id, values, error or (surplus if len(cells) > len(heading) else ""))


def _records(rows: Iterator[list[str]], lines: _Lines) -> Iterator[tuple[list[str], str]]:
    """Yield the cells of every row that is not an empty line, and what is wrong with its quotes."""
    unclosed = "引号没有闭合，后面的行可能被并入了这一行：请检查这一行的引号"
    while True:
        try:
            cells = next(rows, None)
        except csv.Error:
            yield [], unclosed
            continue
        if cells is None:
            return
        if cells:
            yield cells, unclosed if lines.has_ended else ""


def _jsonl_rows(file: IO[str], channel: str, renamed: Mapping[str, str]) -> Iterator[Row]:
    keys: list[str] | None = None
    fields: dict[str, str] = {}
    for number, line in enumerate((line for line in file if line.strip()), start=1):
        content = _object_in(line)
        if isinstance(content, str):
            yield Row(str(number), {}, content)
            continue
        if keys != list(content):
            try:
                fields = fields_by_column(list(content), channel, renamed)
            except TableError as error:
                if keys is None:
                    raise
                yield Row(_id_of(content.get("id"), number), {}, error.detail)
                continue
            keys = list(content)
        values = {field: content[column] for column, field in fields.items()}
        yield Row(_id_of(values.pop("id", None), number), values)
    if keys is None:
        raise TableError('文件里没有一行可用的 JSON 对象：每行应是一个对象，例如 {"text": "……"}。')


def _object_in(line: str) -> dict[str, Any] | str:
    """Return the object of a line, or why there is none."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):  # not JSON, a number of too many digits, or nested too deep
        return "不是合法的 JSON"
    return content if isinstance(content, dict) else '这一行应是一个 JSON 对象，例如 {"text": "……"}'


def _id_of(value: object, number: int) -> str:
    return str(value) if isinstance(value, str | int) and value != "" else str(number)
