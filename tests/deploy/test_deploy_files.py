"""The files of deploy/ say what the program takes, and the unit is locked up as promised."""

import os
import re
from pathlib import Path

import pytest

from risk_screen.settings import Settings
from risk_screen.settings.telling import unknown_variables

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = (DEPLOY / "systemd" / "risk_screen.service").read_text(encoding="utf-8")
PROMISED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "Restart": "always",
}


def said(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, re.M)


def test_the_settings_of_the_example_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_CONFIG", str(DEPLOY / "risk_screen.toml"))
    assert Settings().workers == 2
    assert [str(one) for one in Settings().trusted_proxies] == ["127.0.0.1/32"]


def test_the_unit_sets_only_variables_that_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RISK_SCREEN_")]:
        monkeypatch.delenv(name)
    for name, _, value in (line.partition("=") for line in said("Environment")):
        monkeypatch.setenv(name, value)
    assert unknown_variables(Settings) == ()


@pytest.mark.parametrize(("name", "value"), PROMISED.items())
def test_the_unit_is_locked_up(name: str, value: str) -> None:
    assert said(name) == [value]


def test_the_unit_leaves_time_to_finish_what_was_accepted() -> None:
    usual = Settings.model_fields
    needed = usual["drain_seconds"].default + 2 * usual["grace_seconds"].default + 10
    assert int(said("TimeoutStopSec")[0]) > needed


def test_what_the_service_writes_to_is_writable_in_the_unit() -> None:
    writable = said("ReadWritePaths")[0].split()
    example = (DEPLOY / "risk_screen.toml").read_text(encoding="utf-8")
    written = re.findall(r'"(?:sqlite:///)?(/var/[^"]+)"', example) + [
        line.partition("=")[2] for line in said("Environment") if "PID_FILE" in line or "CACHE" in line
    ]
    assert len(written) == 4
    assert all(path.startswith(tuple(writable)) for path in written)
