"""docs/api.md has every kind of event in its table, and no example asks for a kind that is none."""

import re

import pytest
from markdown_files import every_page, page

from risk_screen.storage.event_kinds import SUBSCRIBABLE, EventKind

ASKED_FOR = re.compile(r"""--kinds "?([^"\s`]+)|`?"?kinds"?`?[^`\n]{0,8}\[([^]\n]+)\]""")


def kinds_asked_for(text: str) -> set[str]:
    return {one for found in ASKED_FOR.findall(text) for one in re.findall(r'[^",\s]+', "".join(found))}


def test_the_table_has_every_kind_once() -> None:
    tables = (rows for rows in page("docs/api.md").tables if rows[0].startswith("| `kind` |"))
    named = [kind for rows in tables for row in rows[2:] for kind in re.findall(r"`([a-z_.]+)`", row.split("|")[1])]
    assert sorted(named) == sorted(EventKind)


@pytest.mark.parametrize("name", [one.name for one in every_page()])
def test_an_example_asks_only_for_kinds_that_exist(name: str) -> None:
    assert kinds_asked_for(page(name).text) <= set(SUBSCRIBABLE)


def test_examples_are_found() -> None:
    assert kinds_asked_for(page("docs/cli.md").text) == {"consultation.*", "registration_hold.signed"}
    assert kinds_asked_for('--kinds "a.*,hold.signed"\n`{"kinds": ["b.c"]}`') == {"a.*", "hold.signed", "b.c"}
