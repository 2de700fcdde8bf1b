"""Who did what, chained: every entry carries the hash of the one before, and the database only lets rows be added."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy import Connection, RowMapping, inspect, select, text

from risk_screen.access.actor import Actor
from risk_screen.storage.inserting import insert_rows
from risk_screen.storage.tables import audit_trail

HASHED: Final = tuple(str(column.name) for column in audit_trail.columns if column.name != "hash")
NO_HASH: Final = "0" * 64
ROWS_AT_ONCE: Final = 2_000
_HEAD: Final = "SELECT sequence, hash FROM audit_trail ORDER BY sequence DESC LIMIT 1"
_TRIGGERS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_trail'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_trail'::regclass AND tgenabled = 'A'",
}
GUARDS: Final[Mapping[str, frozenset[str]]] = {
    "sqlite": frozenset({"audit_trail_no_update", "audit_trail_no_delete", "audit_trail_no_replace"}),
    "postgresql": frozenset({"audit_trail_no_update", "audit_trail_no_truncate"}),
}


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done by somebody.

    Parameters
    ----------
    actor : Actor
    action : str
        ``subject.verb``, e.g. ``screening.store``.
    subject_type, subject_id : str
        What it was done to.
    reason : str
        Why, where a person gave a reason; without personal data.
    before_hash, after_hash : str, optional
        SHA-256 of the subject's canonical form before and after.
    details : mapping
        Plain values without personal data.
    """

    actor: Actor
    action: str
    subject_type: str
    subject_id: str
    reason: str = ""
    before_hash: str | None = None
    after_hash: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """How far the trail had come, and the hash that stands for everything up to there."""

    sequence: int
    hash: str


def append_entries(connection: Connection, done: Sequence[AuditEntry], at: str) -> tuple[Head, Head] | None:
    """Chain entries and insert them; the transaction must hold the turn and commit next.

    Returns
    -------
    tuple of Head or None
        Of the first and the last entry.
    """
    if not done:
        return None
    head = audit_head(connection)
    rows = []
    for entry in done:
        row = _row(entry, at, head)
        head = Head(row["sequence"], row["hash"])
        rows.append(row)
    insert_rows(connection, audit_trail, rows)
    return Head(rows[0]["sequence"], rows[0]["hash"]), head


def audit_head(connection: Connection) -> Head:
    """Return the latest entry's number and hash; 0 and zeros before the first."""
    row = connection.exec_driver_sql(_HEAD).first()
    return Head(row[0], row[1]) if row else Head(0, NO_HASH)


def entry_hash(row: Mapping[Any, Any]) -> str:
    """Hash every column but ``hash``: SHA-256 over JSON with sorted keys and no spaces, UTF-8."""
    hashed = {name: row[name] for name in HASHED}
    return hashlib.sha256(orjson.dumps(hashed, option=orjson.OPT_SORT_KEYS)).hexdigest()


def audit_rows(connection: Connection) -> Iterator[RowMapping]:
    """Read the trail from the beginning, whatever its length, in the order of its numbers."""
    query = select(audit_trail).order_by(audit_trail.c.sequence).limit(ROWS_AT_ONCE)
    rows = connection.execute(query).mappings().all()
    while rows:
        yield from rows
        last = rows[-1]["sequence"]
        rows = connection.execute(query.where(audit_trail.c.sequence > last)).mappings().all()


def missing_guards(connection: Connection) -> frozenset[str]:
    """Name the triggers that should refuse changes of the trail and are not there or do not fire."""
    dialect = connection.dialect.name
    return GUARDS[dialect] - set(connection.execute(text(_TRIGGERS[dialect])).scalars())


def has_audit_trail(connection: Connection) -> bool:
    """Whether the database has the table at all."""
    return inspect(connection).has_table(audit_trail.name)


def _row(entry: AuditEntry, at: str, head: Head) -> dict[str, Any]:
    row = {
        "sequence": head.sequence + 1,
        "at": at,
        "actor_kind": entry.actor.kind,
        "actor_id": entry.actor.id,
        "action": entry.action,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "reason": entry.reason,
        "before_hash": entry.before_hash,
        "after_hash": entry.after_hash,
        "details": orjson.dumps(entry.details, option=orjson.OPT_SORT_KEYS).decode(),
        "previous_hash": head.hash,
    }
    return {**row, "hash": entry_hash(row)}
