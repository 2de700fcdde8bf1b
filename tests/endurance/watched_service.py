"""A service under load as an operator sees it: memory of its processes, what waits, the events as they come."""

import asyncio
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from running_service import Service, Setting

from receivers import Receiver, receiving
from risk_screen.access.actor import Actor
from risk_screen.delivery.destinations import Destination
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import allow
from risk_screen.operations.webhooks import Subscription, add_endpoint
from risk_screen.storage.database import open_database

QUARTERS = 4
LOOK_SECONDS = 2.0
MOST_EVENTS = 200
OFFICE = Actor("system", "command-line")
GAUGES = ("risk_screen_webhook_waiting", "risk_screen_webhook_oldest_seconds", "risk_screen_consultations_waiting")
# What an operator must see come back to nothing; consultations wait for people.
MUST_END = ("risk_screen_webhook_waiting",)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at once: resident memory of each process in MiB, gauges, events not yet read."""

    memory: dict[int, float]
    gauges: dict[str, float]
    unread: int


@dataclass(slots=True)
class Watch:
    """Looks at a service now and then, and reads its events as a receiver does.

    Attributes
    ----------
    over : bool
        Set by who sends, when everything is answered.
    looks : list of Look
    cursor, events_told : int
        How far the feed was read, and how many events it had.
    left : dict
        What still waited at the end.
    """

    service: Service
    setting: Setting
    over: bool = False
    looks: list[Look] = field(default_factory=list)
    cursor: int = 0
    events_told: int = 0
    left: dict[str, float] = field(default_factory=dict)

    async def look(self) -> None:
        """Look and read until it is over."""
        async with httpx2.AsyncClient(
            base_url=self.service.address, headers=self.setting.headers, timeout=60
        ) as client:
            while not self.over:
                while await self._read(client) == MOST_EVENTS:
                    pass
                self.looks.append(Look(memory_of(self.service), await self._gauges(client), await self._unread(client)))
                await asyncio.sleep(LOOK_SECONDS)

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.service.address, headers=self.setting.headers, timeout=60)

    def drain(self, seconds: float) -> None:
        """Give what waits the time to go; note what is left."""
        asyncio.run(self._drain(time.monotonic() + seconds))

    async def _drain(self, until: float) -> None:
        async with httpx2.AsyncClient(
            base_url=self.service.address, headers=self.setting.headers, timeout=60
        ) as client:
            while await self._read(client) == MOST_EVENTS:
                pass
            while self._note(await self._gauges(client)) and time.monotonic() < until:
                await asyncio.sleep(0.2)

    def _note(self, gauges: dict[str, float]) -> dict[str, float]:
        self.left = {name: gauges[name] for name in MUST_END if gauges.get(name)}
        return self.left

    async def _read(self, client: httpx2.AsyncClient) -> int:
        found = (await client.get("/v1/events", params={"after": self.cursor, "limit": MOST_EVENTS})).json()
        kinds = [one for one in found["items"] if one["kind"] == "screening.stored"]
        self.events_told += len(kinds)
        self.cursor = found["next"]
        return len(found["items"])

    async def _unread(self, client: httpx2.AsyncClient) -> int:
        head = (await self._all_gauges(client)).get("risk_screen_events_head", 0.0)
        return int(head) - self.cursor

    async def _gauges(self, client: httpx2.AsyncClient) -> dict[str, float]:
        found = await self._all_gauges(client)
        return {name: found[name] for name in GAUGES if name in found}

    async def _all_gauges(self, client: httpx2.AsyncClient) -> dict[str, float]:
        lines = (await client.get("/metrics")).text.splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}

    def quarters(self) -> list[list[Look]]:
        size = max(1, len(self.looks) // QUARTERS)
        return [self.looks[at : at + size] for at in range(0, size * QUARTERS, size)]

    def growth(self, settled: int, ratio: float) -> Iterator[str]:
        """Say what was larger at the end than when it had settled: memory, and what waits for the service."""
        then, now = self.quarters()[settled], self.quarters()[-1]
        for process in now[-1].memory:
            before, after = (statistics.median(one.memory.get(process, 0.0) for one in part) for part in (then, now))
            if before and after > before * ratio:
                yield f"memory of a process grew from {before:.0f} to {after:.0f} MiB"
        for name in MUST_END:
            before, after = (statistics.median(one.gauges.get(name, 0.0) for one in part) for part in (then, now))
            if after > 2 * before + MOST_EVENTS:
                yield f"{name} grew from {before:.0f} to {after:.0f}"

    def table(self) -> list[str]:
        """What was seen in each quarter of the time, medians."""
        lines = ["| quarter | memory of each process, MiB | unread events | " + " | ".join(GAUGES) + " |"]
        lines.append("| --- " * (3 + len(GAUGES)) + "|")
        for number, part in enumerate(filter(None, self.quarters()), 1):
            memory = [statistics.median(one.memory.get(process, 0.0) for one in part) for process in part[-1].memory]
            unread = statistics.median(one.unread for one in part)
            gauges = [statistics.median(one.gauges.get(name, 0.0) for one in part) for name in GAUGES]
            told = [f"{number}", ", ".join(f"{one:.0f}" for one in memory), f"{unread:.0f}"]
            lines.append("| " + " | ".join([*told, *(f"{one:.0f}" for one in gauges)]) + " |")
        return lines


def memory_of(service: Service) -> dict[int, float]:
    """Resident memory of the service and its workers, MiB."""
    found = {}
    for process in sorted(service.processes):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                found[process] = int(line.split()[1]) / 1024
    return found


@contextmanager
def forwarded(setting: Setting) -> Iterator[Receiver | None]:
    """Push every event to a receiver on this machine's own address; nothing, where it has none but loopback."""
    host = own_address()
    if host is None:
        yield None
        return
    with receiving(host=host) as receiver:
        store = Store(open_database(setting.database))
        allow(store, OFFICE, Destination("http", host, receiver.port))
        add_endpoint(store, OFFICE, Subscription(receiver.url(host=host), "*", ("*",)))
        store.close()
        yield receiver


def own_address() -> str | None:
    """The address of this machine in its network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address
