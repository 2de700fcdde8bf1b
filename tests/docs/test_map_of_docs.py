"""docs/index.md is the map of docs/, docs/architecture.md the one of the program: nothing is missing on them."""

import pytest
from markdown_files import ROOT, page

DOCS = sorted(p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").glob("*.*") if p.name != "index.md")
SOURCE = ROOT / "src" / "risk_screen"
PACKAGES = sorted(p.parent.name for p in SOURCE.glob("*/__init__.py"))
KINDS = ("added", "changed", "fixed", "removed", "security", "rule", "model", "law")


@pytest.mark.parametrize("name", DOCS)
def test_the_map_names_every_file_of_docs(name: str) -> None:
    assert name in page("docs/index.md").targets


@pytest.mark.parametrize("package", PACKAGES)
def test_the_architecture_names_every_package(package: str) -> None:
    assert f"`{package}`" in page("docs/architecture.md").text


def test_the_architecture_names_the_layers_in_their_order() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    assert "\n".join(layers) in page("docs/architecture.md").text


@pytest.mark.parametrize("heading", [h for depth, h in page("CHANGELOG.md").headings if depth == 3])
def test_the_changelog_uses_its_own_kinds(heading: str) -> None:
    assert heading.lower() in KINDS


def test_the_changelog_has_a_section_for_the_version_of_the_program() -> None:
    from risk_screen import __version__

    titles = [title for depth, title in page("CHANGELOG.md").headings if depth == 2]
    assert any(title.startswith(("Unreleased", f"[{__version__}]", __version__)) for title in titles)
