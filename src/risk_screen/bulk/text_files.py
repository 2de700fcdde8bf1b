"""Records of .csv and .jsonl files, one at a time, in any of the encodings of spreadsheet programs."""

import contextlib
import csv
import io
import itertools
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from risk_screen.bulk.columns import HEADING_WITHIN, MOST_COLUMNS, TableError, fields_by_column, find_heading
from risk_screen.bulk.encodings import encoding_of
from risk_screen.bulk.rows import CellLayout, ObjectLayout, Record, object_in

# Ten times the longest text that can be screened; a longer cell is a quote that was never closed.
MOST_CELL_CHARACTERS: Final = 1_000_000
_UNCLOSED: Final = "引号没有闭合，后面的行可能被并入了这一行：请检查这一行的引号"


class _TextFile:
    """A file of text that knows how far it has been read; progress is counted in bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = encoding_of(path)
        self.size = path.stat().st_size
        self._file: IO[bytes] | None = None

    def done(self) -> int:
        """How far reading has come, in bytes."""
        return self._file.tell() if self._file and not self._file.closed else self.size

    def _lines(self) -> Iterator[str]:
        with self.path.open("rb") as self._file:
            text = io.TextIOWrapper(self._file, encoding=self.encoding, newline="")
            yield from text
            text.detach()


class CsvFile(_TextFile):
    """A .csv file; lines above its heading row are passed over, and so are empty lines."""

    def __init__(self, path: Path, channel: str, renamed: Mapping[str, str]) -> None:
        super().__init__(path)
        with contextlib.closing(self._records()) as records:
            first = [cells for cells, _ in itertools.islice(records, HEADING_WITHIN)]
        self._heading = find_heading(first, channel, renamed)
        self.layout = CellLayout(self._heading.columns, self._heading.places)
        above = self._heading.row
        self.notices = [f"列名在第 {above + 1} 行，它上面的 {above} 行没有筛查。"] if above else []

    def records(self) -> Iterator[Record]:
        """Yield the cells of every row below the heading, and what is wrong with its quotes."""
        return itertools.islice(self._records(), self._heading.row + 1, None)

    def _records(self) -> Generator[tuple[list[str], str], None, None]:
        csv.field_size_limit(MOST_CELL_CHARACTERS)
        lines = _Lines(self._lines())
        rows = csv.reader(lines)
        while True:
            try:
                for cells in rows:
                    if cells:
                        yield cells, _UNCLOSED if lines.has_ended else ""
            except csv.Error:
                yield [], _UNCLOSED
            else:
                return


class JsonLinesFile(_TextFile):
    """A .jsonl file: one JSON object a line; read once beforehand to know every key."""

    def __init__(self, path: Path, channel: str, renamed: Mapping[str, str]) -> None:
        super().__init__(path)
        keys: dict[str, None] = {}
        for line, _ in self.records():
            content = object_in(line)
            if isinstance(content, dict):
                if not keys:
                    fields_by_column(list(content), channel, renamed)
                keys |= dict.fromkeys(content)
            if len(keys) > MOST_COLUMNS:
                raise TableError(f"文件里的键超过 {MOST_COLUMNS:,} 个：请去掉不需要的键。")
        if not keys:
            raise TableError('文件里没有一行可用的 JSON 对象：每行应是一个对象，例如 {"text": "……"}。')
        self.layout = ObjectLayout(tuple(keys), channel, renamed)
        self.notices: list[str] = []

    def records(self) -> Iterator[tuple[str, str]]:
        """Yield the lines that are not empty."""
        return ((line, "") for line in self._lines() if line.strip())


class _Lines:
    """Lines; knows when the last one has been taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.has_ended = False

    def __iter__(self) -> Iterator[str]:
        yield from self._lines
        self.has_ended = True
