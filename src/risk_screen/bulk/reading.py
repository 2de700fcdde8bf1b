"""Read the rows of a .csv or .jsonl file, one at a time, whatever its encoding and column names."""

import codecs
import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from risk_screen.errors import RiskScreenError
from risk_screen.screening.submission import FIELDS_OF_CHANNEL

ALIASES: Final[Mapping[str, str]] = {
    "企业名称": "name",
    "名称": "name",
    "经营范围": "business_scope",
    "scope": "business_scope",
    "文本": "text",
    "内容": "text",
    "编号": "id",
}
KINDS: Final = (".csv", ".jsonl")
_CHUNK: Final = 1 << 20


class TableError(RiskScreenError):
    """A file that cannot be read as a table of texts."""

    code = "table_unreadable"


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
        self.encoding = _encoding_of(path)
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


def columns_to_fields(columns: list[str], channel: str, renamed: Mapping[str, str]) -> dict[str, str]:
    """Map the columns of a file to field names (``id``, ``name``, ``business_scope``, ``text``).

    Raises
    ------
    TableError
        When a column asked for is missing, or none of the channel's columns is there.
    """
    for column in renamed.values():
        if column not in columns:
            raise TableError(f"文件里没有列“{column}”：现有的列是 {_listed(columns)}，请检查 --map。")
    found = {column: field for field, column in renamed.items()}
    for column in columns:
        field = ALIASES.get(column.strip(), column.strip())
        if column not in found and field in ("id", *FIELDS_OF_CHANNEL[channel]) and field not in found.values():
            found[column] = field
    if not set(found.values()) & set(FIELDS_OF_CHANNEL[channel]):
        needed = "、".join(FIELDS_OF_CHANNEL[channel])
        raise TableError(
            f"没有找到可筛查的列：需要 {needed}（或 企业名称、经营范围、文本），现有的列是 {_listed(columns)}；"
            f"列名不同时请用 --map，例如 --map {FIELDS_OF_CHANNEL[channel][-1]}=列名。"
        )
    return found


def _csv_rows(file: IO[str], channel: str, renamed: Mapping[str, str]) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)
    rows = csv.reader(file)
    heading = next(rows, None)
    if heading is None:
        raise TableError("文件是空的：需要一行列名和至少一行数据。")
    fields = columns_to_fields(heading, channel, renamed)
    places = {heading.index(column): field for column, field in fields.items()}
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        values = {field: cells[place] for place, field in places.items() if place < len(cells)}
        row_id = values.pop("id", "") or str(number)
        too_many = len(cells) > len(heading)
        error = f"这一行有 {len(cells)} 列，列名只有 {len(heading)} 列：请检查引号与逗号" if too_many else ""
        yield Row(row_id, values, error)


def _jsonl_rows(file: IO[str], channel: str, renamed: Mapping[str, str]) -> Iterator[Row]:
    fields: dict[str, str] | None = None
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            yield Row(str(number), {}, "不是合法的 JSON")
            continue
        if not isinstance(content, dict):
            yield Row(str(number), {}, '这一行应是一个 JSON 对象，例如 {"text": "……"}')
            continue
        if fields is None:
            fields = columns_to_fields(list(content), channel, renamed)
        values = {field: content[column] for column, field in fields.items() if column in content}
        row_id = values.pop("id", None)
        yield Row(str(number) if row_id in (None, "") else str(row_id), values)
    if fields is None:
        raise TableError('文件里没有一行可用的 JSON 对象：每行应是一个对象，例如 {"text": "……"}。')


def _encoding_of(path: Path) -> str:
    """UTF-8 (with or without BOM) or GB18030, whichever the whole file is valid in."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise TableError("文件是 UTF-16 编码：请另存为“CSV UTF-8”后重试。")
            for encoding in ("utf-8-sig", "gb18030"):
                file.seek(0)
                if _decodes(file, encoding):
                    return encoding
    except OSError as error:
        raise TableError(f"打不开文件 {path.name}：请检查路径与权限。") from error
    raise TableError(f"文件 {path.name} 既不是 UTF-8 也不是 GB18030（GBK）编码：请另存为“CSV UTF-8”后重试。")


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_CHUNK):
            if encoding == "gb18030" and b"\x00" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _listed(columns: list[str]) -> str:
    shown = "、".join(column[:20] or "（空）" for column in columns[:12])
    return shown + (f" 等 {len(columns)} 列" if len(columns) > 12 else "")
