"""Choose a password: the first one or another one by link, or a new one in place of one's own."""

import secrets
from dataclasses import replace

from risk_screen.access.actor import Actor
from risk_screen.access.caller import Caller
from risk_screen.access.passwords import SALT_BYTES, hash_password, is_password, why_not_password
from risk_screen.access.policy import AccessPolicy
from risk_screen.access.stages import Stage
from risk_screen.access.tokens import hash_token
from risk_screen.errors import RiskScreenError
from risk_screen.operations.accounts import tell
from risk_screen.operations.first_start import retire_demonstration
from risk_screen.operations.gate import Gate
from risk_screen.operations.refusing import (
    InviteUnusableError,
    PasswordRefusedError,
    SignInRefusedError,
    SignInStageError,
)
from risk_screen.operations.sessions import Opened, SignedIn, move_on, next_stage, open_for, signed_in
from risk_screen.operations.signing_in import Tried, note, raised, refuse_if_locked, session_at
from risk_screen.storage.accounts import (
    ACTIVE,
    DISABLED,
    Account,
    account_with_id,
    keep_password,
    passwords_of,
    save_account,
)
from risk_screen.storage.changes import Change
from risk_screen.storage.sessions import close_sessions_of, forget_invites, invited_account

STAGES = (Stage.CHANGE_PASSWORD, Stage.FULL)


def invited(gate: Gate, token: str) -> Account:
    """Tell whose link this is, for the page that asks for a password; it stays usable.

    Raises
    ------
    InviteUnusableError, StoreUnavailableError
    """
    with gate.store.reading() as connection:
        at_text = gate.store.now().isoformat(timespec="milliseconds")
        account_id = invited_account(connection, hash_token(token), at_text)
        account = None if account_id is None else account_with_id(connection, account_id)
    if account is None or account.state == DISABLED:
        raise InviteUnusableError
    return account


def accept_invite(gate: Gate, caller: Caller, token: str, password: str) -> Opened:
    """Choose a password by link, once, and open a session; its ``stage`` says what is still asked for.

    The first one ever chosen ends the time in which this machine needs no credentials.

    Raises
    ------
    InviteUnusableError, PasswordRefusedError, StoreUnavailableError
    """
    account = invited(gate, token)
    chosen = _hashed(gate, account, password)

    def work(change: Change) -> Opened:
        change.take_turn()
        account_id = invited_account(change.connection, hash_token(token), change.at_text)
        before = None if account_id is None else account_with_id(change.connection, account_id)
        if before is None or before.state == DISABLED:
            raise InviteUnusableError
        after = _with_password(change, replace(before, state=ACTIVE), chosen)
        tell(change, Actor("person", after.id, after.party), "account.choose_password", before, after)
        close_sessions_of(change, after.id)
        retire_demonstration(change)
        stage = next_stage(after, gate.policy, change.at, has_confirmed=False)
        return open_for(change, after, caller, stage, gate.policy)

    opened = gate.store.write(work)
    gate.forget()
    return opened


def change_password(gate: Gate, caller: Caller, token: str, *, old: str, new: str) -> Opened:
    """Put a new password in the place of one's own; other sessions end, this one goes on under another token.

    Raises
    ------
    SignInStageError, SignInRefusedError, SignInLockedError, PasswordRefusedError, StoreUnavailableError
    """
    with gate.store.reading() as connection:
        now = signed_in(connection, hash_token(token))
    if now is None or now.stage not in STAGES or now.account.password_hash is None:
        raise SignInStageError
    tried = Tried.of(now.account.sign_in_name, caller)
    with gate.store.reading() as connection:
        refuse_if_locked(connection, gate.policy, tried, gate.store.now())
    is_right = is_password(old, now.account.password_hash, cost=gate.policy.cost)
    chosen = _hashed(gate, now.account, new) if is_right else ""

    def work(change: Change) -> Opened | RiskScreenError:
        current = session_at(change, gate, token, *STAGES)
        if not is_right or current.account.password_hash != now.account.password_hash:
            note(change, tried, succeeded=False)
            return SignInRefusedError()
        after = _with_password(change, current.account, chosen)
        tell(change, Actor("person", after.id, after.party), "account.change_password", current.account, after)
        close_sessions_of(change, after.id, but=current.session.id)
        stage = next_stage(after, gate.policy, change.at, has_confirmed=True)
        return move_on(change, SignedIn(current.session, after), stage, gate.policy)

    return raised(gate.store.write(work))


def _hashed(gate: Gate, account: Account, password: str) -> str:
    """Judge a new password and hash it.

    Raises
    ------
    PasswordRefusedError
    """
    policy: AccessPolicy = gate.policy
    with gate.store.reading() as connection:
        earlier = passwords_of(connection, account.id, policy.passwords.remembered)
    refusals = why_not_password(
        password,
        names=(account.sign_in_name, account.display_name),
        earlier=earlier,
        policy=policy.passwords,
        cost=policy.cost,
    )
    if refusals:
        raise PasswordRefusedError(refusals)
    return hash_password(password, salt=secrets.token_bytes(SALT_BYTES), cost=policy.cost)


def _with_password(change: Change, account: Account, password_hash: str) -> Account:
    at = change.at_text
    after = replace(
        account,
        password_hash=password_hash,
        password_changed_at=at,
        must_change_password=False,
        activated_at=account.activated_at or at,
        changed_at=at,
        version=account.version + 1,
    )
    save_account(change, after)
    keep_password(change, after.id, password_hash)
    forget_invites(change, after.id)
    return after
