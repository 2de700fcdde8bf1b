"""docs/security.md names for each attack the test that holds its result: the test is there."""

import re

import pytest
from markdown_files import ROOT, TABLE, page

ROWS = [
    row for table in TABLE.findall(page("docs/security.md").text) for row in re.findall(r"^\| \d+ \|.*$", table, re.M)
]
HELD = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "\n".join(ROWS))))


@pytest.mark.parametrize(("path", "name"), HELD)
def test_a_test_that_holds_a_result_is_there(path: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_thirty_attacks_and_more_are_numbered_and_each_is_held_or_said_to_be_open() -> None:
    assert [int(row.split("|")[1]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 30
    assert [row for row in ROWS if "`tests/" not in row and "未做" not in row] == []
