"""Who reported something is readable for custodians who say what for, and for nobody else, anywhere."""

from typing import Any

import pytest
from sqlalchemy import select, text

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Role
from risk_screen.errors import RiskScreenError
from risk_screen.operations.reporters import Reporter, Subject, keep_reporter, read_reporter, reseal_reporters
from risk_screen.operations.store import Store
from risk_screen.storage.database import reading, writing
from risk_screen.storage.reporter_tables import reporters
from risk_screen.storage.sealing import AesCipher, KeyRing, Sm4Cipher
from risk_screen.storage.tables import metadata

OLD = KeyRing({"2025": AesCipher(b"1" * 32)})
NEW = KeyRing({"2026": Sm4Cipher(b"2" * 16), "2025": AesCipher(b"1" * 32)})
ONLY_NEW = KeyRing({"2026": Sm4Cipher(b"2" * 16)})
CLUE = Subject("clue", "01931f00-0000-7000-8000-000000000001")
ZHANG = Reporter(name="张某某", phone="13800001111", note="楼上邻居")


def somebody(*roles: Role) -> Identity:
    return Identity(Actor("person", "p-1", "专班"), roles=frozenset(roles), town="城关镇")


WORKER, CUSTODIAN = somebody(Role.GRID_WORKER), somebody(Role.REPORTER_CUSTODIAN)


def trail(store: Store) -> list[Any]:
    with reading(store.engine) as connection:
        return list(connection.execute(text("SELECT * FROM audit_trail ORDER BY sequence")))


def test_a_custodian_reads_who_reported_and_the_trail_says_what_for(store: Store) -> None:
    one = keep_reporter(store, OLD, CLUE, ZHANG, WORKER)
    assert read_reporter(store, OLD, CLUE, CUSTODIAN, " 回访核实线索 ") == [ZHANG]
    kept, read = trail(store)
    assert (kept.action, kept.actor_id, kept.subject_id) == ("reporter.keep", "p-1", one)
    assert (read.action, read.subject_id, read.reason) == ("reporter.read", one, "回访核实线索")


def test_nothing_of_it_stands_anywhere_in_the_database(store: Store) -> None:
    keep_reporter(store, OLD, CLUE, ZHANG, WORKER)
    read_reporter(store, OLD, CLUE, CUSTODIAN, "回访核实线索")
    with reading(store.engine) as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert not any(word.encode() in content for word in (ZHANG.name, ZHANG.phone, ZHANG.note))
    assert ZHANG.name not in repr(ZHANG)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REPORTER_CUSTODIAN}))
def test_nobody_else_reads_it(store: Store, role: Role) -> None:
    keep_reporter(store, OLD, CLUE, ZHANG, WORKER)
    with pytest.raises(RiskScreenError) as caught:
        read_reporter(store, OLD, CLUE, somebody(role), "回访核实线索")
    assert caught.value.code == "reporter_forbidden"
    assert len(trail(store)) == 1


@pytest.mark.parametrize("purpose", ["", "   ", "看看", "事" * 201])
@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_without_a_purpose_nothing_is_read(store: Store, purpose: str) -> None:
    keep_reporter(store, OLD, CLUE, ZHANG, WORKER)
    with pytest.raises(RiskScreenError) as caught:
        read_reporter(store, OLD, CLUE, CUSTODIAN, purpose)
    assert caught.value.code == "reporter_purpose_missing"


def test_what_cannot_be_noted_in_the_trail_is_not_told(store: Store) -> None:
    keep_reporter(store, OLD, CLUE, ZHANG, WORKER)
    with writing(store.engine) as connection:
        connection.execute(text("ALTER TABLE audit_trail RENAME TO gone"))
    with pytest.raises(RiskScreenError) as caught:
        read_reporter(store, OLD, CLUE, CUSTODIAN, "回访核实线索")
    assert caught.value.code == "store_unavailable"


def test_a_row_that_was_moved_or_changed_does_not_open(store: Store) -> None:
    keep_reporter(store, OLD, CLUE, ZHANG, WORKER)
    with writing(store.engine) as connection:
        connection.execute(reporters.update().values(subject_id="another"))
    with pytest.raises(RiskScreenError) as caught:
        read_reporter(store, OLD, Subject("clue", "another"), CUSTODIAN, "回访核实线索")
    assert caught.value.code == "reporter_unsealable"
    assert [row.action for row in trail(store)] == ["reporter.keep"]


def test_keys_are_changed_and_the_old_one_is_needed_no_more(store: Store) -> None:
    subjects = [Subject("clue", str(number)) for number in range(3)]
    for one in subjects:
        keep_reporter(store, OLD, one, ZHANG, WORKER)
    keep_reporter(store, NEW, CLUE, ZHANG, WORKER)
    assert reseal_reporters(store, NEW, Actor("system", "operator")) == 3
    assert reseal_reporters(store, NEW, Actor("system", "operator")) == 0
    for one in (*subjects, CLUE):
        assert read_reporter(store, ONLY_NEW, one, CUSTODIAN, "回访核实线索") == [ZHANG]
    assert [row.action for row in trail(store)].count("reporter.reseal") == 1


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_who_is_not_there_and_who_is_nobody_are_told(store: Store) -> None:
    with pytest.raises(RiskScreenError) as caught:
        read_reporter(store, OLD, CLUE, CUSTODIAN, "回访核实线索")
    assert caught.value.code == "reporter_not_found"
    for wrong in ({}, {"name": " "}, {"note": "长" * 501}):
        with pytest.raises(RiskScreenError) as caught:
            Reporter(**wrong)
        assert caught.value.code == "reporter_invalid"
