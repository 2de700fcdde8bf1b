"""What is to be done once is done by one process only; who dies or fails is replaced or tried again."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from risk_screen.operations.background import Background, BackgroundRunner
from risk_screen.operations.liveness import has_ended, own_name
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database
from risk_screen.storage.leases import Lease, leases_of

SPAWN = multiprocessing.get_context("spawn")
LEASE_SECONDS = 0.3
NONE = Lease("", "", 0, "", None, None, 0)


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.01)


def lease(store: Store, name: str) -> Lease:
    with store.reading() as connection:
        return leases_of(connection).get(name, NONE)


@contextmanager
def running(store: Store, *tasks: Background, lease_seconds: float = LEASE_SECONDS) -> Iterator[BackgroundRunner]:
    runner = BackgroundRunner(store, tasks, lease_seconds=lease_seconds)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def run_until_killed(address: str, file: Path, lease_seconds: float) -> None:
    def note(_: Store) -> None:
        with file.open("a", encoding="utf-8") as opened:
            opened.write(f"{own_name()}\n")

    BackgroundRunner(
        Store(open_database(address)), [Background("note", 0.02, note)], lease_seconds=lease_seconds
    ).start()
    threading.Event().wait()


def test_a_task_runs_again_and_again_and_its_lease_tells(store: Store) -> None:
    runs = []
    with running(store, Background("count", 0.01, lambda _: runs.append(1))):
        until(lambda: len(runs) > 5 and lease(store, "count").succeeded_at is not None)
        found = lease(store, "count")
    assert (found.holder, found.failures, found.failed_at) == (own_name(), 0, None)
    assert lease(store, "count").holder == ""


def test_of_several_processes_one_does_it_and_when_it_is_killed_another_goes_on(
    store: Store, address: str, tmp_path: Path
) -> None:
    noted = tmp_path / "noted"
    noted.touch()
    started = [SPAWN.Process(target=run_until_killed, args=(address, noted, 60.0)) for _ in range(2)]
    for process in started:
        process.start()

    def doers() -> list[str]:
        return noted.read_text(encoding="utf-8").split("\n")[:-1]

    until(lambda: len(doers()) > 20)
    (first,) = set(doers())
    (doing,) = [process for process in started if f"/{process.pid}/" in first]
    doing.kill()
    doing.join()
    noted.write_text("", encoding="utf-8")
    assert has_ended(first)
    with running(store, Background("note", 0.02, lambda _: run_by_me.append(1))):
        run_by_me: list[int] = []
        until(lambda: bool(run_by_me) or len(doers()) > 5)
        assert first not in doers()
    for process in started:
        process.kill()
        process.join()


def test_a_holder_that_falls_silent_loses_its_lease_but_a_jumping_clock_takes_none_away(
    store: Store, address: str
) -> None:
    """The holder is of another machine: nothing is known of it but its beats."""
    far = Background("far", 60, lambda _: None)
    runner = BackgroundRunner(store, [far], lease_seconds=LEASE_SECONDS, holder="far-away/1/2/3")
    runner._keep_once()
    runs: list[int] = []
    late = Store(open_database(address), now=lambda: datetime.now().astimezone() + timedelta(days=2))
    with running(late, Background("far", 0.01, lambda _: runs.append(1))):
        began = time.monotonic()
        while time.monotonic() - began < LEASE_SECONDS * 2:
            runner._keep_once()
            time.sleep(LEASE_SECONDS / 5)
        assert runs == []
        until(lambda: bool(runs))
    late.close()


def test_a_failing_task_is_tried_again_and_says_so_without_its_words(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    failed = threading.Event()

    def fail(_: Store) -> None:
        failed.set()
        raise ValueError("张三 13805331234")

    with running(store, Background("fails", 0.01, fail), Background("works", 0.01, lambda _: None)):
        until(lambda: lease(store, "fails").failures > 0 and lease(store, "works").succeeded_at is not None)
    assert failed.is_set()
    assert lease(store, "fails").succeeded_at is None
    assert "后台任务 fails" in caplog.text
    assert "张三" not in caplog.text


def test_a_run_without_end_is_told_as_stuck(store: Store) -> None:
    release = threading.Event()
    with running(store, Background("hangs", 1, lambda _: release.wait(), stuck_after_seconds=0.05)):
        until(lambda: lease(store, "hangs").state == "stuck")
        release.set()
        until(lambda: lease(store, "hangs").state == "waiting")


def test_a_run_under_way_comes_to_its_end_before_the_service_does(store: Store) -> None:
    began, ended = threading.Event(), threading.Event()

    def work(_: Store) -> None:
        began.set()
        time.sleep(0.1)
        ended.set()

    with running(store, Background("slow", 60, work)):
        began.wait()
    assert ended.is_set()
