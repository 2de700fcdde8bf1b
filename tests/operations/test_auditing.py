"""The audit trail: the database refuses changes, and one made all the same is found. On both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from risk_screen.access.actor import ANONYMOUS, Actor
from risk_screen.operations.anchoring import AnchorFile, read_anchors
from risk_screen.operations.auditing import MOST_FINDINGS, NoAuditTrailError, lines_of, verify
from risk_screen.operations.store import Store
from risk_screen.storage import audit_trail
from risk_screen.storage.audit_trail import AuditEntry, Head, audit_head, audit_rows, entry_hash
from risk_screen.storage.changes import Change
from risk_screen.storage.database import reading, writing

DISARM = {
    "sqlite": (
        "DROP TRIGGER audit_trail_no_update",
        "DROP TRIGGER audit_trail_no_delete",
        "DROP TRIGGER audit_trail_no_replace",
    ),
    "postgresql": ("ALTER TABLE audit_trail DISABLE TRIGGER ALL",),
}
ARM = {
    "sqlite": (
        *(
            f"CREATE TRIGGER audit_trail_no_{what} BEFORE {what} ON audit_trail BEGIN SELECT RAISE(ABORT, 'no'); END"
            for what in ("update", "delete")
        ),
        "CREATE TRIGGER audit_trail_no_replace BEFORE INSERT ON audit_trail BEGIN SELECT 1; END",
    ),
    "postgresql": (
        "ALTER TABLE audit_trail ENABLE ALWAYS TRIGGER audit_trail_no_update",
        "ALTER TABLE audit_trail ENABLE ALWAYS TRIGGER audit_trail_no_truncate",
    ),
}


def entry(number: int) -> AuditEntry:
    return AuditEntry(
        Actor("person", f"p{number}"),
        "case.close",
        "case",
        f"c{number}",
        reason="查否",
        before_hash="b" * 64,
        after_hash="a" * 64,
        details={"z": number, "a": None},
    )


def act(store: Store, *numbers: int) -> None:
    def work(change: Change) -> None:
        for number in numbers:
            change.record(entry(number))

    store.write(work)


@pytest.fixture
def kept(store: Store, tmp_path: Path) -> Iterator[Store]:
    """Ten entries, with an anchor at every fourth and at the last."""
    store.anchors = AnchorFile(tmp_path / "anchors" / "a.jsonl", every=4)
    for number in range(10):
        act(store, number)
    store.anchors.note_last(store.engine, store.now())
    yield store
    store.anchors = None


def tamper(engine: Engine, *statements: str) -> None:
    """Change the trail as somebody would who may do anything in the database, and leave no trace in its guards."""
    kind = engine.dialect.name
    with writing(engine) as connection:
        for statement in (*DISARM[kind], *statements, *ARM[kind]):
            connection.execute(text(statement))


def found(store: Store, anchors: Path | None = None) -> list[tuple[str, int]]:
    lines = read_anchors(anchors) if anchors else ()
    return [(one.kind, one.sequence) for one in verify(store.engine, lines).findings]


def anchors_of(store: Store) -> Path:
    assert store.anchors is not None
    return store.anchors.path


def test_a_whole_trail_is_whole(kept: Store) -> None:
    assert found(kept, anchors_of(kept)) == []
    checked = verify(kept.engine, read_anchors(anchors_of(kept)))
    assert (checked.entries, checked.anchors) == (10, 4)  # the first, 4, 8 and the last
    assert list(lines_of(checked)) == ["审计记录完整：10 条首尾相接，并与 4 个锚点相符。"]


def test_an_empty_trail_is_whole(store: Store) -> None:
    assert list(lines_of(verify(store.engine))) == [
        "审计记录完整：0 条首尾相接，没有锚点可对照，看不出尾部是否被截去。"
    ]


def test_entries_are_chained_with_everything_that_was_said(store: Store) -> None:
    act(store, 1, 2)
    act(store, 3)
    with reading(store.engine) as connection:
        rows = list(audit_rows(connection))
        assert audit_head(connection) == Head(3, rows[-1]["hash"])
    assert [row["sequence"] for row in rows] == [1, 2, 3]
    assert [row["previous_hash"] for row in rows] == ["0" * 64, rows[0]["hash"], rows[1]["hash"]]
    assert rows[0]["details"] == '{"a":null,"z":1}'
    assert (rows[0]["actor_kind"], rows[0]["actor_id"], rows[0]["reason"]) == ("person", "p1", "查否")


def test_the_hash_is_the_one_documented(store: Store) -> None:
    """Somebody else must be able to check the trail with the description alone (docs/architecture.md)."""
    import hashlib
    import json

    act(store, 1)
    with reading(store.engine) as connection:
        row = dict(next(audit_rows(connection)))
    stated = row.pop("hash")
    plain = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(plain.encode()).hexdigest() == stated == entry_hash({**row})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_trail SET reason = '' WHERE sequence = 3",
        "DELETE FROM audit_trail WHERE sequence = 10",
        "DELETE FROM audit_trail",
    ],
)
def test_the_database_refuses_to_change_the_trail(kept: Store, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), writing(kept.engine) as connection:
        connection.execute(text(statement))
    assert found(kept, anchors_of(kept)) == []


def test_each_engine_refuses_its_own_way_round(kept: Store) -> None:
    columns = ", ".join(audit_trail.HASHED)
    ways = {
        "sqlite": f"INSERT OR REPLACE INTO audit_trail ({columns}, hash) SELECT {columns}, 'x' FROM audit_trail",
        "postgresql": "TRUNCATE audit_trail",
    }
    way = ways[kept.engine.dialect.name]
    with pytest.raises(DBAPIError, match="append-only"), writing(kept.engine) as connection:
        connection.execute(text(way))
    assert found(kept, anchors_of(kept)) == []


def test_a_session_that_calls_itself_a_replica_is_refused_too(kept: Store) -> None:
    if kept.engine.dialect.name == "sqlite":
        return
    with writing(kept.engine) as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text("DELETE FROM audit_trail"))


def test_guards_that_are_gone_are_told(kept: Store) -> None:
    with writing(kept.engine) as connection:
        for statement in DISARM[kept.engine.dialect.name]:
            connection.execute(text(statement))
    assert set(found(kept, anchors_of(kept))) == {("unguarded", 0)}


@pytest.mark.parametrize("column", audit_trail.HASHED[1:])
def test_one_changed_byte_is_found_in_any_column(kept: Store, column: str) -> None:
    changed = f"UPDATE audit_trail SET {column} = substr({column}, 1, length({column}) - 1) || '!' WHERE sequence = 4"
    tamper(kept.engine, changed)
    assert found(kept) == [("changed", 4)]


def test_a_changed_hash_is_found(kept: Store) -> None:
    tamper(kept.engine, f"UPDATE audit_trail SET hash = '{'f' * 64}' WHERE sequence = 4")
    assert found(kept) == [("changed", 4), ("unlinked", 5)]


def test_a_value_taken_away_is_found(kept: Store) -> None:
    tamper(kept.engine, "UPDATE audit_trail SET before_hash = NULL WHERE sequence = 10")
    assert found(kept) == [("changed", 10)]


@pytest.mark.parametrize(("sequence", "finding"), [(1, ("missing", 1)), (5, ("missing", 5))])
def test_a_removed_entry_is_found(kept: Store, sequence: int, finding: tuple[str, int]) -> None:
    tamper(kept.engine, f"DELETE FROM audit_trail WHERE sequence = {sequence}")
    assert found(kept) == [finding]


def test_a_removed_entry_is_found_also_when_the_others_are_moved_up(kept: Store) -> None:
    tamper(
        kept.engine,
        "DELETE FROM audit_trail WHERE sequence = 5",
        *(f"UPDATE audit_trail SET sequence = {number - 1} WHERE sequence = {number}" for number in range(6, 11)),
    )
    assert {("changed", number) for number in range(5, 10)} <= set(found(kept))


def test_swapped_entries_are_found(kept: Store) -> None:
    swap = [(3, 99), (7, 3), (99, 7)]
    tamper(kept.engine, *(f"UPDATE audit_trail SET sequence = {new} WHERE sequence = {old}" for old, new in swap))
    assert {("changed", 3), ("changed", 7)} <= set(found(kept))


def test_a_tail_cut_off_shows_only_by_the_anchors(kept: Store) -> None:
    tamper(kept.engine, "DELETE FROM audit_trail WHERE sequence > 6")
    assert found(kept) == []
    assert found(kept, anchors_of(kept)) == [("cut_off", 6)]


def test_a_trail_rewritten_with_right_hashes_shows_only_by_the_anchors(kept: Store) -> None:
    rewrite(kept.engine, 3)
    assert found(kept) == []
    assert found(kept, anchors_of(kept)) == [("rewritten", 4), ("rewritten", 8), ("rewritten", 10)]


def rewrite(engine: Engine, first: int) -> None:
    with reading(engine) as connection:
        rows = [dict(row) for row in audit_rows(connection)]
    for before, row in zip(rows[first - 2 :], rows[first - 1 :], strict=False):
        row["reason"], row["previous_hash"] = "查实", before["hash"]
        row["hash"] = entry_hash(row)
    update = "UPDATE audit_trail SET reason = '{reason}', previous_hash = '{previous_hash}', hash = '{hash}'"
    tamper(engine, *(f"{update} WHERE sequence = {{sequence}}".format(**row) for row in rows[first - 1 :]))


def test_a_line_of_the_anchors_that_is_none_is_told(kept: Store) -> None:
    path = anchors_of(kept)
    path.write_text("{}\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert found(kept, path) == [("anchor_unreadable", 1)]


def test_an_anchor_follows_a_line_that_a_power_cut_tore(kept: Store) -> None:
    path = anchors_of(kept)
    path.write_bytes(path.read_bytes()[:-10])
    act(kept, 11, 12)
    assert found(kept, path) == [("anchor_unreadable", 4)]


def test_anchors_that_cannot_be_written_are_a_fault_and_in_nobodys_way(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.anchors = AnchorFile(tmp_path)
    act(store, 1)
    assert "审计锚点写不进文件" in caplog.text
    with reading(store.engine) as connection:
        assert audit_head(connection).sequence == 1


def test_a_database_without_a_trail_is_told(store: Store) -> None:
    with writing(store.engine) as connection:
        connection.execute(text("ALTER TABLE audit_trail RENAME TO elsewhere"))
    with pytest.raises(NoAuditTrailError):
        verify(store.engine)


def test_a_long_list_of_findings_is_cut(store: Store) -> None:
    act(store, *range(MOST_FINDINGS + 20))
    tamper(store.engine, "UPDATE audit_trail SET reason = '改'")
    checked = verify(store.engine)
    assert checked.entries == MOST_FINDINGS + 20
    lines = list(lines_of(checked))
    assert lines[0] == "第 1 条的内容被改动过，或被挪到了这个位置。"
    assert lines[-2:] == ["只列出前 100 处。", "审计记录有问题：共 120 条，100 处不对。"]


def test_the_trail_is_read_in_pieces_of_any_size(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    act(store, *range(7))
    for size in (1, 3, 7, 8):
        monkeypatch.setattr(audit_trail, "ROWS_AT_ONCE", size)
        with reading(store.engine) as connection:
            assert [row["sequence"] for row in audit_rows(connection)] == list(range(1, 8))


def test_a_file_that_is_damaged_is_told_and_the_rest_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    act(store, 1, 2, 3)

    def torn(connection: Connection) -> Iterator[object]:
        yield next(audit_rows(connection))
        connection.execute(text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr("risk_screen.operations.auditing.audit_rows", torn)
    assert found(store) == [("unreadable", 2)]


def test_an_actor_is_somebody() -> None:
    assert (ANONYMOUS.kind, ANONYMOUS.id, ANONYMOUS.party) == ("system", "anonymous", "")
    for kind, name in (("robot", "1"), ("person", "")):
        with pytest.raises(ValueError, match=kind):
            Actor(kind, name)
