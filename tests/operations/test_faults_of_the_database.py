"""What was answered stays: a program is killed, and a server cuts its connections, in the middle of writing."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from risk_screen.access.actor import ANONYMOUS
from risk_screen.operations.auditing import verify
from risk_screen.operations.feed import events_after
from risk_screen.operations.store import Store, StoreUnavailableError
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.database import open_database
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event

SPAWN = multiprocessing.get_context("spawn")


def told(name: str, change: Change) -> str:
    change.publish(Event(EventKind.ENTERPRISE_ADDED, "test", name))
    change.record(AuditEntry(ANONYMOUS, "test.do", "test", name))
    return name


def answer_until_killed(address: str, answered: Path) -> None:
    """Four threads write one event after another, and note each once it is said to be stored."""
    store = Store(open_database(address))

    def client(number: int) -> None:
        for count in range(1_000_000):
            name = store.write(lambda change, name=f"{number}-{count}": told(name, change))  # type: ignore[misc]
            with answered.open("a", encoding="utf-8") as file:
                file.write(name + "\n")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(client, range(4)))


def stored(store: Store) -> list[str]:
    found: list[str] = []
    cursor = 0
    while True:
        answer = events_after(store, cursor, limit=1_000)
        found += [one.event.subject_id for one in answer.events]
        if not answer.events:
            return found
        cursor = answer.next_cursor


def test_what_a_killed_program_answered_is_stored(store: Store, address: str, tmp_path: Path) -> None:
    answered = tmp_path / "answered"
    for lines in (5, 40):
        answered.write_text("", encoding="utf-8")
        before = len(stored(store))
        program = SPAWN.Process(target=answer_until_killed, args=(address, answered))
        program.start()
        while len(answered.read_text(encoding="utf-8").splitlines()) < lines:
            threading.Event().wait(0.005)
        program.kill()
        program.join()
        names = answered.read_text(encoding="utf-8").split("\n")[:-1]  # the last may be torn
        assert set(names) <= set(stored(store)[before:])
    found = stored(store)
    assert verify(store.engine).findings == ()
    assert verify(store.engine).entries == len(found)


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_connections_that_are_cut_lose_nothing_that_was_answered(store: Store, address: str) -> None:
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )
    administrator = create_engine(address, isolation_level="AUTOCOMMIT")
    is_over = threading.Event()

    def client(number: int) -> tuple[list[str], int]:
        names, refused, count = [], 0, 0
        while not is_over.is_set() or not names:
            name, count = f"{number}-{count}", count + 1
            try:
                names.append(store.write(lambda change, name=name: told(name, change)))  # type: ignore[misc]
            except StoreUnavailableError:
                refused += 1
        return names, refused

    with ThreadPoolExecutor(6) as pool:
        clients = [pool.submit(client, number) for number in range(6)]
        for _ in range(12):
            threading.Event().wait(0.05)
            with administrator.connect() as connection:
                connection.execute(cut)
        is_over.set()
        outcomes = [one.result() for one in clients]
    administrator.dispose()
    assert sum(refused for _, refused in outcomes) > 0
    assert {name for names, _ in outcomes for name in names} <= set(stored(store))
    assert verify(store.engine).findings == ()
