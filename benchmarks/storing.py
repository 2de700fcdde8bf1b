"""How many screenings a second are stored: one commit for each, and one commit for what came at the same time.

    python benchmarks/storing.py [--database URL] [--clients 1 16 64] [--seconds 3]

Every client stores one real assessment of a flyer after another (assessment, text, event, audit entry) and waits for
its commit, as a request does. ``bare`` is the least that can be done: one row of the same size by the driver itself,
one commit each, from one thread. Without ``--database`` a new SQLite file on the disk of the working folder is used.
"""

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from risk_screen import Screener
from risk_screen.access.actor import ANONYMOUS
from risk_screen.operations.screening import Screened, store_screened
from risk_screen.operations.store import Store
from risk_screen.screening.submission import Submission
from risk_screen.storage import group_commit
from risk_screen.storage.database import open_database

FLYER = (
    "福寿苑康养中心：存5万元优先预订养老床位，月息2分，保 本 保 息，一年期满全额退还！介绍亲友来存另有奖励，名额有限。"
)


def per_second(work: Callable[[], object], clients: int, seconds: float) -> float:
    """Calls finished per second, when every client makes one after another."""
    end = time.perf_counter() + seconds

    def client(_: int) -> int:
        count = 0
        while time.perf_counter() < end:
            work()
            count += 1
        return count

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        count = sum(pool.map(client, range(clients)))
    return count / (time.perf_counter() - started)


def bare(address: str, content: bytes, folder: str, seconds: float) -> float:
    """One row and one commit at a time by the driver, with the durability the service has."""
    row = (content, FLYER)
    if address.startswith("sqlite"):
        connection = sqlite3.connect(f"{folder}/bare.db", isolation_level=None, check_same_thread=False)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE t (a BLOB, b TEXT)"):
            connection.execute(statement)
        return per_second(lambda: connection.execute("INSERT INTO t VALUES (?, ?)", row), 1, seconds)
    import psycopg

    server = psycopg.connect(address.replace("+psycopg", ""), autocommit=True)
    server.execute("CREATE TABLE IF NOT EXISTS bare (a BYTEA, b TEXT)")
    return per_second(lambda: server.execute("INSERT INTO bare VALUES (%s, %s)", row), 1, seconds)


def main() -> None:
    """Measure and print one line for each way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--seconds", type=float, default=3.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        measure(asked.database or f"sqlite:///{folder}/store.db", folder, asked)


def measure(address: str, folder: str, asked: argparse.Namespace) -> None:
    submission = Submission.of("marketing", {"text": FLYER})
    screened = Screened(submission, Screener.load().assess(submission))
    store = Store(open_database(address))
    content = store_screened(store, screened, actor=ANONYMOUS)
    print(f"bare                     {bare(address, content, folder, asked.seconds):8,.0f}/s")
    for together in (1, group_commit.MOST_TOGETHER):
        group_commit.MOST_TOGETHER = together
        for clients in asked.clients:
            rate = per_second(lambda: store_screened(store, screened, actor=ANONYMOUS), clients, asked.seconds)
            print(f"{clients:3} clients, at most {together:3} {rate:8,.0f}/s")
    store.close()


if __name__ == "__main__":
    main()
