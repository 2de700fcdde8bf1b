"""A light caller: keep-alive connections that send one registration after another, or so many a second.

    python benchmarks/load_caller.py ADDRESS TEXTS CONNECTIONS SECONDS [--per-second N] [--header "Name: value"]

Prints one JSON object: answers, other statuses, seconds, and the times of the answers in milliseconds. With
``--per-second`` a request is due at its time whether or not earlier ones are answered, and its time is counted from
when it was due: waiting for a free connection is part of it.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

WARM_UP_SECONDS = 1.0


@dataclass(slots=True)
class Caller:
    """What is sent where, and what came back."""

    host: str
    port: int
    requests: list[bytes]
    until: float = 0.0
    counted_from: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    async def line(self, due: Iterator[float] | None) -> None:
        """One connection; every request is sent at once, or when it is due."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        while (began := next(due) if due is not None else time.perf_counter()) < self.until:
            if (early := began - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            writer.write(self.requests[next(self.numbers) % len(self.requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(length_in(head))
            ended = time.perf_counter()
            if int(head[9:12]) != 200:
                self.others.append(int(head[9:12]))
            elif began >= self.counted_from:
                self.milliseconds.append((ended - began) * 1000)
        writer.close()

    async def call(self, connections: int, seconds: float, per_second: float) -> None:
        start = time.perf_counter()
        self.counted_from = start + WARM_UP_SECONDS
        self.until = self.counted_from + seconds
        due = (start + number / per_second for number in count()) if per_second else None
        await asyncio.gather(*(self.line(due) for _ in range(connections)))


def length_in(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


def requests_of(address: str, texts: Path, headers: list[str]) -> list[bytes]:
    place = urlsplit(address)
    named = "".join(f"{line}\r\n" for line in [f"Host: {place.netloc}", "Content-Type: application/json", *headers])
    made = []
    for line in texts.read_bytes().splitlines():
        head = f"POST {place.path} HTTP/1.1\r\n{named}Content-Length: {len(line)}\r\n\r\n"
        made.append(head.encode() + line)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("texts", type=Path)
    parser.add_argument("connections", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--per-second", type=float, default=0.0)
    parser.add_argument("--header", action="append", default=[])
    asked = parser.parse_args()
    place = urlsplit(asked.address)
    caller = Caller(str(place.hostname), place.port or 80, requests_of(asked.address, asked.texts, asked.header))
    asyncio.run(caller.call(asked.connections, asked.seconds, asked.per_second))
    told = {"answers": len(caller.milliseconds), "others": caller.others, "seconds": asked.seconds}
    print(json.dumps({**told, "milliseconds": sorted(round(one, 2) for one in caller.milliseconds)}))


if __name__ == "__main__":
    main()
