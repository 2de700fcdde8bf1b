"""Keep what administrators say of pushes: destinations that are allowed, endpoints, and their secrets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from risk_screen.storage.changes import Change
from risk_screen.storage.sealing import KeptSecret, KeyRing
from risk_screen.storage.webhook_tables import (
    webhook_destinations,
    webhook_endpoints,
    webhook_progress,
    webhook_retries,
    webhook_secrets,
)

EVERYBODY: Final = "*"
ENABLED: Final = "enabled"
PAUSED: Final = "paused"
DISABLED: Final = "disabled"
REMOVED: Final = "removed"


@dataclass(frozen=True, slots=True)
class KeptDestination:
    """An entry of the allow-list; see the columns of ``webhook_destinations``."""

    id: str
    scheme: str
    host: str
    port: int
    description: str
    made_by: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events are pushed.

    Attributes
    ----------
    id, url : str
    party : str
        Whose events it gets; ``*`` for everybody's.
    kinds : tuple of str
        ``consultation.answered``, ``consultation.*`` or ``*``.
    description : str
    state : str
        ``enabled``, ``paused`` (by an administrator), ``disabled`` (the receiver answered 410) or ``removed``.
    version : int
    made_by, created_at, changed_at : str
    """

    id: str
    url: str
    party: str
    kinds: tuple[str, ...]
    description: str
    state: str
    version: int
    made_by: str
    created_at: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class LiveSecret:
    """A live secret, without itself."""

    id: str
    made_by: str
    created_at: str


def add_destination(change: Change, entry: KeptDestination) -> None:
    """Add an entry to the allow-list."""
    change.connection.execute(insert(webhook_destinations), asdict(entry))


def remove_destination(change: Change, destination_id: str) -> KeptDestination | None:
    """Take an entry off the list, and return what it was."""
    mine = webhook_destinations.c.id == destination_id
    row = change.connection.execute(select(webhook_destinations).where(mine)).mappings().first()
    change.connection.execute(delete(webhook_destinations).where(mine))
    return None if row is None else KeptDestination(**row)


def kept_destinations(connection: Connection) -> list[KeptDestination]:
    """Return the allow-list."""
    rows = connection.execute(select(webhook_destinations).order_by(webhook_destinations.c.id)).mappings()
    return [KeptDestination(**row) for row in rows]


def save_endpoint(change: Change, endpoint: Endpoint) -> None:
    """Add an endpoint, or put it in the place of its earlier version."""
    row = asdict(endpoint) | {"kinds": " ".join(endpoint.kinds)}
    if endpoint.version == 1:
        change.connection.execute(insert(webhook_endpoints), row)
    else:
        change.connection.execute(update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint.id), row)


def endpoint_with_id(connection: Connection, endpoint_id: str) -> Endpoint | None:
    """Return an endpoint; None when there is none, or no longer."""
    mine = (webhook_endpoints.c.id == endpoint_id, webhook_endpoints.c.state != REMOVED)
    row = connection.execute(select(webhook_endpoints).where(*mine)).mappings().first()
    return None if row is None else _endpoint(row)


def endpoints_after(connection: Connection, after: str, limit: int) -> list[Endpoint]:
    """Return endpoints in the order of their ids, those after one."""
    wanted = select(webhook_endpoints).where(webhook_endpoints.c.id > after, webhook_endpoints.c.state != REMOVED)
    rows = connection.execute(wanted.order_by(webhook_endpoints.c.id).limit(limit)).mappings()
    return [_endpoint(row) for row in rows]


def count_endpoints(connection: Connection) -> int:
    """Count the endpoints that are there."""
    wanted = select(func.count()).select_from(webhook_endpoints).where(webhook_endpoints.c.state != REMOVED)
    return connection.execute(wanted).scalar_one()


def forget_endpoint(change: Change, endpoint_id: str) -> None:
    """Destroy the secrets of an endpoint and what was still to be sent to it; what was tried stays known."""
    for table in (webhook_secrets, webhook_retries, webhook_progress):
        change.connection.execute(delete(table).where(table.c.endpoint_id == endpoint_id))


def add_secret(change: Change, endpoint_id: str, live: LiveSecret, kept: KeptSecret) -> None:
    """Keep a secret; it signs from now on."""
    row = {**asdict(live), "endpoint_id": endpoint_id, "secret": kept.content, "key_id": kept.key_id}
    change.connection.execute(insert(webhook_secrets), row)


def remove_secret(change: Change, endpoint_id: str, secret_id: str) -> None:
    """Destroy a secret; it signs nothing more."""
    mine = (webhook_secrets.c.endpoint_id == endpoint_id, webhook_secrets.c.id == secret_id)
    change.connection.execute(delete(webhook_secrets).where(*mine))


def kept_secrets(connection: Connection, endpoint_id: str) -> list[LiveSecret]:
    """Return the live secrets of an endpoint, the oldest first, without themselves."""
    wanted = select(webhook_secrets.c.id, webhook_secrets.c.made_by, webhook_secrets.c.created_at)
    rows = connection.execute(wanted.where(webhook_secrets.c.endpoint_id == endpoint_id).order_by(webhook_secrets.c.id))
    return [LiveSecret(**row) for row in rows.mappings()]


def signing_secrets(connection: Connection, endpoint_id: str, ring: KeyRing | None) -> Sequence[bytes]:
    """Return the secrets themselves, to sign with.

    Raises
    ------
    KeyFileError, UnsealableError
    """
    columns = (webhook_secrets.c.id, webhook_secrets.c.secret, webhook_secrets.c.key_id)
    wanted = select(*columns).where(webhook_secrets.c.endpoint_id == endpoint_id).order_by(webhook_secrets.c.id)
    return [
        KeptSecret(bytes(content), key_id).open(ring, context_of_secret(secret_id))
        for secret_id, content, key_id in connection.execute(wanted)
    ]


def context_of_secret(secret_id: str) -> str:
    """Name the row that a secret is sealed together with."""
    return f"webhook|{secret_id}"


def _endpoint(row: RowMapping) -> Endpoint:
    return Endpoint(**{**row, "kinds": tuple(row["kinds"].split())})
