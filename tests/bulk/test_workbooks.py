"""Workbooks as offices really send them: titles above, merged cells, several sheets, formulas, numbers, dates."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from risk_screen.bulk.columns import TableError
from risk_screen.bulk.reading import Table
from risk_screen.bulk.rows import Row

Fill = Callable[[Any, Any], None]


def workbook(path: Path, **sheets: Fill) -> Path:
    """Write a workbook; every sheet is filled by a function of book and sheet."""
    with xlsxwriter.Workbook(path) as book:
        for name, fill in sheets.items():
            fill(book, book.add_worksheet(name))
    return path


def filled(*rows: list[Any], at: int = 0) -> Fill:
    def fill(_: Any, sheet: Any) -> None:
        for number, cells in enumerate(rows, start=at):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write(number, column, cell)

    return fill


def rows_of(path: Path, channel: str = "marketing", sheet: str | None = None) -> list[Row]:
    return list(Table(path, channel, {}, sheet=sheet).rows())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "in.xlsx"


def test_rows_come_in_order_and_blank_ones_are_none(file: Path) -> None:
    workbook(file, 登记=filled(["编号", "文本"], ["A", "甲"], [], ["", "乙\n丙"], [" "], ["C", ""]))
    rows = rows_of(file)
    assert [(row.row_id, row.fields["text"]) for row in rows] == [("A", "甲"), ("2", "乙\n丙"), (" ", ""), ("C", "")]


def test_numbers_dates_and_codes_are_read_as_they_are_seen(file: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        filled(["编号", "文本", "电话", "代码", "日期", "时刻", "是", "金额"])(book, sheet)
        filled([1, 3.5, 13800138000, "91370303MA3C123456"], at=1)(book, sheet)
        sheet.write_datetime(1, 4, datetime.datetime(2026, 1, 2), day)
        sheet.write_datetime(1, 5, datetime.datetime(2026, 1, 2, 8, 30), day)
        sheet.write_boolean(1, 6, True)
        sheet.write(1, 7, 0.1 + 0.2)

    (row,) = rows_of(workbook(file, 甲=fill))
    expected = ["1", "3.5", "13800138000", "91370303MA3C123456", "2026-01-02", "2026-01-02 08:30:00", "TRUE", "0.3"]
    assert (row.row_id, row.cells) == ("1", expected)


def test_an_identity_number_kept_as_text_keeps_its_18_digits(file: Path) -> None:
    (row,) = rows_of(workbook(file, 甲=filled(["身份证", "文本"], ["370303199001010012", "甲"])))
    assert row.cells[0] == "370303199001010012"


def test_a_formula_is_read_as_what_it_last_gave(file: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        filled(["文本"])(book, sheet)
        sheet.write_formula(1, 0, '="保"&"本"', None, "保本")

    assert [row.fields["text"] for row in rows_of(workbook(file, 甲=fill))] == ["保本"]


def test_a_merged_title_above_the_heading_is_passed_over_and_told(file: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 2, "2026年宣传品登记表")
        filled(["编号", "文本", "备注"], ["A", "甲", ""], at=2)(book, sheet)

    workbook(file, 甲=fill)
    assert [row.cells for row in rows_of(file)] == [["A", "甲", ""]]
    assert Table(file, "marketing", {}).notices == ["列名在第 3 行，它上面的 2 行没有筛查。"]


def test_a_cell_merged_over_rows_counts_for_each_of_them(file: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        filled(["企业名称", "经营范围", "备注"])(book, sheet)
        sheet.merge_range(1, 0, 3, 0, "甲公司")
        for number, scope in enumerate(["投资", "咨询", "餐饮"], start=1):
            sheet.write_string(number, 1, scope)
        sheet.merge_range(4, 0, 4, 2, "只在一行")

    rows = rows_of(workbook(file, 甲=fill), "registration")
    scopes = [("甲公司", "投资"), ("甲公司", "咨询"), ("甲公司", "餐饮"), ("只在一行", "")]
    assert [(row.fields["name"], row.fields["business_scope"]) for row in rows] == scopes


def test_a_heading_merged_over_two_rows_is_one_heading(file: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 1, 0, "编号")
        sheet.merge_range(0, 1, 0, 2, "企业信息")
        sheet.write_string(1, 1, "企业名称")
        sheet.write_string(1, 2, "经营范围")
        filled(["A", "甲公司", "投资"], at=2)(book, sheet)

    rows = rows_of(workbook(file, 甲=fill), "registration")
    assert [(row.row_id, dict(row.fields)) for row in rows] == [("A", {"name": "甲公司", "business_scope": "投资"})]


def test_headings_all_merged_over_two_rows_are_no_row_of_data(file: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        for column, name in enumerate(["编号", "文本"]):
            sheet.merge_range(0, column, 1, column, name)
        filled(["A", "甲"], at=2)(book, sheet)

    assert [row.cells for row in rows_of(workbook(file, 甲=fill))] == [["A", "甲"]]


def test_a_table_that_begins_in_the_middle_of_the_sheet_is_read(file: Path) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_string(4, 3, "文本")
        sheet.write_string(5, 3, "甲")
        sheet.merge_range(6, 3, 7, 3, "乙")
        sheet.write_string(7, 4, "旁")

    assert [row.cells[0] for row in rows_of(workbook(file, 甲=fill))] == ["甲", "乙", "乙"]


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_told(file: Path) -> None:
    def hidden(book: Any, sheet: Any) -> None:
        filled(["文本"], ["藏"])(book, sheet)
        sheet.hide()

    def chosen(book: Any, sheet: Any) -> None:
        filled(["文本"], ["甲"])(book, sheet)
        sheet.activate()
        sheet.set_first_sheet()

    workbook(file, 空=filled(), 藏=hidden, 登记=chosen, 旧=filled(["文本"], ["乙"]))
    table = Table(file, "marketing", {})
    assert [row.fields["text"] for row in table.rows()] == ["甲"]
    assert table.notices == ["读的是工作表“登记”；另有 空、藏、旧 没有读，要读请用 --sheet 指定。"]
    for name, text in (("旧", "乙"), ("藏", "藏")):
        assert [row.fields["text"] for row in rows_of(file, sheet=name)] == [text]
    with pytest.raises(TableError, match="没有工作表“新”：现有 空、藏、登记、旧"):
        rows_of(file, sheet="新")


def test_hidden_rows_are_read_and_told(file: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        filled(["文本"], ["甲"], ["乙"])(book, sheet)
        sheet.set_row(2, None, None, {"hidden": True})

    workbook(file, 甲=fill)
    assert [row.fields["text"] for row in rows_of(file)] == ["甲", "乙"]
    assert Table(file, "marketing", {}).notices == ["工作簿里有 1 行是隐藏的，也一并筛查。"]


def test_200_columns_are_read_whole(file: Path) -> None:
    workbook(file, 甲=filled([*(f"列{n}" for n in range(199)), "文本"], [f"v{n}" for n in range(200)]))
    (row,) = rows_of(file)
    assert row.cells == [f"v{n}" for n in range(200)]
    assert row.fields == {"text": "v199"}


def test_a_workbook_without_content_is_refused(file: Path) -> None:
    with pytest.raises(TableError, match="没有可见而且有内容的工作表"):
        rows_of(workbook(file, 空=filled()))


def test_reading_says_how_far_it_has_come(file: Path) -> None:
    table = Table(workbook(file, 甲=filled(["文本"], ["甲"], ["乙"], ["丙"])), "marketing", {})
    assert (table.size, table.done()) == (3, 0)
    records = table.records()
    next(records)
    assert table.done() == 1
    assert len([*records]) == 2
