"""Rows of files as they really come: encodings, quotes, blank lines, bad rows."""

import json
from pathlib import Path

import pytest

from risk_screen.bulk.reading import MOST_CELL_CHARACTERS, Row, Table, TableError

MALFORMED_QUOTE = "引号没有闭合"


def rows_of(path: Path, content: bytes | str, channel: str = "marketing", **renamed: str) -> list[Row]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(Table(path, channel, renamed).rows())


def texts(rows: list[Row]) -> list[tuple[str, object]]:
    return [(row.row_id, row.fields.get("text")) for row in rows]


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    return tmp_path / "in.csv"


@pytest.fixture
def jsonl_file(tmp_path: Path) -> Path:
    return tmp_path / "in.jsonl"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_csv_is_read_in_the_encodings_of_spreadsheet_programs(csv_file: Path, encoding: str, line_end: str) -> None:
    content = f"编号,文本{line_end}A1,保本保息{line_end}A2,稳赚{line_end}"
    assert texts(rows_of(csv_file, content.encode(encoding))) == [("A1", "保本保息"), ("A2", "稳赚")]


CSV_CASES = [
    ("quoted cells hold commas, quotes and lines", 'text\n"甲,""乙""\n丙"\n', [("1", '甲,"乙"\n丙')]),
    ("no id: numbered from 1", "text\n甲\n乙\n", [("1", "甲"), ("2", "乙")]),
    ("an empty id is numbered too", "id,text\n,甲\nB,乙\n", [("1", "甲"), ("B", "乙")]),
    ("empty lines are no rows", "\ntext\n\n甲\n\n\n乙\n", [("1", "甲"), ("2", "乙")]),
    ("a row of empty cells is one", "id,text\n,\nB,乙\n", [("1", ""), ("B", "乙")]),
    ("no line end at the end", "text\n甲", [("1", "甲")]),
    ("a short row has no text", "id,text\nA\n", [("A", None)]),
    ("a NUL is a character", "text\n甲\x00乙\n", [("1", "甲\x00乙")]),
    ("only a heading", "id,text\n", []),
    ("a quote inside a cell", 'text\n甲"乙\n丙\n', [("1", '甲"乙'), ("2", "丙")]),
]


@pytest.mark.parametrize(("content", "expected"), [case[1:] for case in CSV_CASES], ids=[case[0] for case in CSV_CASES])
def test_csv_rows(csv_file: Path, content: str, expected: list[tuple[str, object]]) -> None:
    rows = rows_of(csv_file, content)
    assert texts(rows) == expected
    assert [row.error for row in rows] == [""] * len(rows)


def test_a_row_with_more_cells_than_columns_is_malformed(csv_file: Path) -> None:
    first, second = rows_of(csv_file, "id,text\nA,甲,乙\nB,丙\n")
    assert first.error.startswith("这一行有 3 列，列名只有 2 列")
    assert second.error == ""


def test_a_quote_that_is_never_closed_is_told_instead_of_swallowing_the_rest(csv_file: Path) -> None:
    rows = rows_of(csv_file, 'id,text\nA,甲\nB,"乙\nC,丙\nD,丁\n')
    assert [row.row_id for row in rows] == ["A", "B"]
    assert MALFORMED_QUOTE in rows[1].error


def test_after_a_cell_beyond_all_measure_reading_goes_on(csv_file: Path) -> None:
    swallowed = ("戊" * 99 + "\n") * (MOST_CELL_CHARACTERS // 100 + 1)
    rows = rows_of(csv_file, f'text\n甲\n"{swallowed}己\n庚\n')
    assert rows[0].fields == {"text": "甲"}
    assert MALFORMED_QUOTE in rows[1].error
    assert rows[-1].fields == {"text": "庚"}


def test_jsonl_rows(jsonl_file: Path) -> None:
    lines = [
        '{"id": "A", "text": "甲"}',
        "",
        '{"text": "乙", "id": 7}',
        '{"text": null}',
        '{"text": "丁", "id": {"x": 1}}',
        '{"文本": "戊"}',
    ]
    expected = [("A", "甲"), ("7", "乙"), ("3", None), ("4", "丁"), ("5", "戊")]
    assert texts(rows_of(jsonl_file, "\ufeff" + "\n".join(lines))) == expected


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("不是 JSON", "不是合法的 JSON"),
        ('{"text": "甲"', "不是合法的 JSON"),
        ('["甲"]', "应是一个 JSON 对象"),
        ('"甲"', "应是一个 JSON 对象"),
        ("null", "应是一个 JSON 对象"),
        ("[" * 100_000, "不是合法的 JSON"),
        ('{"text": ' + "1" * 5_000 + "}", "不是合法的 JSON"),
        ('{"name": "甲"}', "没有找到可筛查的列"),
        ('{"text": "甲", "文本": "乙"}', "有 2 列都是 text"),
    ],
)
def test_a_bad_line_of_jsonl_is_one_bad_row(jsonl_file: Path, line: str, says: str) -> None:
    rows = rows_of(jsonl_file, '{"text": "前"}\n' + line + '\n{"text": "后"}\n')
    assert [(row.row_id, row.fields.get("text")) for row in (rows[0], rows[2])] == [("1", "前"), ("3", "后")]
    assert says in rows[1].error


REFUSED = [
    ("empty.csv", b"", "文件是空的"),
    ("lines.csv", b"\n\n", "文件是空的"),
    ("empty.jsonl", b"", "没有一行可用的 JSON 对象"),
    ("broken.jsonl", b"x\ny\n", "没有一行可用的 JSON 对象"),
    ("utf16.csv", "text\n甲".encode("utf-16"), "UTF-16"),
    ("photo.csv", b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff", "既不是 UTF-8 也不是 GB18030"),
    ("photo.jsonl", b"\xff\xd8\xff\xe0\x00\x10JFIF", "既不是 UTF-8 也不是 GB18030"),
    ("book.xlsx", b"PK", "不支持的文件类型 .xlsx"),
    ("noname", b"text\n", "不支持的文件类型 （无扩展名）"),
    ("first.jsonl", b'{"name": "x"}\n{"text": "y"}', "没有找到可筛查的列"),
]


@pytest.mark.parametrize(("name", "content", "says"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    with pytest.raises(TableError, match=says):
        rows_of(tmp_path / name, content)


def test_a_missing_file_or_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("missing.csv", "folder.csv"):
        with pytest.raises(TableError, match="打不开文件"):
            Table(tmp_path / name, "marketing", {})


def test_reading_says_how_far_it_has_come(jsonl_file: Path) -> None:
    jsonl_file.write_text("".join(json.dumps({"text": "甲" * 100}) + "\n" for _ in range(2_000)), encoding="utf-8")
    table = Table(jsonl_file, "marketing", {})
    rows = table.rows()
    next(rows)
    assert 0 < table.bytes_read() < table.size_bytes
    list(rows)
    assert table.bytes_read() == table.size_bytes
