"""The doctor sees what is wrong with a machine or a database, says what to do, and leaves nothing behind."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from risk_screen.operations import database_checks as databases
from risk_screen.operations import machine_checks as machine
from risk_screen.operations.checking import Check
from risk_screen.operations.database_checks import database_checks
from risk_screen.operations.machine_checks import machine_checks
from risk_screen.settings import Settings
from risk_screen.storage.database import connect_database, open_database, writing
from risk_screen.storage.migrating import REVISION_TABLE, migrate

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
EVERYWHERE = "0.0.0.0"


def of_machine(folder: Path, now: datetime = NOW, **settings: Any) -> dict[str, Check]:
    found = machine_checks(Settings(port=free_port(), **settings), {"数据库": folder}, now)
    return {one.name: one for one in found}


def of_database(address: str, now: datetime | None = None) -> dict[str, Check]:
    return {one.name: one for one in database_checks(address, now or datetime.now(UTC))}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_a_machine_that_will_do_has_nothing_bad_and_nothing_is_left_on_it(tmp_path: Path) -> None:
    found = of_machine(tmp_path / "var" / "deep")
    assert [one for one in found.values() if one.verdict == "bad"] == []
    assert {"python", "processors", "memory", "folder", "disk", "clock", "time_zone", "port"} < set(found)
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_a_machine_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(machine, "OLDEST_PYTHON", (9, 0))
    monkeypatch.setattr(machine, "TOO_LITTLE_MEMORY", 2**60)
    monkeypatch.setattr(machine, "SHANGHAI", "Nowhere/City")
    found = of_machine(tmp_path / "file", NOW - timedelta(days=3_000), min_free_megabytes=10**12)
    wrong = {name for name, one in found.items() if one.verdict == "bad"}
    assert wrong == {"python", "memory", "folder", "disk", "clock", "time_zone"}
    assert all(bool(one.advice) is (one.verdict != "good") for one in found.values())


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({}, "good"),
        ({"host": EVERYWHERE}, "note"),
        ({"host": EVERYWHERE, "public_url": "https://screen.example.gov.cn"}, "good"),
        ({"trusted_proxies": "127.0.0.1"}, "note"),
    ],
)
def test_who_is_reached_from_elsewhere_should_say_by_what_address(
    tmp_path: Path, settings: dict[str, str], verdict: str
) -> None:
    assert of_machine(tmp_path, **settings)["public_address"].verdict == verdict


def test_what_works_but_not_well_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "FEW_PROCESSORS", 10**6)
    monkeypatch.setattr(machine, "LITTLE_MEMORY", 2**60)
    monkeypatch.setattr(machine, "LITTLE_DISK", 2**60)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    noted = {name for name, one in of_machine(tmp_path).items() if one.verdict == "note"}
    assert {"processors", "memory", "disk"} <= noted


def test_a_port_that_is_taken_is_noted(tmp_path: Path) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        found = machine_checks(Settings(port=one.getsockname()[1]), {}, NOW)
        assert {check.name: check.verdict for check in found}["port"] == "note"


def test_a_database_of_this_program_is_good(address: str) -> None:
    open_database(address).dispose()
    found = of_database(address)
    assert "与程序相符" in found["schema"].detail
    wrong = {name for name, one in found.items() if one.verdict != "good"}
    assert wrong <= {"postgresql_fsync"}  # the server of the tests never writes to the disk


def test_an_empty_database_is_good(address: str) -> None:
    assert of_database(address)["schema"].verdict == "good"


def test_an_older_and_a_newer_schema_are_told(empty_address: str) -> None:
    engine = connect_database(empty_address)
    with writing(engine) as connection:
        migrate(connection, "0002")
    older = of_database(empty_address)["schema"]
    assert (older.verdict, "先备份" in older.advice) == ("note", True)
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {REVISION_TABLE} SET version_num = '9999'"))
    newer = of_database(empty_address)["schema"]
    assert (newer.verdict, "升级程序" in newer.advice) == ("bad", True)
    engine.dispose()


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_server_that_could_lose_what_was_answered_is_told(address: str) -> None:
    joined = "&" if "?" in address else "?"
    found = of_database(
        f"{address}{joined}options=-c%20synchronous_commit%3Doff", datetime.now(UTC) - timedelta(hours=1)
    )
    assert found["postgresql_fsync"].verdict == "bad"
    assert found["postgresql_commits"].verdict == found["postgresql_clock"].verdict == "note"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("sqlite:////proc/x.db", "wal"),
        ("no address", "database"),
        ("oracle://host/x", "database"),
        ("postgresql://nobody@127.0.0.1:1/none", "database"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(address: str, name: str) -> None:
    one = of_database(address)[name]
    assert (one.verdict, bool(one.advice)) == ("bad", True)


def test_a_file_system_of_the_network_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = of_database(f"sqlite:///{tmp_path}/x.db")["file_system"]
    monkeypatch.setattr(databases, "NETWORKED", frozenset({here.detail}))
    assert of_database(f"sqlite:///{tmp_path}/x.db")["file_system"].verdict == "bad"
    assert list(tmp_path.iterdir()) == []
