"""Services of their own, on loopback: two on one file, a full disk, a closed folder, a clock that was set back.

Each must give a clear answer, and nothing that was answered with 200 may be lost.
"""

import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ports import port_of_this_worker
from risk_screen.storage.database import DatabaseError, open_database

HERE = Path(__file__).parent
COMMAND = [sys.executable, str(HERE / "serve_with_a_clock.py")]
SECONDS_TO_STOP = 60
NOBODY = 65534
PORT = str(port_of_this_worker(18_600))

Serve = Callable[..., str]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def environment(cache: Path, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "clock").write_text("0", encoding="utf-8")
    outside = {k: v for k, v in os.environ.items() if not k.startswith("RISK_SCREEN_")}
    mine = {"RISK_SCREEN_CACHE": str(cache), "CLOCK_FILE": str(tmp_path / "clock"), "PYTHONIOENCODING": "utf-8"}
    return outside | mine | {"PYTHONUNBUFFERED": "1"}


@pytest.fixture
def serve(environment: dict[str, str], tmp_path: Path) -> Iterator[Serve]:
    """Start a service on the file of this test and return its address; all are stopped at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**options: Any) -> str:
        for one in started if options.pop("stop_others", False) else ():
            stop(one)
        arguments = ["serve", "--port", PORT, "--database", f"sqlite:///{tmp_path / 'store.db'}"]
        errors = (tmp_path / f"errors-{len(started)}").open("wb")
        running = subprocess.Popen(
            [*COMMAND, *arguments], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=errors, **options
        )
        started.append(running)
        for line in running.stdout or ():
            if found := re.search(r"网页：(http://\S+?)/ ", line.decode()):
                return found[1]
        raise AssertionError(Path(errors.name).read_text(encoding="utf-8"))

    yield start
    for one in started:
        stop(one)


def stop(running: "subprocess.Popen[bytes]") -> None:
    if running.poll() is None:
        running.terminate()
    try:
        running.wait(SECONDS_TO_STOP)
    finally:
        running.kill()
        running.stdout.close()  # type: ignore[union-attr]


def screened(address: str, text: str, **more: str) -> httpx2.Response:
    return httpx2.post(f"{address}/v1/screenings", json={"channel": "marketing", "text": text, **more}, timeout=120)


def stored(address: str, answer: httpx2.Response) -> bytes:
    return httpx2.get(f"{address}/v1/screenings/{answer.json()['id']}", timeout=120).content


def rows(path: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def assert_whole(path: Path) -> None:
    """The file is sound, and events and audit entries are numbered without a hole, one for each assessment."""
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    ((count,),) = rows(path, "SELECT count(*) FROM assessments")
    for table, column in (("events", "cursor"), ("audit_trail", "sequence")):
        numbers = [number for (number,) in rows(path, f"SELECT {column} FROM {table} ORDER BY {column}")]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= count


def test_two_services_on_one_file_lose_nothing(serve: Serve, tmp_path: Path) -> None:
    first, second = serve(), serve()
    assert first != second

    def send(number: int) -> httpx2.Response:
        address = (first, second)[number % 2]
        return screened(address, f"传单{number // 2}：保本保息", external_id=f"W-{number // 2}")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(80)))
    assert {answer.status_code for answer in answers} == {200}
    assert [a.content for a in answers[::2]] == [a.content for a in answers[1::2]]
    assert all(stored(second, answer) == answer.content for answer in answers[::2])
    assert rows(tmp_path / "store.db", "SELECT count(*) FROM assessments") == [(40,)]
    assert_whole(tmp_path / "store.db")


def test_a_clock_that_is_set_back_loses_nothing_and_what_follows_sorts_after(serve: Serve, tmp_path: Path) -> None:
    address, answers = serve(), []
    for moved in (0, -3_600, -86_400 * 365 * 30, 86_400 * 365 * 30, 0):
        (tmp_path / "clock").write_text(str(moved), encoding="utf-8")
        answers.append(screened(address, f"第{moved}秒：保本保息", external_id="W-1"))
    assert {answer.status_code for answer in answers} == {200}
    ids = [answer.json()["id"] for answer in answers]
    assert ids == sorted(set(ids))
    assert answers[1].json()["created_at"] < answers[0].json()["created_at"] < answers[3].json()["created_at"]
    assert [stored(address, answer) for answer in answers] == [answer.content for answer in answers]
    assert_whole(tmp_path / "store.db")


def test_a_full_disk_is_told_and_what_was_answered_is_kept(serve: Serve, tmp_path: Path) -> None:
    address = serve()
    kept = [screened(address, "先存一条：保本保息")]
    serve_with_little_room = {"preexec_fn": _limit_files_to(2 * 2**20), "stop_others": True}
    address = serve(**serve_with_little_room)
    long = "今天天气很好，大家来喝茶。" * 4_000
    for number in range(60):
        answer = screened(address, f"{number}{long}")
        if answer.status_code != 200:
            break
        kept.append(answer)
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["retry-after"]
    assert len(kept) > 1
    assert all(stored(address, one) == one.content for one in kept)
    assert httpx2.get(f"{address}/healthz", timeout=60).status_code == 200
    address = serve(stop_others=True)
    assert all(stored(address, one) == one.content for one in kept)
    assert screened(address, f"腾出空间以后{long}").status_code == 200
    assert rows(tmp_path / "store.db", "SELECT count(*) FROM assessments") == [(len(kept) + 1,)]
    assert_whole(tmp_path / "store.db")


def _limit_files_to(most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def test_a_folder_that_is_read_only_is_told_and_left_alone(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/writable.db").dispose()  # everything is imported when rights are given up
    user = os.geteuid()
    with tempfile.TemporaryDirectory(dir="/tmp") as closed:
        Path(closed).chmod(0o555)
        if not user:
            os.seteuid(NOBODY)
        try:
            with pytest.raises(DatabaseError, match="打不开"):
                open_database(f"sqlite:///{closed}/store.db")
            assert list(Path(closed).iterdir()) == []
        finally:
            os.seteuid(user)
            Path(closed).chmod(0o755)


def test_a_place_where_nobody_may_write_is_told_before_anything_is_served(environment: dict[str, str]) -> None:
    _assert_refused(environment, "sqlite:////proc/1/store.db")


def _assert_refused(environment: dict[str, str], address: str) -> None:
    command = [*COMMAND, "serve", "--port", PORT, "--database", address]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("错误 [database_unusable] 数据库不能使用：")


def test_half_characters_and_controls_are_screened_and_come_back_as_json(serve: Serve) -> None:
    address = serve()
    for text in ("\ud800保本保息\udfff", "\x00保本\u202e保息\x1b[31m", "保本保息" + "\U0010ffff", "ﷺ" * 100_000):
        body = json.dumps({"channel": "marketing", "text": text}).encode()
        kind = {"content-type": "application/json"}
        answer = httpx2.post(f"{address}/v1/screenings", content=body, headers=kind, timeout=120)
        assert answer.status_code == 200
        assert stored(address, answer) == answer.content
