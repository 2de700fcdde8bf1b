"""docs/index.md is the map of docs/, docs/architecture.md the one of the program: nothing is missing or made up."""

import ast
import re
import tomllib
from functools import cache

import pytest
from markdown_files import ROOT, page

DOCS = sorted(p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").glob("*.*") if p.name != "index.md")
SOURCE = ROOT / "src" / "risk_screen"
PACKAGES = sorted(p.parent.name for p in SOURCE.glob("*/__init__.py"))
CONTRACTS = [block.content for block in page("docs/architecture.md").blocks]
FILES_NAMED = sorted({name for content in CONTRACTS for name in re.findall(r"[a-z_]+/[a-z_]+\.py", content)})
NAMED = re.compile(r"^ *(?:def |class |\.)?(?:[A-Z]\w+(?:\([^()]*\))?\.)?([A-Za-z_]\w+)\(", re.M)
CALLS_NAMED = sorted({name for content in CONTRACTS for name in NAMED.findall(content)})
KINDS = ("added", "changed", "fixed", "removed", "security", "rule", "model", "law")


@cache
def defined() -> frozenset[str]:
    """Functions, methods and classes of the program."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py")]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, kinds))


@pytest.mark.parametrize("name", DOCS)
def test_the_map_names_every_file_of_docs(name: str) -> None:
    assert name in page("docs/index.md").targets


@pytest.mark.parametrize("package", PACKAGES)
def test_the_architecture_names_every_package(package: str) -> None:
    assert f"`{package}`" in page("docs/architecture.md").text


@pytest.mark.parametrize("name", FILES_NAMED)
def test_a_file_the_architecture_names_exists(name: str) -> None:
    assert (SOURCE / name).is_file()


@pytest.mark.parametrize("name", CALLS_NAMED)
def test_a_function_or_class_the_architecture_names_exists(name: str) -> None:
    assert name in defined()


def test_the_architecture_names_the_layers_in_their_order() -> None:
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
