"""What an office sends: registrations, some of which open a consultation, flyers, and batches of both."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson

CALLERS = 6
BATCH_EVERY, FLYER_EVERY, CONSULT_EVERY = 20, 4, 5
Item = dict[str, str]
SECONDS_FOR_AN_ANSWER = 120.0


@dataclass(slots=True)
class Traffic:
    """What was answered, and what was sent and not answered.

    Attributes
    ----------
    answered : dict
        Id of an assessment → its bytes.
    cut : list
        Items that were sent when the connection broke.
    refused : list
        Status and code of other answers.
    """

    address: str
    headers: dict[str, str]
    name: str
    answered: dict[str, bytes] = field(default_factory=dict)
    cut: list[list[Item]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def call(self, caller: int) -> None:
        """Send one after another until it is over or the connection breaks."""
        with httpx2.Client(base_url=self.address, headers=self.headers, timeout=SECONDS_FOR_AN_ANSWER) as client:
            number = 0
            while not self.over.is_set():
                number += 1
                if not self.send(client, items(f"{self.name}-{caller}-{number}", number)):
                    return

    def send(self, client: httpx2.Client, sent: list[Item]) -> bool:
        """Send items, several as a batch; False when the connection broke."""
        try:
            if len(sent) == 1:
                answer = client.post("/v1/screenings", json=sent[0])
            else:
                answer = client.post("/v1/screenings/batch", json={"items": sent})
        except httpx2.TransportError:
            self.cut.append(sent)
            return False
        if answer.status_code != 200:
            self.refused.append((answer.status_code, answer.json()["code"]))
        elif len(sent) == 1:
            self.answered[answer.json()["id"]] = answer.content
        else:
            self.answered |= {one["id"]: orjson.dumps(one) for one in assessments_in(answer.json())}
        return True


def assessments_in(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for result in answer["results"]:
        yield result["assessment"]


def items(name: str, number: int) -> list[Item]:
    """One item, or a batch of three; every one has a number of its own."""
    if number % BATCH_EVERY == 0:
        return [item(f"{name}-{part}", number + part) for part in range(3)]
    return [item(name, number)]


def item(name: str, number: int) -> Item:
    if number % FLYER_EVERY == 0:
        return {"channel": "marketing", "text": f"{name}：存5万元，月息2分，保本保息。", "external_id": name}
    kind = "投资" if number % CONSULT_EVERY == 0 else "商贸"
    scope = f"日用百货销售；家具{number}号销售；五金产品批发。"
    return {
        "channel": "registration",
        "name": f"淄博{name}{kind}有限公司",
        "business_scope": scope,
        "external_id": name,
    }


@contextmanager
def flowing(address: str, headers: dict[str, str], name: str) -> Iterator[Traffic]:
    """Send from several callers at once; all of them are done at the end."""
    traffic = Traffic(address, headers, name)
    with ThreadPoolExecutor(CALLERS) as pool:
        calls = [pool.submit(traffic.call, caller) for caller in range(CALLERS)]
        try:
            yield traffic
        finally:
            traffic.over.set()
    for call in calls:
        call.result()
