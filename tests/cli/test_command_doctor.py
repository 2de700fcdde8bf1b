"""``risk-screen doctor``: a line for each thing, and an exit code for programs."""

from pathlib import Path

import orjson
import pytest
from command_line import Cli

from risk_screen import wiring
from risk_screen.classifier.loading import ModelError


def test_a_machine_that_will_do_gets_a_line_for_each_thing(cli: Cli) -> None:
    outcome = cli("doctor")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert all(line.startswith(("好　", "注意　")) for line in lines)
    assert "好　SQLite 先写日志（WAL）：可用" in lines
    assert any(line.startswith("好　规则和模型：") for line in lines)
    assert list(Path().iterdir()) == []


def test_what_does_not_work_is_an_exit_code(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: object) -> None:
        raise ModelError("没有可用的模型：请检查路径。")

    monkeypatch.setattr(wiring.Screener, "load", load)
    monkeypatch.setenv("RISK_SCREEN_REPORTER_KEYS", "none")
    outcome = cli("doctor", "--json", "--database", "sqlite:////proc/x/y.db")
    assert outcome.code == 1
    verdicts = {one["name"]: one["verdict"] for one in orjson.loads(outcome.out)["checks"]}
    assert {name for name, verdict in verdicts.items() if verdict == "bad"} >= {"wal", "screening", "reporter_keys"}


def test_a_file_of_settings_that_everybody_may_read_is_noted(cli: Cli) -> None:
    Path("risk_screen.toml").write_text("workers = 1\n", encoding="utf-8")
    Path("risk_screen.toml").chmod(0o644)
    assert "注意　设置文件：" in cli("doctor").out
    Path("risk_screen.toml").chmod(0o640)
    assert "设置文件" not in cli("doctor").out
