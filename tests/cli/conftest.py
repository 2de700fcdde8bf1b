"""The command in this process, or in one of its own, over a canned screener."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from command_line import Cli, Outcome  # noqa: E402

COLUMNS = "100"


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Run the command here; the working folder is empty."""
    import canned_risk_screen

    from risk_screen import wiring
    from risk_screen.cli import main

    monkeypatch.setattr(wiring.Screener, "load", canned_risk_screen.load)
    monkeypatch.setenv("COLUMNS", COLUMNS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISK_SCREEN_CONFIG", "")  # a command may set it
    for name in [name for name in os.environ if name.startswith("RISK_SCREEN_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["risk-screen", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main.run()
        out, err = capfd.readouterr()
        assert isinstance(left.value.code, int)
        return Outcome(left.value.code, out, err)

    return run


@pytest.fixture
def process(tmp_path: Path) -> Callable[..., "subprocess.Popen[bytes]"]:
    """Start the command as a process in an empty folder."""

    def start(*arguments: object, **options: Any) -> "subprocess.Popen[bytes]":
        outside = {k: v for k, v in os.environ.items() if not k.startswith("RISK_SCREEN_")}
        piped = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, str(HERE / "canned_risk_screen.py"), *map(str, arguments)],
            cwd=tmp_path,
            env=outside | {"PYTHONPATH": str(HERE.parent), "COLUMNS": COLUMNS, "PYTHONIOENCODING": "utf-8"},
            **(piped | options),
        )

    return start
