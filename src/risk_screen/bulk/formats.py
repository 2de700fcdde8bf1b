"""How one row of the result is written: the columns of the input, then ours; the workers write the lines."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from risk_screen.bulk.cells import harmless, text_of
from risk_screen.bulk.columns import names_in_result
from risk_screen.bulk.results import COLUMNS, Result
from risk_screen.bulk.rows import Layout
from risk_screen.screening.submission import without_surrogates

NUMBERS: Final = ("score", "annual_rate")
BOM: Final = b"\xef\xbb\xbf"
_ID, *_OURS = COLUMNS

Screened = tuple[Sequence[Any], Result]
"""The cells of a row of the input, and its result."""


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """The lines of a result.

    A .csv file (UTF-8 with BOM, as spreadsheet programs expect) and a .jsonl file are their lines; .xlsx and .parquet
    files are made from lines of JSON arrays in the end.

    Parameters
    ----------
    kind : str
        ``.csv``, ``.jsonl``, ``.xlsx`` or ``.parquet``.
    names : tuple of str
        Every column: those of the input, then ``id`` unless the input has it, then ours.
    id_place : int or None
        Index of the input's column ``id``; it takes the id of the result.
    """

    kind: str
    names: tuple[str, ...] = COLUMNS
    id_place: int | None = None

    @classmethod
    def of(cls, kind: str, layout: Layout) -> "ResultFormat":
        """Put our columns after those of a file."""
        kept = layout.id_place
        names = names_in_result(layout.columns, COLUMNS, kept=kept)
        return cls(kind, (*names, *(_OURS if kept is not None else COLUMNS)), kept)

    def heading(self) -> bytes:
        """Give the first bytes of the file of lines."""
        return BOM + _csv_lines([harmless(self.names)]) if self.kind == ".csv" else b""

    def lines(self, rows: Iterable[Screened]) -> bytes:
        """Write rows."""
        if self.kind == ".csv":
            return _csv_lines(self._for_spreadsheet(cells, result) for cells, result in rows)
        if self.kind == ".jsonl":
            return b"".join(_json_line(self._object(cells, result)) for cells, result in rows)
        return b"".join(_json_line(self._texts(cells, result)) for cells, result in rows)

    def _for_spreadsheet(self, cells: Sequence[Any], result: Result) -> list[Any]:
        """Only the cells of the input and the id can be formulas, everything else begins with our words."""
        texts = self._with_id([text_of(cell) for cell in cells], result.id)
        return [*harmless(texts), *_ours_as_text(result)]

    def _texts(self, cells: Sequence[Any], result: Result) -> list[Any]:
        texts = self._with_id([text_of(cell) for cell in cells], result.id)
        return [*texts, *_ours_as_text(result)]

    def _object(self, cells: Sequence[Any], result: Result) -> dict[str, Any]:
        return dict(zip(self.names, [*self._with_id(list(cells), result.id), *result[1:]], strict=True))

    def _with_id(self, cells: list[Any], row_id: str) -> list[Any]:
        if self.id_place is None:
            cells.append(row_id)
        else:
            cells[self.id_place] = row_id
        return cells


def _ours_as_text(result: Result) -> list[Any]:
    _, score, level, route, annual_rate, reasons, findings, *others = result
    return [score, level, route, annual_rate, reasons, findings.decode(), *others]


def _csv_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return without_surrogates(text.getvalue()).encode()


def _json_line(content: Any) -> bytes:
    """Write one line; bytes in it are JSON already."""
    try:
        return orjson.dumps(content, default=orjson.Fragment, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # half a character, or a number of more than 64 bits
        return without_surrogates(json.dumps(content, default=orjson.loads, ensure_ascii=False) + "\n").encode()
