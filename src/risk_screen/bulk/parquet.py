"""Records of a .parquet file, a few thousand at a time, and the writing of one; needs the extra ``parquet``."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from risk_screen.bulk.cells import text_of
from risk_screen.bulk.columns import TableError, find_heading
from risk_screen.bulk.formats import NUMBERS, ResultFormat
from risk_screen.bulk.rows import CellLayout, Record

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise TableError("读写 .parquet 需要另装附加项：请运行 pip install pyarrow，或改用 .csv 文件。") from error

BATCH_ROWS: Final = 2_048
_BUFFER_BYTES: Final = 1 << 20


class ParquetTable:
    """A .parquet file; what is not text is read as text, the way a spreadsheet program would show it."""

    def __init__(self, path: Path, channel: str, renamed: Mapping[str, str]) -> None:
        self._name = path.name
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            raise TableError(f"打不开文件 {path.name}：请检查路径与权限。") from error
        with self._broken_told():
            self.file = pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER_BYTES)
        heading = find_heading([list(self.file.schema_arrow.names)], channel, renamed)
        self.layout = CellLayout(heading.columns, heading.places)
        self.notices: list[str] = []
        self.size = self.file.metadata.num_rows
        self._done = 0

    def records(self) -> Iterator[Record]:
        """Yield the cells of every row."""
        self._done = 0
        for batch in self.batches():
            columns = [[text_of(value) for value in column.to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                yield cells, ""
            self._done += batch.num_rows

    def batches(self) -> Iterator[Any]:
        """Yield the rows as Arrow batches."""
        with self._broken_told():
            yield from self.file.iter_batches(BATCH_ROWS, use_threads=False)

    def done(self) -> int:
        """How far reading has come, in rows."""
        return self._done

    @contextmanager
    def _broken_told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            raise TableError(f"{self._name} 不是完整的 .parquet 文件：可能没有传完或已损坏，请重新取一份。") from error


def write_parquet(
    path: Path, format_: ResultFormat, rows: Iterator[list[Any]], *, original: ParquetTable | None
) -> None:
    """Write the rows of a result, as text but for the numbers among our columns.

    Parameters
    ----------
    path : Path
    format_ : ResultFormat
        Names the columns.
    rows : iterator of list
        The cells of every row.
    original : ParquetTable or None
        The input, when it was a .parquet file: its columns keep their types.
    """
    types = {name: pa.float64() if name in NUMBERS else pa.string() for name in format_.names}
    typed = original.file.schema_arrow.types if original else []
    kept = {place for place in range(len(typed)) if place != format_.id_place}
    types |= {format_.names[place]: typed[place] for place in kept}
    schema = pa.schema(list(types.items()))
    with pq.ParquetWriter(path, schema) as writer:
        for many, columns in _blocks(rows, original):
            cells = list(zip(*many, strict=True))
            arrays = [
                columns[place] if place in kept else pa.array(cells[place], type=schema.types[place])
                for place in range(len(schema))
            ]
            writer.write_table(pa.table(arrays, schema=schema))


def _blocks(rows: Iterator[list[Any]], original: ParquetTable | None) -> Iterator[tuple[list[list[Any]], list[Any]]]:
    """Yield some rows of the result with the columns of the same rows of the input."""
    if original is None:
        while many := list(itertools.islice(rows, BATCH_ROWS)):
            yield many, []
        return
    for batch in original.batches():
        if batch.num_rows:
            yield list(itertools.islice(rows, batch.num_rows)), batch.columns
