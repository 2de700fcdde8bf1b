"""What was released through the database is what every process runs: at once, after a restart, whatever folders say."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import update

from databases import ENGINES, fresh_database
from ports import port_of_this_worker
from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.operations.asking import Asking
from risk_screen.operations.proposing import Proposal, propose, release_it
from risk_screen.operations.release_archive import write_archive
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database, writing
from risk_screen.storage.release_tables import releases
from risk_screen.wiring import Screener

ROOT = Path(__file__).parents[2]
SMALL_RULEBOOK = ROOT / "tests" / "rules" / "small_rulebook"
ANALYST = Identity(Actor("person", "p-7"), frozenset({Role.ANALYST}))
LEAD = Identity(Actor("person", "p-3"), frozenset({Role.TASK_FORCE_LEAD}))
PORT = str(port_of_this_worker(18_620))
FLYER = {"channel": "marketing", "text": "面馆开业八折"}
OUTSIDE = {name: value for name, value in os.environ.items() if not name.startswith("RISK_SCREEN_")}


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL_RULEBOOK, tmp_path / "rulebook"))


@pytest.fixture
def command(rules: Path) -> Callable[..., Any]:
    mine = {"RISK_SCREEN_RULES": str(rules), "RISK_SCREEN_CACHE": "off", "PYTHONPATH": str(ROOT / "src")}
    return lambda *words, **how: subprocess.Popen(
        [sys.executable, "-m", "risk_screen", *words], env=OUTSIDE | mine, cwd=rules.parent, **how
    )


@pytest.fixture
def serve(command: Callable[..., Any], database: str, tmp_path: Path) -> Iterator[Callable[[], tuple[Any, str]]]:
    started: list[Any] = []

    def start() -> tuple[Any, str]:
        words = ("serve", "--port", PORT, "--workers", "2", "--database", database)
        process = command(*words, stdout=subprocess.PIPE, stderr=(tmp_path / "log").open("ab"))
        started.append(process)
        for line in process.stdout:
            if found := re.search(r"网页：(http://\S+)/ ", line.decode()):
                return process, found[1]
        raise AssertionError((tmp_path / "log").read_text(encoding="utf-8"))

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def released(store: Store, running: Screener, version: int) -> None:
    """Let one propose the small rulebook with another policy, and another release it."""
    files = {f"rules/{path.name}": path.read_bytes() for path in SMALL_RULEBOOK.glob("*.yaml")}
    files["rules/policy.yaml"] = files["rules/policy.yaml"].replace(
        b"version: 1\n", f"version: {version}\n".encode(), 1
    )
    proposal = Proposal(write_archive(files), "试行")
    made = orjson.loads(propose(store, Asking(ANALYST), running, proposal).content)
    release_it(store, Asking(LEAD), running, made["id"], "")


def answered(address: str) -> dict[str, Any]:
    """One answer, over a connection of its own."""
    answer: dict[str, Any] = httpx2.post(f"{address}/v1/screenings", json=FLYER).json()
    return answer


def policies(address: str) -> set[str]:
    return {answered(address)["versions"]["policy"] for _ in range(12)}


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        threading.Event().wait(0.05)


def test_both_processes_take_a_release_and_keep_it(
    serve: Callable[[], tuple[Any, str]], command: Callable[..., Any], database: str, tmp_path: Path, rules: Path
) -> None:
    process, address = serve()
    before = answered(address)
    store = Store(open_database(database))
    released(store, Screener.load(SMALL_RULEBOOK), 7)
    until(lambda: policies(address) == {"7"})

    policy = (rules / "policy.yaml").read_text(encoding="utf-8")
    (rules / "policy.yaml").write_text(policy.replace("version: 1\n", "version: 3\n", 1), encoding="utf-8")
    process.send_signal(signal.SIGHUP)
    until(lambda: "只有发布才能换" in (tmp_path / "log").read_text(encoding="utf-8"))
    assert policies(address) == {"7"}

    process.terminate()
    assert process.wait() == 0
    process, address = serve()
    assert policies(address) == {"7"}
    process.send_signal(signal.SIGHUP)
    until(lambda: (tmp_path / "log").read_text(encoding="utf-8").count("只有发布才能换") == 4)  # twice in each process
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for worker in children.read_text().split():  # those that take their place run the release, not the folders
        os.kill(int(worker), signal.SIGKILL)
    until(lambda: len(children.read_text().split()) == 2)
    assert policies(address) == {"7"}
    process.terminate()
    assert process.wait() == 0

    again = command("replay", before["id"], "--database", database, stdout=subprocess.PIPE)
    assert "逐字节相同" in again.communicate()[0].decode()
    assert again.returncode == 0

    with writing(store.engine) as connection:
        connection.execute(update(releases).values(content=b"damaged"))
    store.close()
    refused = command("serve", "--port", PORT, "--database", database, stderr=subprocess.PIPE)
    assert "没有换用别的" in refused.communicate()[1].decode()
    assert refused.returncode != 0
