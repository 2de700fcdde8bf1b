"""A backup of either engine is put back into either, whole and checked; whatever is wrong with it changes nothing."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from builders import company_assessment, flyer_assessment
from databases import fresh_database
from risk_screen.access.actor import ANONYMOUS
from risk_screen.errors import RiskScreenError
from risk_screen.operations.auditing import verify
from risk_screen.operations.backing_up import Restoring, back_up, check_backup, restore
from risk_screen.operations.screening import Screened, store_all, store_screened
from risk_screen.operations.store import Store
from risk_screen.screening.submission import Submission
from risk_screen.storage.archived_tables import FLEETING
from risk_screen.storage.changes import Change
from risk_screen.storage.database import attach_database, connect_database, open_database, reading, writing
from risk_screen.storage.idempotency import RequestKey, keep_answer
from risk_screen.storage.migrating import migrate
from risk_screen.storage.releases import keep_release
from risk_screen.storage.tables import metadata

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PASSPHRASE = b"correct horse battery staple"
TEXT = "存5万元，保 本 保 息！\u2028🀄️"


@pytest.fixture
def filled(store: Store) -> Store:
    """Texts, an external id that comes twice, an answer kept, files of bytes."""
    flyer = Screened(Submission.of("marketing", {"text": TEXT}), flyer_assessment(), "W-1", "城关镇")
    again = Screened(Submission.of("marketing", {"text": TEXT + "又"}), flyer_assessment(), "W-1", "城关镇")
    fields = {"name": "淄博示例财富管理有限公司", "business_scope": "投资咨询"}
    company = Screened(Submission.of("registration", fields), company_assessment())
    store_all(store, [flyer, again, company], actor=ANONYMOUS)

    def keep(change: Change) -> None:
        keep_release(change, "rulebook", "1", bytes(range(256)) * 5_000)
        keep_answer(change, RequestKey("key:1", "K", "0" * 64), 200, b'{"a":1}')

    store.write(keep)
    return store


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the other engine than ``address``, or of the same."""
    with ExitStack() as stack:
        folder = tmp_path / "other"
        folder.mkdir()
        yield stack.enter_context(fresh_database(request.param, folder))


def content(engine: Engine) -> dict[str, list[Any]]:
    with reading(engine) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
            if table.name not in FLEETING
        }


@pytest.mark.parametrize("other", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_everything_comes_back_in_either_engine(
    filled: Store, other: str, tmp_path: Path, passphrase: bytes | None
) -> None:
    before = content(filled.engine)
    made = back_up(filled.engine, tmp_path / "b", AT, program="1", passphrase=passphrase)
    assert check_backup(tmp_path / "b")[1] == made.sha256
    assert (TEXT.encode() in (tmp_path / "b").read_bytes()) is False
    restored = restore(other, tmp_path / "b", AT, Restoring(passphrase))
    assert restored.rows == made.rows == sum(map(len, before.values()))
    engine = attach_database(other)
    after = content(engine)
    assert after.pop("audit_trail")[:-1] == before.pop("audit_trail")
    assert after == before
    assert verify(engine).findings == ()
    engine.dispose()
    store = Store(open_database(other))
    store_screened(store, Screened(Submission.of("marketing", {"text": "甲"}), flyer_assessment()), actor=ANONYMOUS)
    assert verify(store.engine).entries == len(before["events"]) + 2
    store.close()


def test_making_and_putting_back_are_in_the_trail(filled: Store, address: str, tmp_path: Path) -> None:
    made = back_up(filled.engine, tmp_path / "b", AT, program="1")
    restore(address, tmp_path / "b", AT, Restoring(replaces=True))
    with reading(filled.engine) as connection:
        said = connection.execute(text("SELECT action, details FROM audit_trail ORDER BY sequence DESC")).first()
    assert said is not None
    assert said.action == "database.restore"
    assert made.sha256 in said.details


def test_a_backup_is_of_one_instant_while_others_write(filled: Store, tmp_path: Path) -> None:
    is_over = threading.Event()

    def go_on() -> None:
        one = Screened(Submission.of("marketing", {"text": "甲"}), flyer_assessment())
        while not is_over.is_set():
            store_screened(filled, one, actor=ANONYMOUS)

    writer = threading.Thread(target=go_on)
    writer.start()
    for number in range(2):
        back_up(filled.engine, tmp_path / str(number), AT, program="1")
    is_over.set()
    writer.join()
    for number in range(2):
        restore(f"sqlite:///{tmp_path}/r{number}.db", tmp_path / str(number), AT, Restoring())
        rows = content(attach_database(f"sqlite:///{tmp_path}/r{number}.db"))
        assert len(rows["assessments"]) == len(rows["submitted_texts"]) == len(rows["events"])


def test_a_backup_of_an_older_program_is_brought_forwards(tmp_path: Path) -> None:
    old = connect_database(f"sqlite:///{tmp_path}/old.db")
    with writing(old) as connection:
        migrate(connection, "0002")
        row = "'a', 'marketing', 1.5, 'low', 'archive', x'00ff', '2026-01-01T00:00:00.000+00:00'"
        connection.execute(
            text(f"INSERT INTO assessments (id, channel, score, level, route, content, created_at) VALUES ({row})")
        )
    back_up(old, tmp_path / "b", AT, program="1")
    restore(f"sqlite:///{tmp_path}/new.db", tmp_path / "b", AT, Restoring())
    (row_again,) = content(open_database(f"sqlite:///{tmp_path}/new.db"))["assessments"]
    assert b"\x00\xff" in row_again


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def cut_at_the_end(content: bytes) -> bytes:
    return content[:-1]


def one_bit(content: bytes) -> bytes:
    return content[:900] + bytes([content[900] ^ 1]) + content[901:]


def another_header(content: bytes) -> bytes:
    return content.replace(b'"sqlite"', b'"Sqlite"').replace(b'"postgresql"', b'"Postgresql"')


def not_ours(content: bytes) -> bytes:
    return b"SQLite format 3\0" + content


def empty(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (cut_off, "backup_damaged"),
        (cut_at_the_end, "backup_damaged"),
        (one_bit, "backup_damaged"),
        (another_header, "backup_damaged"),
        (not_ours, "backup_unreadable"),
        (empty, "backup_unreadable"),
    ],
)
@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_spoilt_backup_is_refused_and_changes_nothing(
    filled: Store, tmp_path: Path, spoil: Callable[[bytes], bytes], code: str, passphrase: bytes | None
) -> None:
    back_up(filled.engine, tmp_path / "b", AT, program="1", passphrase=passphrase)
    (tmp_path / "b").write_bytes(spoil((tmp_path / "b").read_bytes()))
    with pytest.raises(RiskScreenError) as caught:
        restore(f"sqlite:///{tmp_path}/new/x.db", tmp_path / "b", AT, Restoring(passphrase))
    assert caught.value.code == code
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("made_with", "given"), [(PASSPHRASE, b"another one"), (PASSPHRASE, None), (None, PASSPHRASE)])
def test_without_its_passphrase_nothing_is_put_back(
    filled: Store, address: str, tmp_path: Path, made_with: bytes | None, given: bytes | None
) -> None:
    back_up(filled.engine, tmp_path / "b", AT, program="1", passphrase=made_with)
    before = content(filled.engine)
    with pytest.raises(RiskScreenError) as caught:
        restore(address, tmp_path / "b", AT, Restoring(given, replaces=True))
    assert caught.value.code == "backup_passphrase"
    assert content(filled.engine) == before


def test_a_database_that_holds_something_is_left_alone_unless_told(filled: Store, address: str, tmp_path: Path) -> None:
    back_up(filled.engine, tmp_path / "b", AT, program="1")
    before = content(filled.engine)
    with pytest.raises(RiskScreenError) as caught:
        restore(address, tmp_path / "b", AT, Restoring())
    assert caught.value.code == "restore_not_empty"
    assert content(filled.engine) == before
    with writing(filled.engine) as connection:
        connection.execute(text("CREATE TABLE mine (x INTEGER)"))
        connection.execute(text("INSERT INTO mine VALUES (7)"))
    restore(address, tmp_path / "b", AT, Restoring(replaces=True))
    with reading(filled.engine) as connection:
        assert connection.execute(text("SELECT x FROM mine")).scalar() == 7
    assert verify(filled.engine).findings == ()


def test_a_backup_with_a_trail_that_was_changed_is_not_put_back(filled: Store, address: str, tmp_path: Path) -> None:
    with writing(filled.engine) as connection:
        if filled.engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_trail_no_update"))
        else:
            connection.execute(text("ALTER TABLE audit_trail DISABLE TRIGGER audit_trail_no_update"))
        connection.execute(text("UPDATE audit_trail SET actor_id = 'somebody' WHERE sequence = 2"))
    back_up(filled.engine, tmp_path / "b", AT, program="1")
    before = content(filled.engine)
    with pytest.raises(RiskScreenError) as caught:
        restore(address, tmp_path / "b", AT, Restoring(replaces=True))
    assert caught.value.code == "restore_trail_broken"
    assert content(filled.engine) == before


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_a_full_disk_leaves_no_half_file(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "b").write_bytes(b"an earlier backup")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RiskScreenError) as caught:
        back_up(filled.engine, tmp_path / "b", AT, program="1")
    assert caught.value.code == "backup_unwritable"
    assert (tmp_path / "b").read_bytes() == b"an earlier backup"
    assert not list(tmp_path.glob("*.partial"))


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_where_nothing_is_there_is_nothing_to_back_up(empty_address: str, tmp_path: Path) -> None:
    engine = connect_database(empty_address)
    with pytest.raises(RiskScreenError) as caught:
        back_up(engine, tmp_path / "b", AT, program="1")
    assert caught.value.code == "backup_empty"
    assert not (tmp_path / "b").exists()
