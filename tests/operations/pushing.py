"""A clock that is set by hand, endpoints on this machine, and programs of their own that push."""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from receivers import HOST, Receiver, local_sender
from risk_screen.access.actor import Actor
from risk_screen.delivery.destinations import Destination
from risk_screen.errors import RiskScreenError
from risk_screen.operations.delivering import Deliverer
from risk_screen.operations.feed import events_after
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import allow
from risk_screen.operations.webhooks import Subscription, add_endpoint
from risk_screen.storage.changes import Change
from risk_screen.storage.database import open_database
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event

ADMIN = Actor("person", "admin")
BUREAU = "bureau"
FOREVER = 60.0


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved on."""

    at: datetime = datetime(2026, 11, 22, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, step: timedelta) -> None:
        self.at += step


def deliverer(**options: Any) -> Deliverer:
    """Pushes to this machine, waits for the end of everything, and leaves nothing to chance."""
    sender = {name: options.pop(name) for name in ("total_seconds", "resolve") if name in options}
    return Deliverer(local_sender(**sender), **{"chance": lambda: 0.0, "patience_seconds": FOREVER, **options})


def endpoint(
    store: Store, receiver: Receiver, *kinds: str, party: str = BUREAU, path: str = "/hook"
) -> tuple[str, str]:
    """Push to a receiver; returns the endpoint's id and its secret."""
    allow(store, ADMIN, Destination("http", HOST, receiver.port))
    made, secret = add_endpoint(store, ADMIN, Subscription(receiver.url(path), party, kinds or ("enterprise.*",)))
    return made.id, secret.secret


def publish(store: Store, *subjects: str, party: str = BUREAU, kind: EventKind = EventKind.ENTERPRISE_ADDED) -> None:
    def work(change: Change) -> None:
        for subject in subjects:
            change.publish(Event(kind, "test", subject, party, {"n": 1}))

    store.write(work)


def kinds(store: Store) -> list[str]:
    return [
        one.event.kind
        for one in events_after(store, 0, limit=1000).events
        if one.event.kind != EventKind.ENTERPRISE_ADDED
    ]


def deliver_until_killed(address: str, seconds_ahead: float) -> None:
    """A process of the service that pushes again and again; its clock may be ahead."""
    store = Store(open_database(address), now=lambda: datetime.now(UTC) + timedelta(seconds=seconds_ahead))
    pushing = Deliverer(local_sender(total_seconds=30.0), patience_seconds=0.05)
    while True:
        with suppress(RiskScreenError):
            pushing.deliver_due(store)
        time.sleep(random.random() / 100)


def publish_many(address: str, writer: int, count: int) -> None:
    store = Store(open_database(address))
    for number in range(count):
        publish(store, f"{writer}-{number}")
    store.close()


def subjects(receiver: Receiver) -> Sequence[str]:
    import orjson

    return [orjson.loads(one.body)["data"]["subject_id"] for one in receiver.received]
