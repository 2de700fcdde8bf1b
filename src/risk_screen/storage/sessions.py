"""Keep sessions by the hash of their token, and the links by which people choose a password."""

from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, delete, insert, select, update

from risk_screen.storage.access_tables import invites, sessions
from risk_screen.storage.changes import Change
from risk_screen.storage.sealing import KeptSecret


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in, or is about to; times are ISO 8601, UTC.

    Attributes
    ----------
    id : str
    token_sha256 : str
    account_id : str
    stage : str
        What is still asked for; ``full``: nothing.
    address : str
    created_at, seen_at, expires_at : str
    pending_secret, pending_key_id : bytes and str, or None
        As a ``KeptSecret``; see ``pending``.
    """

    id: str
    token_sha256: str = field(repr=False)
    account_id: str
    stage: str
    address: str
    created_at: str
    seen_at: str
    expires_at: str
    pending_secret: bytes | None = field(default=None, repr=False)
    pending_key_id: str | None = None

    @property
    def pending(self) -> KeptSecret | None:
        """The secret of a second factor that is being set up, as it is kept."""
        return None if self.pending_secret is None else KeptSecret(self.pending_secret, self.pending_key_id)

    @property
    def pending_context(self) -> str:
        """What it is sealed together with."""
        return pending_context(self.id)


def pending_context(session_id: str) -> str:
    """Name the row that the secret of a second factor being set up is sealed together with."""
    return f"pending|{session_id}"


def open_session(change: Change, session: Session) -> None:
    """Add a session."""
    change.connection.execute(insert(sessions), asdict(session))


def replace_session(change: Change, session: Session) -> None:
    """Put a session in the place of its earlier state."""
    change.connection.execute(update(sessions).where(sessions.c.id == session.id), asdict(session))


def session_with_token(connection: Connection, token_sha256: str) -> Session | None:
    """Return the session a token is of."""
    row = connection.execute(select(sessions).where(sessions.c.token_sha256 == token_sha256)).mappings().first()
    if row is None:
        return None
    pending = row["pending_secret"]
    return Session(**{**row, "pending_secret": None if pending is None else bytes(pending)})


def sessions_of(connection: Connection, account_id: str) -> list[Session]:
    """Return the sessions of an account, the oldest first."""
    mine = select(sessions).where(sessions.c.account_id == account_id).order_by(sessions.c.id)
    return [Session(**row) for row in connection.execute(mine).mappings()]


def touch_session(change: Change, session_id: str) -> None:
    """Note that a session is in use."""
    change.connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=change.at_text))


def close_session(change: Change, session_id: str) -> None:
    """End a session."""
    change.connection.execute(delete(sessions).where(sessions.c.id == session_id))


def close_sessions_of(change: Change, account_id: str, *, but: str = "") -> None:
    """End all sessions of an account but one."""
    change.connection.execute(delete(sessions).where(sessions.c.account_id == account_id, sessions.c.id != but))


def forget_sessions(change: Change) -> None:
    """Remove sessions and links whose time is over."""
    change.connection.execute(delete(sessions).where(sessions.c.expires_at < change.at_text))
    change.connection.execute(delete(invites).where(invites.c.expires_at < change.at_text))


def keep_invite(change: Change, token_sha256: str, account_id: str, expires_at: str) -> None:
    """Keep a link in the place of all earlier ones of the account."""
    forget_invites(change, account_id)
    row = {"token_sha256": token_sha256, "account_id": account_id, "expires_at": expires_at}
    change.connection.execute(insert(invites), row | {"created_at": change.at_text})


def invited_account(connection: Connection, token_sha256: str, at_text: str) -> str | None:
    """Tell whose link this is; None when there is none, or its time is over."""
    live = select(invites.c.account_id).where(invites.c.token_sha256 == token_sha256, invites.c.expires_at > at_text)
    found: str | None = connection.execute(live).scalar()
    return found


def forget_invites(change: Change, account_id: str) -> None:
    """Make all links of an account useless."""
    change.connection.execute(delete(invites).where(invites.c.account_id == account_id))
