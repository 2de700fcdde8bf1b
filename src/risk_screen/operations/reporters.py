"""Who reported something (举报人): kept sealed, read for a stated purpose, and every reading is in the audit trail.

Found by no search, in no export, event, log or training text. Whoever keeps one need not be able to read it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

import orjson

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.errors import RiskScreenError
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.reporters import SealedReporter, keep_sealed, put_sealed, sealed_of, sealed_with_others
from risk_screen.storage.sealing import KeyRing

SUBJECT: Final = "reporter"
LEAST_PURPOSE: Final = 4
MOST_PURPOSE: Final = 200
MOST_FIELD: Final = 500
AT_ONCE: Final = 200


class ReporterNotFoundError(RiskScreenError):
    """Nobody is kept as the reporter of this."""

    code = "reporter_not_found"

    def __init__(self) -> None:
        super().__init__("没有登记这件事的举报人，或已按保存期限清除：请检查编号。")


class ReporterForbiddenError(RiskScreenError):
    """Somebody who is no custodian asks."""

    code = "reporter_forbidden"


class PurposeMissingError(RiskScreenError):
    """Who reads must say what for."""

    code = "reporter_purpose_missing"

    def __init__(self) -> None:
        super().__init__(
            f"查看举报人信息要写明用途（{LEAST_PURPOSE} 到 {MOST_PURPOSE} 个字，例如“回访核实线索”），"
            "不要写姓名和电话。"
        )


class ReporterEmptyError(RiskScreenError):
    """Nothing is said of the reporter, or too much."""

    code = "reporter_invalid"

    def __init__(self) -> None:
        super().__init__(f"举报人信息至少要有一项，每项不超过 {MOST_FIELD} 个字。")


@dataclass(frozen=True, slots=True)
class Reporter:
    """What is known of somebody who reported something.

    Attributes
    ----------
    name, phone, id_number, address, note : str
        Empty where not known.
    """

    name: str = ""
    phone: str = ""
    id_number: str = ""
    address: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        said = [getattr(self, one.name) for one in fields(self)]
        if not any(one.strip() for one in said) or any(len(one) > MOST_FIELD for one in said):
            raise ReporterEmptyError

    def __repr__(self) -> str:
        """Say nothing, wherever it may be written."""
        return "Reporter(…)"


@dataclass(frozen=True, slots=True)
class Subject:
    """What was reported, e.g. ``assessment`` or ``clue`` and its id."""

    type: str
    id: str


def keep_reporter(store: Store, ring: KeyRing, subject: Subject, reporter: Reporter, identity: Identity) -> str:
    """Keep who reported something; return the id under which it is kept.

    Raises
    ------
    StoreUnavailableError
    """

    def work(change: Change) -> str:
        return add_reporter(change, ring, subject, reporter, identity)

    return store.write(work)


def add_reporter(change: Change, ring: KeyRing, subject: Subject, reporter: Reporter, identity: Identity) -> str:
    """Do the same within a transaction that also writes what was reported."""
    origin, at = identity.origin, change.at_text
    row = SealedReporter(
        new_id(change.at), subject.type, subject.id, "", b"", origin.actor_id, origin.party, origin.town, at, at
    )
    row = _sealed(row, ring, orjson.dumps(reporter))
    keep_sealed(change, row)
    details = {"subject_type": subject.type, "subject_id": subject.id, "key": row.key_id}
    change.record(AuditEntry(identity.actor, "reporter.keep", SUBJECT, row.id, details=details))
    return row.id


def read_reporter(store: Store, ring: KeyRing, subject: Subject, identity: Identity, purpose: str) -> list[Reporter]:
    """Tell who reported something, once it is committed to the audit trail who asked, when, and what for.

    Raises
    ------
    ReporterForbiddenError, PurposeMissingError, ReporterNotFoundError, UnsealableError, StoreUnavailableError
    """
    why_not = identity.why_not(Permission.READ_REPORTER)
    if why_not is not None:
        raise ReporterForbiddenError(why_not)
    if not LEAST_PURPOSE <= len(purpose.strip()) <= MOST_PURPOSE:
        raise PurposeMissingError

    def work(change: Change) -> list[Reporter]:
        rows = sealed_of(change.connection, subject.type, subject.id)
        if not rows:
            raise ReporterNotFoundError
        found = [Reporter(**orjson.loads(ring.open(row.key_id, row.sealed, row.context))) for row in rows]
        details: Mapping[str, str] = {"subject_type": subject.type, "subject_id": subject.id}
        for row in rows:
            entry = AuditEntry(identity.actor, "reporter.read", SUBJECT, row.id, purpose.strip(), details=details)
            change.record(entry)
        return found

    return store.write(work)


def reseal_reporters(store: Store, ring: KeyRing, actor: Actor) -> int:
    """Seal with the newest key what is sealed with others, so that those can be taken out of the file; how many.

    Raises
    ------
    UnsealableError, StoreUnavailableError
    """
    return sum(_batches(store, ring, actor))


def _batches(store: Store, ring: KeyRing, actor: Actor) -> Iterator[int]:
    def work(change: Change) -> int:
        rows = sealed_with_others(change.connection, ring.newest, AT_ONCE)
        for row in rows:
            put_sealed(change, _sealed(row, ring, ring.open(row.key_id, row.sealed, row.context)))
        if rows:
            details = {"count": len(rows), "key": ring.newest}
            change.record(AuditEntry(actor, "reporter.reseal", SUBJECT, "-", details=details))
        return len(rows)

    while count := store.write(work):
        yield count


def _sealed(row: SealedReporter, ring: KeyRing, plain: bytes) -> SealedReporter:
    return replace(row, key_id=ring.newest, sealed=ring.seal(plain, row.context))
