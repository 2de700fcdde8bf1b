"""Every error code is in docs/errors.md with its HTTP status, and no code is there that nothing raises."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from markdown_files import ROOT, page

import risk_screen
from risk_screen.api import problems
from risk_screen.errors import RiskScreenError
from risk_screen.web import pages

ROW = re.compile(r"^\| `(\w+)` \| (\S+) \|")
LISTED = {m[1]: m[2] for table in page("docs/errors.md").tables for row in table if (m := ROW.match(row))}


def classes(base: type[RiskScreenError]) -> Iterator[type[RiskScreenError]]:
    for one in base.__subclasses__():
        yield one
        yield from classes(one)


def statuses() -> dict[str, int]:
    """Code → HTTP status, wherever one is answered."""
    of_classes = {error.code: int(status) for error, status in (pages.STATUS | problems.STATUS).items()}
    of_http = {code: status for status, (code, _) in problems.HTTP_PROBLEMS.items()}
    return of_classes | of_http | {problems.REQUEST_INVALID: 422}


def codes() -> set[str]:
    for module in pkgutil.walk_packages(risk_screen.__path__, "risk_screen."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
    raised = {one.code for one in classes(RiskScreenError) if one.__module__.startswith("risk_screen.")}
    return raised | statuses().keys() | {problems.OTHER_PROBLEM[0]}


@pytest.mark.parametrize("code", sorted(codes()))
def test_a_code_is_documented(code: str) -> None:
    assert code in LISTED


@pytest.mark.parametrize(("code", "status"), sorted(statuses().items()))
def test_the_status_is_the_one_that_is_answered(code: str, status: int) -> None:
    assert LISTED[code] == str(status)


@pytest.mark.parametrize("code", sorted(LISTED))
def test_a_documented_code_is_in_the_program(code: str) -> None:
    written = (path.read_text(encoding="utf-8") for path in (ROOT / "src" / "risk_screen").rglob("*.py"))
    assert any(f'"{code}"' in text for text in written)
