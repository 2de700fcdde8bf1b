"""Keep and find accounts of people, the passwords they had, and their recovery codes."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from risk_screen.access.roles import Role
from risk_screen.storage.access_tables import accounts, earlier_passwords, recovery_codes
from risk_screen.storage.changes import Change
from risk_screen.storage.sealing import KeptSecret

INVITED: Final = "invited"
ACTIVE: Final = "active"
DISABLED: Final = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; times are ISO 8601, UTC.

    Attributes
    ----------
    id : str
        What the audit trail knows of them.
    sign_in_name, display_name : str
    roles : frozenset of Role
    party, town : str
    state : str
        ``invited`` (has no password yet), ``active`` or ``disabled``.
    is_demo : bool
        Works from this machine only, and only while the service runs as a demonstration.
    activated_at : str or None
        When the first password was chosen.
    totp_secret, totp_key_id : bytes and str, or None
        As a ``KeptSecret``; see ``totp``.
    external_subject : str or None
        Who they are to the single sign-on.
    version : int
        One more with every change.
    """

    id: str
    sign_in_name: str
    display_name: str
    roles: frozenset[Role]
    party: str
    town: str
    state: str
    version: int
    created_at: str
    changed_at: str
    is_demo: bool = False
    password_hash: str | None = field(default=None, repr=False)
    password_changed_at: str | None = None
    must_change_password: bool = False
    totp_secret: bytes | None = field(default=None, repr=False)
    totp_key_id: str | None = None
    totp_last_step: int | None = None
    external_subject: str | None = None
    activated_at: str | None = None

    @property
    def totp(self) -> KeptSecret | None:
        """The secret of the second factor as it is kept; None: there is none."""
        return None if self.totp_secret is None else KeptSecret(self.totp_secret, self.totp_key_id)

    @property
    def totp_context(self) -> str:
        """What it is sealed together with."""
        return totp_context(self.id)


def totp_context(account_id: str) -> str:
    """Name the row that the secret of a second factor is sealed together with."""
    return f"totp|{account_id}"


def save_account(change: Change, account: Account) -> None:
    """Add an account, or put it in the place of its earlier version."""
    row = asdict(account) | {"roles": " ".join(sorted(account.roles))}
    if account.version == 1:
        change.connection.execute(insert(accounts), row)
    else:
        change.connection.execute(update(accounts).where(accounts.c.id == account.id), row)


def account_with_id(connection: Connection, account_id: str) -> Account | None:
    """Return an account; None when there is none with this id."""
    return _one(connection, accounts.c.id == account_id)


def account_named(connection: Connection, sign_in_name: str) -> Account | None:
    """Return the account with a sign-in name (lower case)."""
    return _one(connection, accounts.c.sign_in_name == sign_in_name)


def account_of_subject(connection: Connection, subject: str) -> Account | None:
    """Return the account of somebody the single sign-on knows."""
    return _one(connection, accounts.c.external_subject == subject)


def accounts_after(connection: Connection, after: str, limit: int) -> list[Account]:
    """Return accounts in the order of their ids, those after one."""
    query = select(accounts).where(accounts.c.id > after).order_by(accounts.c.id).limit(limit)
    return [_account(row) for row in connection.execute(query).mappings()]


def demonstration_accounts(connection: Connection) -> list[Account]:
    """Return the accounts that were made for a demonstration."""
    rows = connection.execute(select(accounts).where(accounts.c.is_demo)).mappings()
    return [_account(row) for row in rows]


def has_account(connection: Connection) -> bool:
    """Tell whether anybody has an account, demonstrations aside."""
    return connection.execute(select(accounts.c.id).where(~accounts.c.is_demo).limit(1)).first() is not None


def is_set_up(connection: Connection) -> bool:
    """Tell whether anybody ever chose a password, demonstrations aside."""
    chosen = select(accounts.c.id).where(~accounts.c.is_demo, accounts.c.activated_at.is_not(None))
    return connection.execute(chosen.limit(1)).first() is not None


def keep_password(change: Change, account_id: str, password_hash: str) -> None:
    """Remember a password, so that it is not chosen again."""
    row = {"account_id": account_id, "changed_at": change.at_text, "password_hash": password_hash}
    change.connection.execute(
        delete(earlier_passwords).where(
            earlier_passwords.c.account_id == account_id, earlier_passwords.c.changed_at == change.at_text
        )
    )
    change.connection.execute(insert(earlier_passwords), row)


def passwords_of(connection: Connection, account_id: str, limit: int) -> list[str]:
    """Return the hashes of the last passwords, the newest first."""
    mine = select(earlier_passwords.c.password_hash).where(earlier_passwords.c.account_id == account_id)
    return list(connection.execute(mine.order_by(earlier_passwords.c.changed_at.desc()).limit(limit)).scalars())


def keep_recovery_codes(change: Change, account_id: str, hashes: Collection[bytes]) -> None:
    """Put new recovery codes in the place of all earlier ones."""
    change.connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    rows = [{"account_id": account_id, "code_sha256": one} for one in hashes]
    if rows:
        change.connection.execute(insert(recovery_codes), rows)


def recovery_hashes(connection: Connection, account_id: str) -> list[bytes]:
    """Return the hashes of the codes that are left."""
    mine = select(recovery_codes.c.code_sha256).where(recovery_codes.c.account_id == account_id)
    return [bytes(one) for one in connection.execute(mine).scalars()]


def spend_recovery_code(change: Change, code_sha256: bytes) -> None:
    """Take a code away."""
    change.connection.execute(delete(recovery_codes).where(recovery_codes.c.code_sha256 == code_sha256))


def _one(connection: Connection, condition: Any) -> Account | None:
    row = connection.execute(select(accounts).where(condition)).mappings().first()
    return None if row is None else _account(row)


def _account(row: RowMapping) -> Account:
    secret = row["totp_secret"]
    read = {
        "roles": frozenset(map(Role, row["roles"].split())),
        "totp_secret": None if secret is None else bytes(secret),
    }
    return Account(**{**row, **read})
