"""Programs of their own that write events into one database, for the tests of the feed."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from risk_screen.access.actor import Actor
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.database import open_database
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event


def write(address: str, writer: int, changes: int) -> None:
    """Make changes from two threads, each of one to three events; every fifth fails at its end and leaves nothing."""
    store = Store(open_database(address))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda number: _one(store, writer, number), range(changes)))
    store.close()


def write_until_killed(address: str, writer: int) -> None:
    write(address, writer, 1_000_000)


def _one(store: Store, writer: int, number: int) -> None:
    def work(change: Change) -> None:
        for part in range(random.randint(1, 3)):
            change.publish(Event(EventKind.ENTERPRISE_ADDED, "test", f"{writer}-{number}-{part}", f"party-{part}"))
        change.record(AuditEntry(Actor("key", str(writer)), "test.do", "test", f"{writer}-{number}"))
        time.sleep(random.random() / 500)
        if number % 5 == 4:
            raise ZeroDivisionError

    with suppress(ZeroDivisionError):
        store.write(work)
