"""What a start must not load: each of these costs a command more than its work."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
NEVER = {"sqlalchemy", "alembic", "fastapi", "starlette", "pandas", "sklearn", "jieba", "rjieba", "pydantic_settings"}
FOR_RULES = {"pydantic", "rich", "typer"}
SCREEN = """
from risk_screen import Screener
Screener.load().screen("marketing", text="投10万一年返13万，保本保息，加薇xin13805331234")
"""
COMMAND = """
import sys
sys.argv = ["risk-screen", "screen", "投10万一年返13万，保本保息", "--json"]
from risk_screen.cli.main import run
try:
    run()
except SystemExit:
    pass
"""


def loaded_by(program: str, cache: Path) -> set[str]:
    """Top-level modules that are loaded when a program has run, the rulebook being kept from a run before."""
    told = program + "\nimport sys; print('\\nLOADED', *(sys.modules.keys() & %r))"
    command = [sys.executable, "-c", told % (NEVER | FOR_RULES)]
    environment = {"RISK_SCREEN_CACHE": str(cache), "PYTHONPATH": str(REPOSITORY / "src")}
    for _ in range(2):
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(("program", "forbidden"), [(SCREEN, NEVER | FOR_RULES), (COMMAND, NEVER | {"rich"})])
def test_a_text_is_screened_without_what_only_others_need(program: str, forbidden: set[str], tmp_path: Path) -> None:
    assert loaded_by(program, tmp_path) & forbidden == set()


def test_the_segmenter_and_its_package_get_along(tmp_path: Path) -> None:
    told = SCREEN + "\nimport rjieba; assert rjieba.cut('保本高息')\nfrom rjieba.rjieba import Jieba"
    assert "sqlalchemy" not in loaded_by(told, tmp_path)
