"""Decisions are numbered, short, say what enforces them, and are listed where a reader looks."""

import re

import pytest
from markdown_files import ROOT, page

FILES = sorted(p.name for p in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
MOST_LINES = 40
PARTS = ("Context", "Decision", "Alternatives", "What enforces it")


def test_numbers_have_no_gap_and_no_double() -> None:
    assert [int(name[:4]) for name in FILES] == list(range(1, len(FILES) + 1))


@pytest.mark.parametrize("name", FILES)
def test_a_decision_is_listed_by_its_title(name: str) -> None:
    title = re.sub(r"^\d+\. ", "", page(f"docs/decisions/{name}").headings[0][1])
    assert f"[{title}]({name})" in page("docs/decisions/README.md").text


@pytest.mark.parametrize("name", FILES)
def test_a_decision_is_short_and_has_its_parts(name: str) -> None:
    text = page(f"docs/decisions/{name}").text
    assert text.startswith(f"# {int(name[:4])}. ")
    assert [part for part in PARTS if f"**{part}.**" not in text] == []
    assert len(text.splitlines()) <= MOST_LINES
