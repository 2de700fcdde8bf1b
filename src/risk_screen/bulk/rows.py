"""A record of a file as it was read, and the row that is made of it; layouts go to the workers, so they are small."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from risk_screen.bulk.columns import TableError, fields_by_column

# What one row of a file is before anybody looks into it: its cells or its line, and why it is malformed (else empty).
Record = tuple[Sequence[str] | str, str]


class Row(NamedTuple):
    """One row of a file: its id (else its number, from 1), its fields, why it cannot be screened, all its cells."""

    row_id: str
    fields: Mapping[str, Any]
    error: str = ""
    cells: Sequence[Any] = ()


class Layout(Protocol):
    """What the records of a file mean."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file."""

    @property
    def id_place(self) -> int | None:
        """Index of the column that is called ``id`` and is it, if there is one."""

    def row(self, number: int, record: Record) -> Row:
        """Make a row of a record."""


@dataclass(frozen=True, slots=True)
class CellLayout:
    """Every record has its cells in the order of the columns.

    Parameters
    ----------
    columns : tuple of str
    places : mapping of int to str
        Index of a column → the field it is.
    """

    columns: tuple[str, ...]
    places: Mapping[int, str]

    @property
    def id_place(self) -> int | None:
        """Index of the column that is called ``id`` and is it, if there is one."""
        return next((p for p, field in self.places.items() if field == "id" and self.columns[p] == "id"), None)

    def row(self, number: int, record: Record) -> Row:
        """Give the cells their fields; a short record is filled up."""
        cells, error = record
        width = len(self.columns)
        if len(cells) > width and not error and any(cells[width:]):
            error = f"这一行有 {len(cells)} 列，列名只有 {width} 列：请检查引号与逗号"
        fields = {field: cells[place] for place, field in self.places.items() if place < len(cells)}
        row_id = fields.pop("id", "") or str(number)
        return Row(row_id, fields, error, [*cells[:width], *[""] * (width - len(cells))])


@dataclass(frozen=True, slots=True)
class ObjectLayout:
    """Every record is a line with one JSON object, whose keys may differ from line to line.

    Parameters
    ----------
    columns : tuple of str
        Every key that occurs in the file.
    channel : str
    renamed : mapping of str to str
        Field name → key.
    """

    columns: tuple[str, ...]
    channel: str
    renamed: Mapping[str, str]

    @property
    def id_place(self) -> int | None:
        """Index of the key ``id``, unless another key was named for it."""
        is_id = "id" in self.columns and self.renamed.get("id", "id") == "id"
        return self.columns.index("id") if is_id else None

    def row(self, number: int, record: Record) -> Row:
        """Read the object and give its values their fields."""
        content = object_in(str(record[0]))
        if isinstance(content, str):
            return Row(str(number), {}, content, [None] * len(self.columns))
        cells = [content.get(column) for column in self.columns]
        try:
            fields = fields_by_column(list(content), self.channel, self.renamed)
        except TableError as error:
            return Row(_id_of(content.get("id"), number), {}, error.detail, cells)
        values = {field: content[column] for column, field in fields.items()}
        return Row(_id_of(values.pop("id", None), number), values, "", cells)


def object_in(line: str) -> dict[str, Any] | str:
    """Return the JSON object of a line, or why there is none."""
    try:
        content = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):  # not JSON, a number of too many digits, or nested too deep
        return "不是合法的 JSON"
    return content if isinstance(content, dict) else '这一行应是一个 JSON 对象，例如 {"text": "……"}'


def _no_number(_: str) -> None:
    """Read NaN and Infinity, which are no JSON, as nothing."""


def _id_of(value: object, number: int) -> str:
    return str(value) if isinstance(value, str | int) and value != "" else str(number)
