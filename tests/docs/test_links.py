"""Links lead somewhere, and files that pages speak of exist."""

import re
from pathlib import Path

import pytest
from markdown_files import ROOT, Page, every_page, page

NAMES = [p.name for p in every_page()]
FOLDERS = ("src", "rules", "models", "docs", "tests", "tools", "benchmarks", "notebooks")
PATH = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:/[A-Za-z0-9_.*-]+)+/?")
# Files that a district or a command makes, and that are therefore not in the repository.
MADE_LATER = ("rules/local", "rules/evasions.yaml", "rules/rulebook.lock")


def broken_links(one: Page) -> list[str]:
    return [target for target in one.targets if not leads_somewhere(one, target)]


def leads_somewhere(one: Page, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    name, _, anchor = target.partition("#")
    path = (one.path.parent / name).resolve()
    if name and not (path.exists() and path.is_relative_to(ROOT)):
        return False
    aimed = page(path.relative_to(ROOT).as_posix()) if name.endswith(".md") else one
    return not anchor or anchor in aimed.anchors


def missing_files(one: Page) -> list[str]:
    """Paths written in code spans, from the root of the repository or with * in them, that name nothing."""
    named = (m[0] for span in one.code_spans if (m := PATH.fullmatch(span)))
    return [n for n in named if not n.startswith(MADE_LATER) and not any(ROOT.glob(n.rstrip("/")))]


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    assert broken_links(page(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_file_a_page_names_exists(name: str) -> None:
    assert missing_files(page(name)) == []


def test_a_broken_link_is_noticed() -> None:
    text = "# A title\n[good](docs/glossary.md#glossary) [here](#a-title) ![no](docs/none.png) [no](docs/rules.md#none)"
    assert broken_links(Page(ROOT / "X.md", text)) == ["docs/none.png", "docs/rules.md#none"]


def test_a_link_out_of_the_repository_is_noticed() -> None:
    assert broken_links(Page(ROOT / "X.md", "[no](../../etc/hosts)")) == ["../../etc/hosts"]


def test_links_inside_blocks_and_code_are_no_links() -> None:
    assert broken_links(Page(ROOT / "X.md", "`[a](b)`\n```\n[c](d)\n```\n")) == []


def test_a_file_that_does_not_exist_is_noticed() -> None:
    text = "`src/risk_screen/screening/screener.py` `rules/*/*.yaml` `src/risk_screen/none.py` `rules/local/laws.yaml`"
    assert missing_files(Page(ROOT / "X.md", text)) == ["src/risk_screen/none.py"]


def test_the_pages_of_the_repository_are_found() -> None:
    assert {"README.md", "docs/glossary.md", "rules/folding/README.md"} <= set(NAMES)
    assert not any(Path(name).parts[0] == ".venv" for name in NAMES)
