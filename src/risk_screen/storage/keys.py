"""Keep and find keys of programs."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from sqlalchemy import Connection, RowMapping, insert, select, update

from risk_screen.access.keys import KeyTerms, StoredKey
from risk_screen.access.roles import Permission
from risk_screen.storage.access_tables import api_keys
from risk_screen.storage.changes import Change


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key with whose it is; times are ISO 8601, UTC.

    Attributes
    ----------
    stored : StoredKey
    name : str
        Which system has it.
    party, town : str
        Whose it is; see ``Identity.granted``.
    made_by : str
        Id of the account that made it.
    used_at : str or None
        Last use, to a few minutes.
    revoked_at : str or None
    version : int
        One more with every change.
    """

    stored: StoredKey
    name: str
    party: str
    town: str
    made_by: str
    version: int
    created_at: str
    changed_at: str
    revoked_at: str | None = None
    used_at: str | None = None


def save_key(change: Change, key: ApiKey) -> None:
    """Add a key, or put it in the place of its earlier version."""
    row = _row(key)
    if key.version == 1:
        change.connection.execute(insert(api_keys), row)
    else:
        change.connection.execute(update(api_keys).where(api_keys.c.id == key.stored.id), row)


def key_with_id(connection: Connection, key_id: str) -> ApiKey | None:
    """Return a key; None when there is none with this id."""
    row = connection.execute(select(api_keys).where(api_keys.c.id == key_id)).mappings().first()
    return None if row is None else _key(row)


def all_keys(connection: Connection) -> list[ApiKey]:
    """Return every key, the newest first."""
    query = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
    return [_key(row) for row in connection.execute(query).mappings()]


def note_use_of_key(change: Change, key_id: str) -> None:
    """Note that a key is in use; its version stays."""
    change.connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(used_at=change.at_text))


def _row(key: ApiKey) -> dict[str, object]:
    terms = key.stored.terms
    return {
        "id": key.stored.id,
        "secret_sha256": key.stored.secret_sha256,
        "name": key.name,
        "permissions": " ".join(sorted(terms.permissions)),
        "party": key.party,
        "town": key.town,
        "networks": " ".join(map(str, terms.networks)),
        "requests_per_minute": terms.requests_per_minute,
        "expires_at": terms.expires_at.isoformat(timespec="milliseconds"),
        "revoked_at": key.revoked_at,
        "made_by": key.made_by,
        "used_at": key.used_at,
        "version": key.version,
        "created_at": key.created_at,
        "changed_at": key.changed_at,
    }


def _key(row: RowMapping) -> ApiKey:
    terms = KeyTerms(
        frozenset(map(Permission, row["permissions"].split())),
        tuple(map(ip_network, row["networks"].split())),
        row["requests_per_minute"],
        datetime.fromisoformat(row["expires_at"]),
    )
    stored = StoredKey(row["id"], bytes(row["secret_sha256"]), terms, row["revoked_at"] is not None)
    plain = ("name", "party", "town", "made_by", "version", "created_at", "changed_at", "revoked_at", "used_at")
    return ApiKey(stored, **{name: row[name] for name in plain})
