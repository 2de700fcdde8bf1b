"""docs/glossary.md is the law on words: what it names is what the code says."""

import ast
import re
from collections import Counter
from functools import cache

import pytest
from markdown_files import CODE_SPAN, ROOT, page

SOURCE = ROOT / "src" / "risk_screen"
# What the task force does after a screening is not written yet; a test below notices when it is.
NOT_BUILT_YET = {
    *("clue", "register_clue", "case", "deliberation", "disposal", "closing", "follow_up", "watch_list", "task_force"),
    *("grid_worker", "approval_bureau", "ledger", "warning_notice", "warning_interview", "referral"),
    *("false_alarm", "missed_risk", "confirmed", "unfounded"),
}
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def snake(name: str) -> str:
    return "_".join(word.lower() for word in WORD.findall(name))


@cache
def terms() -> frozenset[str]:
    """English words of the table: of the second column, and the values that the third one lists."""
    rows = page("docs/glossary.md").tables[0][2:]
    return frozenset(word for row in rows for word in CODE_SPAN.findall(row))


@cache
def named_in_code() -> frozenset[str]:
    """Names the program gives and values it writes: identifiers in snake_case with their parts, and short strings."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                    found |= {snake(name), *snake(name).split("_")}
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    found.add(name)
                case ast.Constant(value=str(text)) if len(text) <= 40:
                    found.add(text)
    return frozenset(found)


@cache
def classes() -> frozenset[str]:
    trees = (ast.parse(p.read_text(encoding="utf-8")) for p in SOURCE.rglob("*.py"))
    return frozenset(snake(n.name) for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ClassDef))


@pytest.mark.parametrize("word", sorted(terms() - NOT_BUILT_YET))
def test_a_word_of_the_glossary_is_used_in_the_code(word: str) -> None:
    assert word in named_in_code()


@pytest.mark.parametrize("word", sorted(NOT_BUILT_YET))
def test_what_is_not_built_yet_is_in_the_glossary_and_not_in_the_code(word: str) -> None:
    assert word in terms()
    assert word not in classes(), f"{word} is built: take it off NOT_BUILT_YET"
    assert not list(SOURCE.rglob(f"{word}.py")), f"{word} is built: take it off NOT_BUILT_YET"


def test_a_chinese_term_has_one_row() -> None:
    rows = page("docs/glossary.md").tables[0][2:]
    titles = Counter(row.strip("|").split("|")[0].strip() for row in rows)
    assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.parametrize("word", ["levle", "hits_found_nowhere"])
def test_a_word_the_code_does_not_use_would_be_noticed(word: str) -> None:
    assert word not in named_in_code()


def test_every_characteristic_level_and_route_of_the_code_is_in_the_glossary() -> None:
    from risk_screen.screening.assessment import CHARACTERISTICS
    from risk_screen.screening.policy import LEVELS, ROUTE_ORDER

    wanted = {*CHARACTERISTICS, *LEVELS, *(route for routes in ROUTE_ORDER.values() for route in routes)}
    assert wanted - terms() == set()
