"""Ten times the district's peak for a while: names, flyers and batches due at their times, whether answered or not.

    python tests/endurance/mixed_traffic.py --minutes 10 [--engines sqlite postgresql]

The whole service with two processes; 50 names and 20 flyers a second, one request in twenty a batch of ten; the events
are read as they come and pushed to a receiver; rulebook and models are loaded anew half-way. The sender shares the
processors with the service. What was seen is printed; the exit code is 1 when anything did not hold.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "faults"), str(HERE.parents[1] / "benchmarks")]

import httpx2  # noqa: E402
from core import flyers, registrations  # noqa: E402
from kill_loop import anchors_of  # noqa: E402
from running_service import Service, Setting, new_setting, serving  # noqa: E402
from sqlalchemy import create_engine, text  # noqa: E402
from watched_service import Watch, forwarded  # noqa: E402
from whole_store import wrong_in  # noqa: E402

from databases import ENGINES, fresh_database  # noqa: E402

NAMES_PER_SECOND, FLYERS_PER_SECOND = 50, 20
BATCH_SHARE, BATCH_NAMES, BATCH_FLYERS = 0.05, 7, 3
WORKERS, CONNECTIONS = 2, 64
SECONDS_FOR_AN_ANSWER = 60.0
DISTINCT_FLYERS = 500
# Memory is judged from the third quarter on: before it, rulebook and models are loaded anew, once beside the old ones.
SETTLED_QUARTER, FLAT_RATIO, SHORTEST_JUDGED_SECONDS = 2, 1.15, 120.0
Item = dict[str, str]


@dataclass(slots=True)
class Seen:
    """What came of the traffic.

    Attributes
    ----------
    milliseconds : dict
        Kind of request → times of answers, counted from when the request was due.
    statuses : Counter
        Of answers other than 200, and names of exceptions.
    items : int
        Screened, by the answers.
    late : float
        The most by which the sender itself was behind its plan, seconds.
    wrong : list
        What did not hold.
    """

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[str] = field(default_factory=Counter)
    items: int = 0
    late: float = 0.0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Planned:
    """A request and when it is due, in seconds from the start."""

    due: float
    kind: str
    path: str
    items: list[Item]

    @property
    def body(self) -> Any:
        return {"items": self.items} if self.kind == "batch" else self.items[0]


def plan(seconds: float) -> list[Planned]:
    """Everything that is sent, evenly spread; every item has a number of its own."""
    batches_per_second = (NAMES_PER_SECOND + FLYERS_PER_SECOND) * BATCH_SHARE / (1 - BATCH_SHARE)
    rates = {"name": NAMES_PER_SECOND, "flyer": FLYERS_PER_SECOND, "batch": batches_per_second}
    names, texts = _names(int(seconds * (rates["name"] + BATCH_NAMES * rates["batch"])) + 1), _flyers()
    planned = []
    for kind, rate in rates.items():
        path = "/v1/screenings/batch" if kind == "batch" else "/v1/screenings"
        wanted = {"name": (1, 0), "flyer": (0, 1), "batch": (BATCH_NAMES, BATCH_FLYERS)}[kind]
        for number in range(int(seconds * rate)):
            items = [next(names) for _ in range(wanted[0])] + [next(texts) for _ in range(wanted[1])]
            planned.append(Planned(number / rate, kind, path, items))
    return sorted(planned, key=lambda one: one.due)


def _names(count: int) -> Iterator[Item]:
    for number, fields in enumerate(registrations(count)):
        yield {"channel": "registration", **fields, "external_id": f"R-{number}"}


def _flyers() -> Iterator[Item]:
    for number, fields in enumerate(cycle(flyers(DISTINCT_FLYERS))):
        yield {"channel": "marketing", "text": f"第{number}张：{fields['text']}", "external_id": f"F-{number}"}


def mixed_traffic(setting: Setting, seconds: float, tell: Callable[[str], None] = lambda _: None) -> tuple[Seen, Watch]:
    """Send it all, look at the service while it runs, and say what did not hold."""
    seen, planned = Seen(), plan(seconds)
    with forwarded(setting) as receiver, serving(setting, workers=WORKERS) as service:
        watch = Watch(service, setting)
        asyncio.run(_send_and_watch(service, setting, planned, seen, watch))
        watch.drain(SECONDS_FOR_AN_ANSWER)
        seen.wrong += wrong_with(seen, watch, planned, seconds)
        if receiver is not None and len(set(receiver.ids)) < watch.events_told:
            seen.wrong.append(f"pushed {len(set(receiver.ids))} of {watch.events_told} events")
        if service.stop() != 0:
            seen.wrong.append("the service did not stop by itself")
    seen.wrong += _not_stored(setting, planned)
    tell(_table(seen, watch))
    return seen, watch


async def _send_and_watch(service: Service, setting: Setting, planned: list[Planned], seen: Seen, watch: Watch) -> None:
    watching = asyncio.create_task(watch.look())
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    options = {"base_url": service.address, "headers": setting.headers, "timeout": SECONDS_FOR_AN_ANSWER}
    async with httpx2.AsyncClient(limits=limits, **options) as client:  # type: ignore[arg-type]
        start, under_way = time.perf_counter(), set[asyncio.Task[None]]()
        half = len(planned) // 2
        for number, one in enumerate(planned):
            if number == half:
                os.kill(service.process.pid, signal.SIGHUP)
            if (early := start + one.due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            seen.late = max(seen.late, -early)
            task = asyncio.create_task(_send(client, one, start, seen))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
    watch.over = True
    await watching


async def _send(client: httpx2.AsyncClient, one: Planned, start: float, seen: Seen) -> None:
    try:
        answer = await client.post(one.path, json=one.body)
    except httpx2.TransportError as error:
        seen.statuses[type(error).__name__] += 1
        return
    if answer.status_code != 200:
        seen.statuses[str(answer.status_code)] += 1
        return
    seen.milliseconds[one.kind].append((time.perf_counter() - start - one.due) * 1000)
    seen.items += len(one.items) if _is_whole(one, answer.json()) else 0


def _is_whole(one: Planned, told: dict[str, Any]) -> bool:
    """Every item was answered with an assessment, and a batch by one rulebook alone."""
    results = [one.get("assessment") for one in told["results"]] if one.kind == "batch" else [told]
    return None not in results and len({each["versions"]["rulebook"] for each in results}) == 1


def wrong_with(seen: Seen, watch: Watch, planned: list[Planned], seconds: float) -> Iterator[str]:
    """Name what does not hold of the answers, the feed and what waits."""
    expected = sum(len(one.items) for one in planned)
    if seen.statuses:
        yield f"not answered: {dict(seen.statuses)}"
    if seen.items != expected:
        yield f"{seen.items} of {expected} items answered whole"
    if watch.left:
        yield f"still waiting at the end: {watch.left}"
    if watch.events_told < expected:
        yield f"{watch.events_told} events in the feed for {expected} items"
    if seconds >= SHORTEST_JUDGED_SECONDS:
        yield from watch.growth(SETTLED_QUARTER, FLAT_RATIO)


def _not_stored(setting: Setting, planned: list[Planned]) -> list[str]:
    engine = create_engine(setting.database)
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT count(DISTINCT external_id) FROM assessments")).scalar_one()
    engine.dispose()
    sent = sum(len(one.items) for one in planned)
    missing = [] if stored == sent else [f"{stored} of {sent} items stored"]
    return missing + wrong_in(setting.database, {}, anchors_of(setting))


def _table(seen: Seen, watch: Watch) -> str:
    lines = [f"| {'request':<8} | number | p50 ms | p99 ms | most |", "| --- | --- | --- | --- | --- |"]
    for kind, times in seen.milliseconds.items():
        p99 = statistics.quantiles(times, n=100)[-1] if len(times) > 1 else times[0]
        lines.append(f"| {kind:<8} | {len(times)} | {statistics.median(times):.1f} | {p99:.1f} | {max(times):.0f} |")
    lines += ["", *watch.table(), "", f"{seen.items} items; the sender was at most {seen.late * 1000:.0f} ms late"]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    asked = parser.parse_args()
    is_whole = True
    for engine in asked.engines:
        with tempfile.TemporaryDirectory() as name, fresh_database(engine, Path(name)) as database:
            setting = new_setting(database, Path(name))
            print(f"{engine}, {asked.minutes:g} minutes, {WORKERS} processes", flush=True)
            seen, _ = mixed_traffic(setting, asked.minutes * 60, print)
        print("nothing refused, lost or growing" if not seen.wrong else "\n".join(seen.wrong[:20]), flush=True)
        is_whole = is_whole and not seen.wrong
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
