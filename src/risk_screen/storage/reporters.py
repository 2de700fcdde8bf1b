"""Keep and find sealed identities of reporters; nothing here can open them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from risk_screen.storage.changes import Change
from risk_screen.storage.reporter_tables import reporters


@dataclass(frozen=True, slots=True)
class SealedReporter:
    """A row of ``reporters``."""

    id: str
    subject_type: str
    subject_id: str
    key_id: str
    sealed: bytes
    made_by: str
    party: str
    town: str
    created_at: str
    changed_at: str

    @property
    def context(self) -> bytes:
        """What it is sealed together with: in another row it does not open."""
        return f"{self.id}|{self.subject_type}|{self.subject_id}".encode()


def keep_sealed(change: Change, reporter: SealedReporter) -> None:
    """Add a reporter."""
    change.connection.execute(reporters.insert(), asdict(reporter))


def sealed_of(connection: Connection, subject_type: str, subject_id: str) -> tuple[SealedReporter, ...]:
    """Find who reported something, the first first."""
    query = select(reporters).where(reporters.c.subject_type == subject_type, reporters.c.subject_id == subject_id)
    return _sealed(connection.execute(query.order_by(reporters.c.id)).all())


def sealed_with_others(connection: Connection, key_id: str, limit: int) -> tuple[SealedReporter, ...]:
    """Find some that are not sealed with this key."""
    query = select(reporters).where(reporters.c.key_id != key_id).order_by(reporters.c.id).limit(limit)
    return _sealed(connection.execute(query).all())


def put_sealed(change: Change, reporter: SealedReporter) -> None:
    """Put a reporter sealed anew in the place of the row."""
    row = {"key_id": reporter.key_id, "sealed": reporter.sealed, "changed_at": change.at_text}
    change.connection.execute(reporters.update().where(reporters.c.id == reporter.id), row)


def _sealed(rows: Sequence[Row[Any]]) -> tuple[SealedReporter, ...]:
    return tuple(SealedReporter(**{**row._mapping, "sealed": bytes(row.sealed)}) for row in rows)
