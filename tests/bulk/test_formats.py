"""Lines of the result: the input's columns in order, then ours; safe to open in a spreadsheet program."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import assessment, flyer_assessment
from risk_screen.bulk.formats import ResultFormat
from risk_screen.bulk.results import COLUMNS, Result, failed, result_of
from risk_screen.bulk.rows import CellLayout, ObjectLayout
from risk_screen.screening.wording import sentence_of

RESULTS = [result_of("A", flyer_assessment()), result_of("B", assessment()), failed("C", "text_blank", "没有内容。")]
PLAIN = CellLayout(("备注", "文本"), {1: "text"})
WITH_ID = CellLayout(("备注", "id", "text"), {1: "id", 2: "text"})


def written(kind: str, layout: Any, *rows: tuple[list[Any], Result]) -> list[Any]:
    format_ = ResultFormat.of(kind, layout)
    content = (format_.heading() + format_.lines(rows)).decode("utf-8-sig" if kind == ".csv" else "utf-8")
    if kind == ".csv":
        return list(csv.DictReader(io.StringIO(content, newline="")))
    return [json.loads(line) for line in content.split("\n")[:-1]]


def test_the_columns_are_those_of_the_input_then_ours() -> None:
    assert ResultFormat.of(".csv", PLAIN).names == ("备注", "文本", *COLUMNS)
    assert ResultFormat.of(".csv", WITH_ID).names == ("备注", "id", "text", *COLUMNS[1:])
    again = CellLayout(("id", "score", "text", "error"), {0: "id", 2: "text"})
    assert ResultFormat.of(".csv", again).names == ("id", "原表_score", "text", "原表_error", *COLUMNS[1:])
    other = ObjectLayout(("id", "key", "text"), "marketing", {"id": "key"})
    assert ResultFormat.of(".jsonl", other).names == ("原表_id", "key", "text", *COLUMNS)


def test_csv_opens_in_a_spreadsheet_program() -> None:
    format_ = ResultFormat.of(".csv", WITH_ID)
    assert format_.heading().startswith("\ufeff备注,id,text,score,level,route,".encode())
    first, second, third = written(".csv", WITH_ID, *((["甲\r\n乙", "", "保,本"], result) for result in RESULTS))
    flyer = flyer_assessment()
    assert (first["备注"], first["text"]) == ("甲\r\n乙", "保,本")
    assert (first["id"], first["score"], first["annual_rate"]) == ("A", str(flyer.score), "0.18")
    assert first["reasons"] == sentence_of(flyer)
    assert json.loads(first["findings"]) == flyer.to_dict()["reasons"]
    assert (second["findings"], second["annual_rate"], second["error"]) == ("[]", "", "")
    assert (third["score"], third["level"], third["error"]) == ("", "", "text_blank：没有内容。")


def test_jsonl_keeps_numbers_and_lists() -> None:
    layout = ObjectLayout(("text", "n"), "marketing", {})
    first, second, third = written(".jsonl", layout, *((["甲", [1, {"k": 2.5}]], result) for result in RESULTS))
    assert tuple(first) == ("text", "n", *COLUMNS)
    assert first["n"] == [1, {"k": 2.5}]
    assert first["findings"] == flyer_assessment().to_dict()["reasons"]
    assert (first["annual_rate"], second["annual_rate"], third["score"]) == (0.18, None, None)
    assert third["findings"] == []


@pytest.mark.parametrize("odd", ["\ud83d", 2**80, float("nan")], ids=["half a character", "a huge number", "no number"])
def test_what_json_can_hold_and_others_cannot_spoils_no_row(odd: object) -> None:
    layout = ObjectLayout(("text", "n"), "marketing", {})
    for kind in (".jsonl", ".xlsx", ".csv"):
        (row,) = written(kind, layout, (["甲", odd], RESULTS[0]))
        assert "甲" in (row if isinstance(row, list) else row.values())


def test_a_cell_that_would_be_run_is_marked_in_csv_only() -> None:
    cells = ["=1+1", "@x", "-甲"]
    (row,) = written(".csv", WITH_ID, (cells, failed("@x", "x", "y")))
    assert [row[name] for name in WITH_ID.columns] == ["'=1+1", "'@x", "'-甲"]
    (row,) = written(".jsonl", WITH_ID, (cells, failed("@x", "x", "y")))
    assert [row[name] for name in WITH_ID.columns] == cells
    (row,) = written(".xlsx", WITH_ID, (cells, failed("@x", "x", "y")))
    assert row[:3] == cells


def test_a_heading_that_would_be_run_is_marked_too() -> None:
    layout = CellLayout(("=1+1", "text"), {1: "text"})
    assert ResultFormat.of(".csv", layout).heading().startswith("\ufeff'=1+1,text,id".encode())


def test_our_own_text_cells_begin_with_words_of_the_program() -> None:
    for result in RESULTS:
        for cell in (result.level, result.route, result.reasons, result.error):
            assert not (cell or "").startswith(("=", "+", "-", "@"))


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_every_cell_of_the_input_is_in_every_kind_of_result(cells: list[str]) -> None:
    (row,) = written(".jsonl", PLAIN, (cells, RESULTS[0]))
    assert [row["备注"], row["文本"]] == cells
    (array,) = written(".xlsx", PLAIN, (cells, RESULTS[0]))
    assert array[:2] == cells
    (line,) = written(".csv", PLAIN, (cells, RESULTS[0]))
    assert [line["备注"].removeprefix("'"), line["文本"].removeprefix("'")] == [c.removeprefix("'") for c in cells]
