"""``risk-screen settings``: what is in force and where it comes from; a faulty file stops every command."""

from pathlib import Path

import orjson
import pytest
from command_line import Cli


def test_settings_are_listed_with_source_and_meaning(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_DATABASE", "postgresql://u:geheim@h/d")
    outcome = cli("settings", "--port", "8005")
    assert outcome.code == 0
    assert "port = 8005   [命令行]\n    `serve` 的端口" in outcome.out
    assert "database = postgresql://u:******@h/d   [环境]" in outcome.out
    assert "geheim" not in outcome.out


def test_programs_get_json(cli: Cli) -> None:
    Path("risk_screen.toml").write_text("workers = 2", encoding="utf-8")
    listed = orjson.loads(cli("settings", "--json").out)
    assert listed["file"] == "risk_screen.toml"
    assert {"name": "workers", "variable": "RISK_SCREEN_WORKERS", "value": "2", "source": "文件"}.items() <= next(
        one for one in listed["settings"] if one["name"] == "workers"
    ).items()


def test_a_variable_that_is_no_setting_is_pointed_out(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_PROT", "1")
    assert cli("settings").err == "注意：环境变量 RISK_SCREEN_PROT 不是设置，没有作用。\n"


@pytest.mark.parametrize("command", [["settings"], ["screen", "保本"], ["serve"], ["rules", "test"]])
def test_no_command_starts_with_a_faulty_file(cli: Cli, command: list[str]) -> None:
    Path("wrong.toml").write_text("prot = 1", encoding="utf-8")
    outcome = cli("--config", "wrong.toml", *command)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(
        "错误 [settings_invalid] 设置有误：prot（来自文件 wrong.toml）没有这个设置，是不是 port"
    )


def test_the_folder_of_rules_may_stand_in_the_file(cli: Cli) -> None:
    Path("risk_screen.toml").write_text('rules = "nowhere"', encoding="utf-8")
    outcome = cli("rules", "test")
    assert outcome.code == 2
    assert "nowhere" in outcome.err
