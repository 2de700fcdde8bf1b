"""Rows of files as they really come: encodings, quotes, blank lines, bad rows."""

import json
from pathlib import Path

import pytest

from risk_screen.bulk.columns import HEADING_WITHIN, MOST_COLUMNS, TableError
from risk_screen.bulk.reading import Table
from risk_screen.bulk.rows import Row
from risk_screen.bulk.text_files import MOST_CELL_CHARACTERS

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
    ("book.xls", b"x", r"不支持 .xls 文件：.*另存为“Excel 工作簿（.xlsx）”"),
    ("book.txt", b"text\n", "不支持的文件类型 .txt"),
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
    assert 0 < table.done() < table.size
    list(rows)
    assert table.done() == table.size


CELLS = [
    ("short rows are filled up", "id,备注,text\nA\n", [("A", ["A", "", ""])]),
    ("surplus empty cells are nothing", "id,text\nA,甲,,\n", [("A", ["A", "甲"])]),
    ("cells keep their spaces", "id,text\nA, 甲 \n", [("A", ["A", " 甲 "])]),
]


@pytest.mark.parametrize(("content", "expected"), [case[1:] for case in CELLS], ids=[case[0] for case in CELLS])
def test_a_row_has_a_cell_for_every_column(csv_file: Path, content: str, expected: list[tuple[str, object]]) -> None:
    rows = rows_of(csv_file, content)
    assert [(row.row_id, row.cells) for row in rows] == expected
    assert [row.error for row in rows] == [""]


def test_titles_above_the_heading_row_are_passed_over_and_told(csv_file: Path) -> None:
    assert texts(rows_of(csv_file, "2026年宣传品登记表,,\n\n,填表单位：,\n编号, 文本 ,备注\nA,甲,\n")) == [("A", "甲")]
    assert Table(csv_file, "marketing", {}).notices == ["列名在第 3 行，它上面的 2 行没有筛查。"]


def test_a_heading_row_is_looked_for_only_near_the_top(csv_file: Path) -> None:
    with pytest.raises(TableError, match="没有找到可筛查的列"):
        rows_of(csv_file, "说明\n" * HEADING_WITHIN + "编号,文本\nA,甲\n")


def test_a_table_of_200_columns_is_read_whole(csv_file: Path) -> None:
    names = [f"列{n}" for n in range(199)] + ["文本"]
    rows = rows_of(csv_file, ",".join(names) + "\n" + ",".join(f"v{n}" for n in range(200)) + "\n")
    assert texts(rows) == [("1", "v199")]
    assert rows[0].cells == [f"v{n}" for n in range(200)]


def test_jsonl_has_the_keys_of_all_lines_as_columns(jsonl_file: Path) -> None:
    (row, bad, other) = rows_of(jsonl_file, '{"text": "甲", "n": 1}\nx\n{"text": "乙", "m": [2]}\n')
    assert Table(jsonl_file, "marketing", {}).layout.columns == ("text", "n", "m")
    assert (row.cells, bad.cells, other.cells) == (["甲", 1, None], [None] * 3, ["乙", None, [2]])


def test_a_jsonl_of_endless_keys_is_refused(jsonl_file: Path) -> None:
    line = json.dumps({"text": "甲"} | {f"k{n}": n for n in range(MOST_COLUMNS)}, ensure_ascii=False)
    with pytest.raises(TableError, match="键超过"):
        rows_of(jsonl_file, line)


def test_a_sheet_can_be_named_only_in_a_workbook(csv_file: Path) -> None:
    csv_file.write_text("text\n甲\n", encoding="utf-8")
    with pytest.raises(TableError, match="--sheet 只用于"):
        Table(csv_file, "marketing", {}, sheet="甲")


def test_a_table_can_be_read_again(csv_file: Path) -> None:
    csv_file.write_text("text\n甲\n乙\n", encoding="utf-8")
    table = Table(csv_file, "marketing", {})
    assert list(table.records()) == list(table.records()) == [(["甲"], ""), (["乙"], "")]
