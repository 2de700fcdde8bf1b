"""Where the secrets of the program lie, and how those are found that are not sealed with the newest key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, or_, select

from risk_screen.storage.access_tables import accounts, sessions
from risk_screen.storage.accounts import totp_context
from risk_screen.storage.changes import Change
from risk_screen.storage.sealing import KeptSecret
from risk_screen.storage.sessions import pending_context
from risk_screen.storage.webhook_tables import webhook_secrets
from risk_screen.storage.webhooks import context_of_secret


@dataclass(frozen=True, slots=True)
class Place:
    """Whose secrets lie in which column, which names their keys, and what each is sealed with, by the id of its row."""

    subject: str
    table: Table
    content: Column[Any]
    key_id: Column[Any]
    context: Callable[[str], str]


PLACES: Final = (
    Place("account", accounts, accounts.c.totp_secret, accounts.c.totp_key_id, totp_context),
    Place("session", sessions, sessions.c.pending_secret, sessions.c.pending_key_id, pending_context),
    Place("webhook", webhook_secrets, webhook_secrets.c.secret, webhook_secrets.c.key_id, context_of_secret),
)


def secrets_not_under(
    connection: Connection, place: Place, key_id: str, limit: int
) -> Sequence[tuple[str, KeptSecret]]:
    """Find some that are not sealed with this key, each with the id of its row."""
    others = or_(place.key_id.is_(None), place.key_id != key_id)
    query = select(place.table.c.id, place.content, place.key_id).where(place.content.is_not(None), others)
    rows = connection.execute(query.order_by(place.table.c.id).limit(limit)).all()
    return [(row_id, KeptSecret(bytes(content), named)) for row_id, content, named in rows]


def put_secret(change: Change, place: Place, row_id: str, kept: KeptSecret) -> None:
    """Put a secret sealed anew in the place of the old."""
    row = {place.content.name: kept.content, place.key_id.name: kept.key_id}
    change.connection.execute(place.table.update().where(place.table.c.id == row_id), row)
