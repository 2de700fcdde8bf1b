"""Find entries of the audit trail by who, what was done and to what."""

from dataclasses import dataclass

from sqlalchemy import Connection, desc, select

from risk_screen.storage.tables import audit_trail


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """What is looked for; an empty value asks for nothing.

    Attributes
    ----------
    actor_id, subject_id : str
        Whole.
    action : str
        Whole, or the part before the dot.
    before : int or None
        Sequence number of the last one seen; the list goes from new to old.
    """

    actor_id: str = ""
    action: str = ""
    subject_id: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry as people read it."""

    sequence: int
    at: str
    actor_kind: str
    actor_id: str
    action: str
    subject_type: str
    subject_id: str
    reason: str
    details: str


def search_audit_trail(connection: Connection, search: AuditSearch, limit: int) -> list[KnownEntry]:
    """Return what is found, the newest first."""
    table = audit_trail.c
    query = select(
        *(table.sequence, table.at, table.actor_kind, table.actor_id, table.action),
        *(table.subject_type, table.subject_id, table.reason, table.details),
    )
    if search.actor_id:
        query = query.where(table.actor_id == search.actor_id)
    if search.action:
        is_kind = table.action.startswith(f"{search.action}.", autoescape=True)
        query = query.where((table.action == search.action) | is_kind)
    if search.subject_id:
        query = query.where(table.subject_id == search.subject_id)
    if search.before is not None:
        query = query.where(table.sequence < search.before)
    return [KnownEntry(*row) for row in connection.execute(query.order_by(desc(table.sequence)).limit(limit))]
