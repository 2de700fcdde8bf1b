"""Parquet files: read a few thousand rows at a time, types kept from one to the other."""

import datetime
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders import flyer_assessment
from risk_screen.bulk.batch import Screened
from risk_screen.bulk.columns import TableError
from risk_screen.bulk.formats import ResultFormat
from risk_screen.bulk.parquet import BATCH_ROWS
from risk_screen.bulk.reading import Table
from risk_screen.bulk.results import COLUMNS, result_of
from risk_screen.bulk.writing import ResultFile, check_kind

DAY = datetime.date(2026, 1, 2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "in.parquet"
    columns = {
        "编号": [1, 2],
        "文本": ["保本", None],
        "日期": [DAY, None],
        "标签": [["甲", "乙"], []],
        "分": [1.5, 2.0],
    }
    pq.write_table(pa.table(columns), path)
    return path


def test_rows_are_read_as_text(file: Path) -> None:
    table = Table(file, "marketing", {})
    first, second = table.rows()
    assert (first.row_id, first.fields) == ("1", {"text": "保本"})
    assert list(first.cells) == ["1", "保本", "2026-01-02", '["甲", "乙"]', "1.5"]
    assert list(second.cells) == ["2", "", "", "[]", "2"]
    assert (table.size, table.done()) == (2, 2)


def test_types_are_kept_from_parquet_to_parquet(file: Path, tmp_path: Path) -> None:
    table = Table(file, "marketing", {})
    format_ = ResultFormat.of(".parquet", table.layout)
    rows = [(row.cells, result_of(row.row_id, flyer_assessment())) for row in table.rows()]
    with ResultFile(tmp_path / "out.parquet", format_, original=table) as out:
        out.append(Screened(2, format_.lines(rows), {}))
    written = pq.read_table(tmp_path / "out.parquet")
    before = pq.read_table(file)
    assert tuple(written.column_names) == ("编号", "文本", "日期", "标签", "分", *COLUMNS)
    assert written.select(before.column_names) == before
    assert written["id"].to_pylist() == ["1", "2"]
    assert written.schema.field("score").type == written.schema.field("annual_rate").type == pa.float64()
    assert written["score"].to_pylist() == [flyer_assessment().score] * 2


def test_many_rows_of_a_text_file_become_parquet(tmp_path: Path) -> None:
    count = 2 * BATCH_ROWS + 3
    with ResultFile(tmp_path / "out.parquet") as out:
        out.write(result_of(str(n), flyer_assessment()) for n in range(count))
    assert pq.read_table(tmp_path / "out.parquet")["id"].to_pylist() == [str(n) for n in range(count)]


def test_no_rows_become_an_empty_table(tmp_path: Path) -> None:
    with ResultFile(tmp_path / "out.parquet"):
        pass
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100) + b"PAR1", b"text\n"])
def test_what_is_no_parquet_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "in.parquet"
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"不是完整的 \.parquet 文件"):
        Table(path, "marketing", {})


def test_a_file_damaged_in_the_middle_is_told_when_it_is_reached(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4:120] = bytes(116)
    file.write_bytes(content)
    with pytest.raises(TableError, match=r"不是完整的 \.parquet 文件"):
        list(Table(file, "marketing", {}).rows())


def test_a_missing_file_and_missing_columns_are_told(file: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="打不开文件"):
        Table(tmp_path / "missing.parquet", "marketing", {})
    with pytest.raises(TableError, match="没有找到可筛查的列"):
        Table(file, "registration", {})


def test_without_the_library_it_is_said_what_to_install(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "risk_screen.bulk.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TableError, match="pip install pyarrow"):
        Table(file, "marketing", {})
    with pytest.raises(TableError, match="pip install pyarrow"):
        check_kind(Path("out.parquet"))
