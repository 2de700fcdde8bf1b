"""Workbooks that are written hold text as text, and everything they can."""

import zipfile
from pathlib import Path

import pytest
from python_calamine import load_workbook

from builders import flyer_assessment
from risk_screen.bulk import finishing
from risk_screen.bulk.batch import Screened
from risk_screen.bulk.finishing import CUT_OFF, MOST_CELL_CHARACTERS
from risk_screen.bulk.formats import ResultFormat
from risk_screen.bulk.results import COLUMNS, result_of
from risk_screen.bulk.rows import CellLayout
from risk_screen.bulk.writing import ResultFile

LAYOUT = CellLayout(("编号", "文本"), {0: "id", 1: "text"})


def written(path: Path, *rows: list[str]) -> list[list[list[object]]]:
    """Write a workbook and give back the cells of its sheets."""
    format_ = ResultFormat.of(".xlsx", LAYOUT)
    with ResultFile(path, format_) as file:
        lines = format_.lines((row, result_of(row[0], flyer_assessment())) for row in rows)
        file.append(Screened(len(rows), lines, {}))
    book = load_workbook(path)
    return [list(book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names]


def test_cells_are_written_as_they_were_and_ours_behind_them(tmp_path: Path) -> None:
    ((heading, first, second),) = written(tmp_path / "out.xlsx", ["A", "甲\n乙"], ["370303199001010012", ""])
    assert heading == ["编号", "文本", *COLUMNS]
    assert first[:3] == ["A", "甲\n乙", "A"]
    assert second[:3] == ["370303199001010012", "", "370303199001010012"]
    assert first[3] == flyer_assessment().score
    assert first[6] == 0.18
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.xlsx"]


def test_no_cell_is_a_formula_or_a_link(tmp_path: Path) -> None:
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://x")', "http://example.com", "{=1}", "007"]
    ((_, *rows),) = written(tmp_path / "out.xlsx", *([text, "甲"] for text in dangerous))
    assert [row[0] for row in rows] == dangerous
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet.lower().replace(b"=hyperlink(", b"")


@pytest.mark.parametrize("sign", ["长", "😀"])
def test_a_text_that_no_cell_can_hold_is_cut_and_says_so(tmp_path: Path, sign: str) -> None:
    fits, longer = (
        sign * (MOST_CELL_CHARACTERS // len(sign.encode("utf-16-le")) * 2),
        sign * MOST_CELL_CHARACTERS + "尾",
    )
    ((_, first, second),) = written(tmp_path / "out.xlsx", ["A", fits], ["B", longer])
    assert first[1] == fits
    cut = str(second[1])
    assert cut.endswith(CUT_OFF)
    assert longer.startswith(cut.removesuffix(CUT_OFF))
    assert len(cut.encode("utf-16-le")) <= 2 * MOST_CELL_CHARACTERS


def test_rows_beyond_one_sheet_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "MOST_SHEET_ROWS", 3)
    sheets = written(tmp_path / "out.xlsx", *([str(n), "甲"] for n in range(5)))
    assert [[row[0] for row in sheet] for sheet in sheets] == [["编号", "0", "1"], ["编号", "2", "3"], ["编号", "4"]]


@pytest.mark.parametrize("text", ["a\x00b", "a\x08b", "_x000D_", "\ufffe", "a\rb", " 甲 ", "<&>\"'"])
def test_odd_characters_make_a_workbook_that_opens(tmp_path: Path, text: str) -> None:
    ((_, row),) = written(tmp_path / "out.xlsx", ["A", text])
    assert row[0] == "A"
    assert text.strip("\ufffe") == "" or str(row[1]).replace("\n", "\r") == text
