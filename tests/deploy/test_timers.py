"""The daily jobs of deploy/systemd: what they run is a command of the program, and it does what its unit says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from risk_screen.settings import Settings
from risk_screen.settings.telling import unknown_variables

SYSTEMD = Path(__file__).parents[2] / "deploy" / "systemd"
JOBS = ("purge", "backup")
INSTALLED = "/opt/risk_screen/.venv/bin/risk-screen"
LOCKED_UP = ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "CapabilityBoundingSet=", "UMask=0077")


def unit(name: str) -> str:
    return (SYSTEMD / name).read_text(encoding="utf-8")


def said(text: str, name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", text, re.M)


def command(job: str, places: dict[str, str]) -> list[str]:
    """The command as systemd starts it, with other places."""
    (line,) = said(unit(f"risk_screen-{job}.service"), "ExecStart")
    for place, instead in places.items():
        assert place in line
        line = line.replace(place, instead)
    return shlex.split(line.replace("%%", "%").replace("$$", "$"))


def test_every_timer_has_its_job() -> None:
    assert {one.name for one in SYSTEMD.glob("*.timer")} == {f"risk_screen-{job}.timer" for job in JOBS}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_runs_daily_as_the_service_does_and_locked_up(job: str) -> None:
    service, timer, whole = (
        unit(f"risk_screen-{job}.service"),
        unit(f"risk_screen-{job}.timer"),
        unit("risk_screen.service"),
    )
    assert set(LOCKED_UP) <= set(service.splitlines())
    for name in ("User", "Group", "WorkingDirectory"):
        assert said(service, name) == said(whole, name)
    assert set(said(service, "Environment")) <= set(said(whole, "Environment"))
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:00 Asia/Shanghai", said(timer, "OnCalendar")[0])
    assert said(timer, "Persistent") == ["true"]


def test_the_jobs_do_what_their_units_say(tmp_path: Path) -> None:
    program = f"{Path(sys.executable).parent}/risk-screen"
    key = tmp_path / "backup.key"
    key.write_text("a long enough passphrase\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RISK_SCREEN_")}
    environment["RISK_SCREEN_DATABASE"] = f"sqlite:///{tmp_path}/store.db"
    for made in (
        command("purge", {INSTALLED: program}),
        command(
            "backup",
            {INSTALLED: program, "/etc/risk_screen/backup.key": str(key), "/var/backups/risk_screen": str(tmp_path)},
        ),
    ):
        done = subprocess.run(made, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    (backup,) = tmp_path.glob("*.rsbackup")
    assert re.fullmatch(r"risk_screen-\d\d\.rsbackup", backup.name)


def test_the_jobs_set_only_variables_that_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RISK_SCREEN_")]:
        monkeypatch.delenv(name)
    for job in JOBS:
        for name, _, value in (line.partition("=") for line in said(unit(f"risk_screen-{job}.service"), "Environment")):
            monkeypatch.setenv(name, value)
    assert unknown_variables(Settings) == ()
