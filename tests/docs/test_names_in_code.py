"""Words that say nothing (STYLE: names) are not used to name anything in the program."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_files import ROOT

SOURCE = ROOT / "src" / "risk_screen"
EMPTY_WORDS = {
    *("data", "datum", "info", "infos", "manager", "managers", "helper", "helpers", "util", "utils"),
    *("common", "misc", "handle", "process"),
}
# Methods that a library calls by the name it gave them.
OF_LIBRARIES = {"data_received", "handle_exit"}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words_of(name: str) -> set[str]:
    """The words an identifier is made of: snake_case and CamelCase."""
    return {word.lower() for word in WORD.findall(name)}


def names_given(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything a file names itself: not what it only uses from elsewhere."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name


def empty_names(tree: ast.AST) -> list[str]:
    ours = ((line, name) for line, name in names_given(tree) if name not in OF_LIBRARIES)
    return [f"{line}: {name}" for line, name in ours if words_of(name) & EMPTY_WORDS]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_file_names_nothing_with_an_empty_word(path: Path) -> None:
    assert words_of(path.stem) & EMPTY_WORDS == set()
    assert empty_names(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_no_folder_is_named_with_an_empty_word() -> None:
    folders = [p for p in SOURCE.rglob("*") if p.is_dir() and words_of(p.name) & EMPTY_WORDS]
    assert folders == []


@pytest.mark.parametrize(
    "code",
    [
        "def load_data(): ...",
        "class ScoreManager: ...",
        "def f(user_info): ...",
        "text_data = 1",
        "self.data = 1",
        "for misc in (): ...",
        "import re as utils",
        "with open('f') as file_handle: ...",
        "lambda data: 1",
        "def handleText(): ...",
        "try: ...\nexcept OSError as process: ...",
    ],
)
def test_an_empty_word_is_noticed(code: str) -> None:
    assert len(empty_names(ast.parse(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "metadata = 1",
        "def add_handler(): ...",
        "def processed_rows(): ...",
        "x = library.data",
        "call(data=1)",
        "from concurrent.futures import ProcessPoolExecutor",
        "uncommon = 1",
    ],
)
def test_longer_words_and_the_names_of_libraries_are_fine(code: str) -> None:
    assert empty_names(ast.parse(code)) == []
