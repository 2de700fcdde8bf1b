"""Several processes on one port: who dies is replaced, a stop loses nothing, a reload mixes nothing; both databases."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import create_engine, select

from databases import ENGINES, fresh_database
from ports import port_of_this_worker
from risk_screen.storage.tables import assessments

ROOT = Path(__file__).parents[2]
SMALL_RULEBOOK = ROOT / "tests" / "rules" / "small_rulebook"
CALLERS = 4
PORT = str(port_of_this_worker(18_640))


@dataclass(slots=True)
class Running:
    """A service in a process of its own."""

    process: "subprocess.Popen[bytes]"
    address: str
    folder: Path

    @property
    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="utf-8")
        return set(map(int, children.split()))

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def tell(self, what: signal.Signals) -> None:
        self.process.send_signal(what)


@dataclass(slots=True)
class Load:
    """Callers that send one flyer after another, each over a connection it keeps."""

    address: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def call(self, number: int) -> None:
        with httpx2.Client(base_url=self.address, timeout=60) as client:
            count = 0
            while not self.over.is_set():
                count += 1
                try:
                    sent = {"channel": "marketing", "text": f"传单{number}-{count}"}
                    answer = client.post("/v1/screenings", json=sent)
                except httpx2.TransportError as error:
                    self.cut.append(type(error).__name__)
                    return
                if answer.status_code == 200:
                    self.answers.append(answer.json())
                else:
                    self.refused.append(answer.status_code)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_database(request.param, tmp_path) as fresh:
        yield fresh


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL_RULEBOOK, tmp_path / "rulebook"))


@pytest.fixture
def serve(tmp_path: Path, rules: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*arguments: str) -> Running:
        outside = {k: v for k, v in os.environ.items() if not k.startswith("RISK_SCREEN_")}
        mine = {"RISK_SCREEN_RULES": str(rules), "RISK_SCREEN_CACHE": "off", "PYTHONPATH": str(ROOT / "src")}
        process = subprocess.Popen(
            [sys.executable, "-m", "risk_screen", "serve", "--port", PORT, *arguments],
            cwd=tmp_path,
            env=outside | mine,
            stdout=subprocess.PIPE,
            stderr=(tmp_path / "log").open("wb"),
        )
        for line in process.stdout or ():
            if found := re.search(r"网页：(http://\S+)/ ", line.decode()):
                started.append(Running(process, found[1], tmp_path))
                return started[-1]
        raise AssertionError((tmp_path / "log").read_text(encoding="utf-8"))

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


@contextmanager
def under_load(running: Running) -> Iterator[Load]:
    load = Load(running.address)
    with ThreadPoolExecutor(CALLERS) as pool:
        calls = [pool.submit(load.call, number) for number in range(CALLERS)]
        until(lambda: len(load.answers) > 20)
        try:
            yield load
        finally:
            load.over.set()
    for call in calls:
        call.result()


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        threading.Event().wait(0.02)


def stored_ids(database: str) -> set[str]:
    engine = create_engine(database)
    with engine.connect() as connection:
        found = set(connection.execute(select(assessments.c.id)).scalars())
    engine.dispose()
    return found


def test_a_killed_worker_is_replaced_and_nothing_answered_is_lost(serve: Callable[..., Running], database: str) -> None:
    running = serve("--workers", "2", "--database", database)
    until(lambda: len(running.workers) == 2)
    before = running.workers
    with under_load(running) as load:
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        until(lambda: len(running.workers) == 2 and victim not in running.workers)
    assert len(before & running.workers) == 1
    assert "意外结束（信号 SIGKILL）" in running.log
    assert httpx2.get(f"{running.address}/readyz").status_code == 200
    running.tell(signal.SIGTERM)
    assert running.process.wait() == 0
    assert {answer["id"] for answer in load.answers} <= stored_ids(database)
    assert load.refused == []


def test_the_limit_of_a_key_is_that_of_all_processes_together(
    serve: Callable[..., Running], database: str, tmp_path: Path
) -> None:
    terms = ("--permission", "marketing.screen", "--network", "127.0.0.1/32", "--per-minute", "5")
    made = command("key", tmp_path, "add", "审批系统", *terms, "--database", database)
    key = re.search(r"rs_\w+", made.stdout.decode())
    assert key is not None, made.stderr.decode()
    running = serve("--workers", "2", "--database", database)
    until(lambda: len(running.workers) == 2)
    statuses = []
    for _ in range(20):  # a connection each, so that both processes answer some
        with httpx2.Client(headers={"Authorization": f"Bearer {key[0]}"}) as client:
            sent = {"channel": "marketing", "text": "面馆开业八折"}
            statuses.append(client.post(f"{running.address}/v1/screenings", json=sent).status_code)
    assert statuses == [200] * 5 + [429] * 15


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stop_under_load_answers_what_it_accepted_and_stores_nothing_else(
    serve: Callable[..., Running], database: str, workers: str
) -> None:
    running = serve("--workers", workers, "--database", database)
    with under_load(running) as load:
        running.tell(signal.SIGTERM)
        assert running.process.wait() == 0
        until(lambda: len(load.cut) == CALLERS)
    assert load.refused == []
    assert {answer["id"] for answer in load.answers} == stored_ids(database)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_reload_under_load_fails_no_request_and_mixes_no_versions(
    serve: Callable[..., Running], rules: Path, tmp_path: Path, workers: str
) -> None:
    running = serve("--workers", workers, "--database", f"sqlite:///{tmp_path / 'store.db'}")
    policy = (rules / "policy.yaml").read_text(encoding="utf-8")
    with under_load(running) as load:
        for version in (2, 3):
            changed = policy.replace("version: 1", f"version: {version}").replace("-10", f"-1{version}")
            (rules / "policy.yaml").write_text(changed, encoding="utf-8")
            assert command("reload", tmp_path).returncode == 0
            until(lambda expected=str(version): running.log.count("换用规则") == int(workers) * (int(expected) - 1))  # type: ignore[misc]
        (rules / "policy.yaml").write_text("version: [", encoding="utf-8")
        assert command("reload", tmp_path).returncode == 0
        until(lambda: "没有重新载入" in running.log)
        answered = len(load.answers)
        until(lambda: len(load.answers) > answered + 20)
    assert (load.cut, load.refused) == ([], [])
    found = [(answer["versions"]["policy"], answer["prior_decibans"]) for answer in load.answers]
    assert set(found) == {("1", -10.0), ("2", -12.0), ("3", -13.0)}
    assert set(found[answered:]) == {("3", -13.0)}
    assert [orjson.loads(line)["event"] for line in running.log.splitlines() if "policy.yaml" in line]
    replayed = command("replay", tmp_path, load.answers[-1]["id"], "--database", f"sqlite:///{tmp_path / 'store.db'}")
    assert replayed.returncode == 0, replayed.stderr.decode()


def command(name: str, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    outside = {k: v for k, v in os.environ.items() if not k.startswith("RISK_SCREEN_")}
    return subprocess.run(
        [sys.executable, "-m", "risk_screen", name, *arguments],
        cwd=folder,
        env=outside | {"PYTHONPATH": str(ROOT / "src"), "RISK_SCREEN_CACHE": "off"},
        capture_output=True,
        check=False,
    )


def test_there_is_nothing_to_reload_where_no_service_runs(serve: Callable[..., Running], tmp_path: Path) -> None:
    assert b"service_not_running" in command("reload", tmp_path).stderr
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "risk_screen.pid").write_text(f"{os.getpid()}\n", encoding="utf-8")  # a file left behind
    assert b"service_not_running" in command("reload", tmp_path).stderr


def test_workers_end_when_the_one_above_them_is_killed(serve: Callable[..., Running], tmp_path: Path) -> None:
    running = serve("--workers", "2")
    until(lambda: len(running.workers) == 2)
    workers = running.workers
    until(lambda: httpx2.get(f"{running.address}/healthz").status_code == 200)
    running.tell(signal.SIGKILL)
    until(lambda: not any(is_alive(number) for number in workers))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_whose_terminal_is_closed_stops(rules: Path, tmp_path: Path, workers: str) -> None:
    terminal, other_end = os.openpty()
    outside = {k: v for k, v in os.environ.items() if not k.startswith("RISK_SCREEN_")}
    mine = {"RISK_SCREEN_RULES": str(rules), "RISK_SCREEN_CACHE": "off", "PYTHONPATH": str(ROOT / "src")}
    process = subprocess.Popen(
        [sys.executable, "-m", "risk_screen", "serve", "--port", PORT, "--workers", workers],
        cwd=tmp_path,
        env=outside | mine,
        stdin=other_end,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - takes the terminal, no thread runs
    )
    os.close(other_end)
    found = next(m for line in process.stdout or () if (m := re.search(r"网页：(http://\S+)/ ", line.decode())))
    until(lambda: is_answering(found[1]))
    os.close(terminal)
    assert process.communicate()[0].decode().endswith("已停止。\n")
    assert process.returncode == 0


def is_answering(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def is_alive(number: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
