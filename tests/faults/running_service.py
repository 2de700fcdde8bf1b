"""The whole service as processes of its own, with a key: to be killed, and started again."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from people import key_with
from ports import port_of_this_worker
from risk_screen.access.roles import Permission
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database

ROOT = Path(__file__).parents[2]
CACHE = Path(tempfile.gettempdir()) / f"risk-screen-cache-{os.getuid()}"
PORT = port_of_this_worker(18_660)
PARTY = "bureau"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a service runs, and who may ask it.

    Attributes
    ----------
    folder : Path
        Of the process; its log lies there.
    database : str
    key : str
    """

    folder: Path
    database: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs in a process group of its own."""

    process: "subprocess.Popen[bytes]"
    address: str

    @property
    def processes(self) -> set[int]:
        """The service and its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="utf-8")
        return {self.process.pid, *map(int, children.split())}

    def kill(self) -> None:
        """Kill every process at once, as a machine that loses its power does, and wait for their end."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> int:
        self.process.terminate()
        self.process.communicate()
        return self.process.returncode


def new_setting(database: str, folder: Path) -> Setting:
    """An empty database with one key."""
    store = Store(open_database(database))
    permissions = Permission.SCREEN_REGISTRATION, Permission.SCREEN_MARKETING, Permission.READ_ASSESSMENT
    given = key_with(store, *permissions, Permission.READ_EVENTS, party=PARTY, requests_per_minute=10_000_000)
    store.close()
    return Setting(folder, database, given.text)


def start(setting: Setting, workers: int) -> Service:
    """Start it with the shipped rulebook and models; returns when it answers."""
    CACHE.mkdir(mode=0o700, exist_ok=True)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("RISK_SCREEN_")}
    mine = {"RISK_SCREEN_CACHE": str(CACHE), "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    arguments = ["serve", "--port", str(PORT), "--workers", str(workers), "--database", setting.database]
    with (setting.folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "risk_screen", *arguments],
            cwd=setting.folder,
            env=outside | mine,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    for line in process.stdout or ():
        if found := re.search(r"网页：(http://\S+)/ ", line.decode()):
            return Service(process, found[1])
    raise AssertionError(setting.log[-2_000:])


@contextmanager
def serving(setting: Setting, workers: int = 1) -> Iterator[Service]:
    """Run it; it is gone afterwards, whatever happened."""
    service = start(setting, workers)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.kill()
