"""Every setting is in docs/operations.md, and no page names one that the program does not read."""

import re
import sys

import pytest
from markdown_files import ROOT, every_page, page

from risk_screen.settings import Settings
from risk_screen.settings.kinds import allowed

sys.path.insert(0, str(ROOT / "tools"))

from refresh_settings_table import settings_table

PREFIX = str(Settings.model_config["env_prefix"])
NAME = re.compile(rf"\b{PREFIX}[A-Z_]+\b")
PROGRAMS = [*(ROOT / "src").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py"), *(ROOT / "tests").rglob("*.py")]
READ_BY_CODE = {name for path in PROGRAMS for name in NAME.findall(path.read_text(encoding="utf-8"))}
READ_BY_SERVICE = {
    name for path in (ROOT / "src").rglob("*.py") for name in NAME.findall(path.read_text(encoding="utf-8"))
}
SETTINGS = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}
ROWS = [row for table in page("docs/operations.md").tables for row in table]


@pytest.mark.parametrize("name", sorted(SETTINGS.keys() | READ_BY_SERVICE))
def test_operations_has_a_row_for_every_setting(name: str) -> None:
    assert any(row.startswith(f"| `{name}` |") for row in ROWS)


def test_the_table_is_the_one_the_program_gives() -> None:
    assert settings_table() in page("docs/operations.md").text, "run `make settings-table`"


def test_a_new_setting_needs_a_new_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Settings.model_fields, "planted", Settings.model_fields["port"])
    with pytest.raises(AssertionError):
        test_the_table_is_the_one_the_program_gives()


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_setting_has_a_meaning_and_says_what_is_allowed(name: str) -> None:
    assert SETTINGS[name].description
    assert allowed(SETTINGS[name])


@pytest.mark.parametrize("name", [p.name for p in every_page()])
def test_a_page_names_no_setting_that_nothing_reads(name: str) -> None:
    assert set(NAME.findall(page(name).text)) - SETTINGS.keys() - READ_BY_CODE == set()
