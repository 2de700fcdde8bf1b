"""Every command explains itself in Chinese, with an example, at once."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from command_line import Cli

from golden_files import check_golden
from risk_screen.cli.main import app


def every_command(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, one in getattr(command, "commands", {}).items():
        yield from every_command(one, (*path, name))


COMMANDS = list(every_command(typer.main.get_command(app)))


def test_the_commands_of_the_contract_are_there() -> None:
    expected = {("screen",), ("batch",), ("serve",), ("train",), ("rules", "lint"), ("rules", "test")}
    assert expected | {("rules", "explain")} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_reads_as_agreed(cli: Cli, command: tuple[str, ...]) -> None:
    outcome = cli(*command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    check_golden(f"cli/help_{'_'.join(command) or 'risk-screen'}.txt", outcome.out)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_in_chinese_and_has_an_example(cli: Cli, command: tuple[str, ...]) -> None:
    text = cli(*command, "-h").out
    assert re.search(r"例：risk-screen \S", text)
    assert not re.search("Usage|Options|Arguments|Commands|Show|exit|required|default", text)
    meanings = [line[30:] for line in text.splitlines() if line.startswith("  -")]
    assert meanings
    assert all(re.search("[\u4e00-\u9fff]{2}", meaning) for meaning in meanings)


@pytest.mark.parametrize("group", [(), ("rules",)], ids=["risk-screen", "rules"])
def test_a_group_without_a_command_shows_its_help_and_is_no_success(cli: Cli, group: tuple[str, ...]) -> None:
    outcome = cli(*group)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == cli(*group, "--help").out


def test_help_loads_nothing_that_takes_time() -> None:
    script = (
        "import sys; sys.argv = ['risk-screen', '--help']\n"
        "from risk_screen.cli.main import run\n"
        "try:\n    run()\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    heavy = {"sklearn", "pandas", "numpy", "fastapi", "uvicorn", "sqlalchemy", "pydantic", "jieba", "re2", "yaml"}
    assert "typer" in loaded
    assert loaded & heavy == set()


def test_the_version_is_that_of_the_package(cli: Cli) -> None:
    import risk_screen

    assert cli("--version").out == f"risk-screen {risk_screen.__version__}\n"
