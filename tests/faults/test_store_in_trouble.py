"""The store is in trouble for a while: what cannot be stored is refused, and the same service goes on afterwards."""

import os
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx2
import pytest
from kill_loop import anchors_of
from running_service import Service, new_setting, serving
from sqlalchemy import create_engine, make_url, text
from traffic import flowing
from whole_store import wrong_in

from databases import fresh_database

# `make endurance` waits longer.
SECONDS = float(os.environ.get("SECONDS_OF_TROUBLE", "2"))
WORKERS = 2
FLYER = {"channel": "marketing", "text": "存5万元，月息2分，保本保息。"}
Trouble = Callable[[Service, str], AbstractContextManager[None]]


@contextmanager
def server_gone(_: Service, database: str) -> Iterator[None]:
    """Take no new connections and cut those there are, as a server that stops does."""
    _administer(database, "ALTER DATABASE {} ALLOW_CONNECTIONS false")
    _administer(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'")
    yield
    _administer(database, "ALTER DATABASE {} ALLOW_CONNECTIONS true")


@contextmanager
def disk_full(service: Service, _: str) -> Iterator[None]:
    """No file can grow, the log neither; the disk itself has room, so that /readyz may not see it."""
    for process in service.processes:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    yield
    for process in service.processes:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@contextmanager
def held_by_another(_: Service, database: str) -> Iterator[None]:
    """Another program writes to the file and does not come to an end."""
    other = sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None)
    while True:
        try:
            other.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError:
            time.sleep(0.01)
    yield
    other.execute("ROLLBACK")
    other.close()


def _administer(database: str, statement: str) -> None:
    url = make_url(database)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement.format(url.database)))
    engine.dispose()


@pytest.mark.xdist_group("service")
@pytest.mark.parametrize(
    ("engine", "trouble", "not_ready"),
    [("postgresql", server_gone, True), ("sqlite", disk_full, False), ("sqlite", held_by_another, True)],
    ids=["the server of the database is gone", "the disk is full", "another program holds the file"],
)
def test_trouble_is_told_and_the_same_service_goes_on_when_it_is_over(
    engine: str, trouble: Trouble, not_ready: bool, tmp_path: Path
) -> None:
    with fresh_database(engine, tmp_path) as database:
        setting = new_setting(database, tmp_path)
        with serving(setting, workers=WORKERS) as service:
            while len(service.processes) <= WORKERS:
                time.sleep(0.01)
            processes = service.processes
            with flowing(service.address, setting.headers, "before") as traffic:
                while not traffic.answered:
                    time.sleep(0.01)
                with trouble(service, database):
                    time.sleep(SECONDS)
                    refused = httpx2.post(
                        f"{service.address}/v1/screenings", json=FLYER, headers=setting.headers, timeout=120
                    )
                    while not traffic.refused:
                        time.sleep(0.01)
                    assert httpx2.get(f"{service.address}/healthz", timeout=60).status_code == 200
                    ready = httpx2.get(f"{service.address}/readyz", timeout=60).status_code
                answered = len(traffic.answered)
                while len(traffic.answered) < answered + 20:
                    time.sleep(0.01)
            assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
            assert int(refused.headers["retry-after"]) > 0
            assert ready == 503 or not not_ready
            assert httpx2.get(f"{service.address}/readyz", timeout=60).status_code == 200
            assert service.processes == processes
            assert set(traffic.refused) == {(503, "store_unavailable")}
            assert traffic.cut == []
            assert service.stop() == 0
        assert wrong_in(database, traffic.answered, anchors_of(setting)) == []
