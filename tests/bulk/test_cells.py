"""Cells are read as their user sees them, and given back so that no spreadsheet program runs them."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.bulk.cells import harmless, text_of

SEEN = [
    ("保本", "保本"),
    (None, ""),
    (13800138000.0, "13800138000"),
    (0.24, "0.24"),
    (0.1 + 0.2, "0.3"),
    (1e21, "1000000000000000000000"),
    (7, "7"),
    (True, "TRUE"),
    (False, "FALSE"),
    (datetime.date(2026, 1, 2), "2026-01-02"),
    (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
    (datetime.time(3, 4), "03:04:00"),
    (Decimal("1.50"), "1.50"),
    ("文本".encode(), "文本"),
    ([1, "二"], '[1, "二"]'),
    ({"键": None}, '{"键": null}'),
]


@pytest.mark.parametrize(("value", "seen"), SEEN, ids=[str(case[1]) for case in SEEN])
def test_a_cell_is_read_as_it_is_seen(value: object, seen: str) -> None:
    assert text_of(value) == seen


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "- 保本", "=", "+", "-1-1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell: str) -> None:
    assert harmless([cell]) == ["'" + cell]


@pytest.mark.parametrize("cell", ["-12", "+8613800000000", "3.5", "-0.5", "甲-1", "A=B", "'=1", "", " =1"])
def test_a_cell_that_is_none_stays_as_it_is(cell: str) -> None:
    assert harmless([cell]) == [cell]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_no_harmless_cell_begins_like_a_formula_and_every_text_is_still_there(cells: list[str]) -> None:
    for cell, written in zip(cells, harmless(cells), strict=True):
        assert written.removeprefix("'") == cell.removeprefix("'")
        assert not written.startswith(("=", "@", "\t", "\r"))
    text = io.StringIO()
    csv.writer(text).writerow(harmless(cells))
    assert next(csv.reader(io.StringIO(text.getvalue(), newline=""))) == harmless(cells)
