"""Kill the whole service at random moments under load, start it again, and look for anything lost or half done.

    python tests/faults/kill_loop.py --kills 100 [--engines sqlite postgresql] [--seed 1]

What is found is printed; the exit code is 1 when anything did not hold.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import httpx2  # noqa: E402
from running_service import Service, Setting, new_setting, serving  # noqa: E402
from traffic import SECONDS_FOR_AN_ANSWER, Item, Traffic, flowing  # noqa: E402
from whole_store import undelivered, wrong_in  # noqa: E402

from databases import ENGINES, fresh_database  # noqa: E402

WORKERS = 2
LONGEST_LIFE_SECONDS = 1.0
MOST_EVENTS = 200


@dataclass(slots=True)
class Tally:
    """What was done and found.

    Attributes
    ----------
    answered : dict
        Id → bytes, of every round.
    resent : int
        Items that were sent when the service was killed, and sent again afterwards.
    wrong : list
        What did not hold.
    """

    kills: int = 0
    answered: dict[str, bytes] = field(default_factory=dict)
    resent: int = 0
    wrong: list[str] = field(default_factory=list)


def kill_loop(setting: Setting, kills: int, seed: int) -> Tally:
    """Kill the service so many times; it is started as it was left each time."""
    chance, tally, cut = random.Random(seed), Tally(), list[list[Item]]()
    for number in range(kills):
        with serving(setting, workers=WORKERS) as service:
            _look_and_send_again(service, setting, tally, cut)
            traffic = _killed_under_load(service, setting, f"r{number}", chance.random() * LONGEST_LIFE_SECONDS)
        tally.kills += 1
        tally.answered |= traffic.answered
        tally.wrong += [f"refused: {one}" for one in traffic.refused]
        cut = traffic.cut
        tally.wrong += wrong_in(setting.database, traffic.answered, anchors_of(setting))
    with serving(setting, workers=WORKERS) as service:
        _look_and_send_again(service, setting, tally, cut)
        tally.wrong += _missing_in_feed(service, setting, set(tally.answered))
        if service.stop() != 0:
            tally.wrong.append("the service did not stop by itself")
    tally.wrong += wrong_in(setting.database, tally.answered, anchors_of(setting))
    tally.wrong += [f"stored and never pushed: {one}" for one in undelivered(setting.database)]
    return tally


def anchors_of(setting: Setting) -> Path:
    """Where the service notes the head of the audit trail."""
    if setting.database.startswith("sqlite"):
        return Path(f"{setting.database.removeprefix('sqlite:///')}.audit-anchors.jsonl")
    return setting.folder / "var" / "audit-anchors.jsonl"


def _killed_under_load(service: Service, setting: Setting, name: str, seconds: float) -> Traffic:
    with flowing(service.address, setting.headers, name) as traffic:
        while not traffic.answered:
            time.sleep(0.005)
        time.sleep(seconds)
        service.kill()
    return traffic


def _look_and_send_again(service: Service, setting: Setting, tally: Tally, cut: list[list[Item]]) -> None:
    """What was answered last is answered the same; what was cut off can be sent again, and is stored once."""
    again = Traffic(service.address, setting.headers, "again")
    with httpx2.Client(base_url=service.address, headers=setting.headers, timeout=SECONDS_FOR_AN_ANSWER) as client:
        for number in list(tally.answered)[-20:]:
            if client.get(f"/v1/screenings/{number}").content != tally.answered[number]:
                tally.wrong.append(f"answered differently after a kill: {number}")
        for sent in cut:
            tally.resent += again.send(client, sent)
    tally.answered |= again.answered
    tally.wrong += [f"refused when sent again: {one}" for one in again.refused]


def _missing_in_feed(service: Service, setting: Setting, answered: set[str]) -> list[str]:
    """Read the feed as the bureau does, from the beginning."""
    told, cursor = set(), 0
    with httpx2.Client(base_url=service.address, headers=setting.headers, timeout=SECONDS_FOR_AN_ANSWER) as client:
        while True:
            found = client.get("/v1/events", params={"after": cursor, "limit": MOST_EVENTS}).json()
            if not found["items"]:
                break
            told |= {one["subject_id"] for one in found["items"]}
            cursor = found["next"]
    return [f"answered and not in the feed: {one}" for one in answered - told]


@contextmanager
def _setting(engine: str) -> Iterator[Setting]:
    with tempfile.TemporaryDirectory() as name, fresh_database(engine, Path(name)) as database:
        yield new_setting(database, Path(name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=ENGINES)
    parser.add_argument("--seed", type=int, default=20261123)
    asked = parser.parse_args()
    is_whole = True
    for engine in asked.engines:
        with _setting(engine) as setting:
            tally = kill_loop(setting, asked.kills, asked.seed)
        found = f"{len(tally.wrong)} wrong" if tally.wrong else "nothing lost, nothing half done"
        print(f"{engine}: {tally.kills} kills, {len(tally.answered)} answered, {tally.resent} sent again; {found}")
        print(*tally.wrong[:20], sep="\n")
        is_whole = is_whole and not tally.wrong
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
