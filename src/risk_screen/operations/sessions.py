"""Sessions of people: who one is of, how it moves on, and its end."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from risk_screen.access.actor import Actor
from risk_screen.access.caller import Caller
from risk_screen.access.identity import Identity
from risk_screen.access.policy import AccessPolicy
from risk_screen.access.stages import Stage
from risk_screen.access.tokens import TOKEN_BYTES, hash_token, make_token
from risk_screen.errors import RiskScreenError
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.storage.accounts import ACTIVE, Account, account_with_id
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.sessions import (
    Session,
    close_session,
    forget_sessions,
    open_session,
    replace_session,
    session_with_token,
    sessions_of,
)

SUBJECT = "session"


class SessionNotFoundError(RiskScreenError):
    """No session of one's own with this id."""

    code = "session_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个登录记录：它可能已经退出。")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and whose it is."""

    session: Session
    account: Account

    @property
    def stage(self) -> Stage:
        """What it still asks for."""
        return Stage(self.session.stage)

    @property
    def identity(self) -> Identity:
        """Who they are; ask for it of full sessions only."""
        return identity_of(self.account)

    def why_over(self, policy: AccessPolicy, at: datetime) -> str | None:
        """Say why it cannot be used any more; None when it can."""
        if self.account.state != ACTIVE:
            return "account"
        if at >= datetime.fromisoformat(self.session.expires_at):
            return "longest"
        return "idle" if at - datetime.fromisoformat(self.session.seen_at) > policy.idle else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A session just opened or moved on, with its new token: to be set as the cookie.

    Attributes
    ----------
    token : str
    signed_in : SignedIn
    recovery_codes : tuple of str
        To be shown once, when a second factor was just set up.
    """

    token: str = field(repr=False)
    signed_in: SignedIn
    recovery_codes: tuple[str, ...] = field(default=(), repr=False)


def identity_of(account: Account) -> Identity:
    """Tell who somebody with an account is."""
    return Identity(Actor("person", account.id, account.party), account.roles, town=account.town)


def signed_in(connection: Connection, token_sha256: str) -> SignedIn | None:
    """Find the session a token is of."""
    session = session_with_token(connection, token_sha256)
    account = None if session is None else account_with_id(connection, session.account_id)
    return None if session is None or account is None else SignedIn(session, account)


def next_stage(account: Account, policy: AccessPolicy, at: datetime, *, has_confirmed: bool) -> Stage:
    """Tell what a sign-in asks for next.

    Parameters
    ----------
    account : Account
    policy : AccessPolicy
    at : datetime
    has_confirmed : bool
        The second factor, just now.
    """
    if account.totp_secret is not None and not has_confirmed:
        return Stage.SECOND_FACTOR
    if account.must_change_password or _is_old(account, policy.password_life, at):
        return Stage.CHANGE_PASSWORD
    needs_one = policy.asks_second_factor(account.roles) and not account.is_demo
    return Stage.SET_UP_SECOND_FACTOR if needs_one and account.totp_secret is None else Stage.FULL


def open_for(change: Change, account: Account, caller: Caller, stage: Stage, policy: AccessPolicy) -> Opened:
    """Open a session."""
    token, life = _token(), policy.longest if stage == Stage.FULL else policy.unfinished
    session = Session(
        id=new_id(change.at),
        token_sha256=hash_token(token),
        account_id=account.id,
        stage=stage,
        address=caller.address[:64],
        created_at=change.at_text,
        seen_at=change.at_text,
        expires_at=_later(change, life),
    )
    forget_sessions(change)
    open_session(change, session)
    _tell(change, session, "session.open")
    return Opened(token, SignedIn(session, account))


def move_on(change: Change, now: SignedIn, stage: Stage, policy: AccessPolicy) -> Opened:
    """Give a session that has come further another token: who knew the old one knows nothing."""
    token, is_full = _token(), stage == Stage.FULL
    life = policy.longest if is_full else policy.unfinished
    session = replace(
        now.session,
        token_sha256=hash_token(token),
        stage=stage,
        seen_at=change.at_text,
        expires_at=_later(change, life),
        pending_secret=None,
        pending_key_id=None,
    )
    replace_session(change, session)
    _tell(change, session, "session.move_on")
    return Opened(token, SignedIn(session, now.account))


def sign_out(store: Store, now: SignedIn) -> None:
    """End a session."""

    def work(change: Change) -> None:
        close_session(change, now.session.id)
        _tell(change, now.session, "session.close")

    store.write(work)


def own_sessions(store: Store, identity: Identity) -> list[Session]:
    """List the sessions of who asks, the oldest first."""
    with store.reading() as connection:
        return sessions_of(connection, identity.actor.id)


def close_own_session(store: Store, identity: Identity, session_id: str) -> None:
    """End one of one's own sessions.

    Raises
    ------
    SessionNotFoundError, StoreUnavailableError
    """

    def work(change: Change) -> None:
        mine = sessions_of(change.connection, identity.actor.id)
        session = next((one for one in mine if one.id == session_id), None)
        if session is None:
            raise SessionNotFoundError
        close_session(change, session.id)
        _tell(change, session, "session.close")

    store.write(work)


def _tell(change: Change, session: Session, action: str) -> None:
    actor = Actor("person", session.account_id)
    change.record(AuditEntry(actor, action, SUBJECT, session.id, details={"stage": session.stage}))


def _is_old(account: Account, life: timedelta, at: datetime) -> bool:
    changed_at = account.password_changed_at
    return bool(life) and changed_at is not None and at - datetime.fromisoformat(changed_at) > life


def _later(change: Change, life: timedelta) -> str:
    return (change.at + life).isoformat(timespec="milliseconds")


def _token() -> str:
    return make_token(secrets.token_bytes(TOKEN_BYTES))
