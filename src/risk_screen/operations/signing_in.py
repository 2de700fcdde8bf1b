"""Sign in with name and password, then with a code. What is asked of a name nobody has is the same work, and no less.

Passwords are checked outside the transaction (they take a tenth of a second); whether the name is locked is asked again
inside, so that guesses sent at the same time are no more than guesses sent one after the other.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from risk_screen.access.actor import ANONYMOUS
from risk_screen.access.caller import Caller
from risk_screen.access.lockout import locked_until, why_locked
from risk_screen.access.passwords import SALT_BYTES, hash_password, is_password, needs_rehash
from risk_screen.access.policy import AccessPolicy
from risk_screen.access.refusal import Refusal
from risk_screen.access.stages import Stage
from risk_screen.access.tokens import hash_token
from risk_screen.access.totp import accepted_step, matching_recovery_hash
from risk_screen.errors import RiskScreenError
from risk_screen.operations.gate import Gate
from risk_screen.operations.numbering import new_id
from risk_screen.operations.refusing import SignInRefusedError, SignInStageError, locked_error
from risk_screen.operations.sessions import Opened, SignedIn, move_on, next_stage, open_for, signed_in
from risk_screen.storage.accounts import (
    ACTIVE,
    Account,
    account_named,
    recovery_hashes,
    save_account,
    spend_recovery_code,
)
from risk_screen.storage.attempts import attempts_on, failures_from, note_attempt
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.sealing import KeyRing

REFUSED = "session.refused"
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Tried:
    """A try: the name as it is kept, its hash, and from where."""

    name: str
    name_sha256: str
    address: str

    @classmethod
    def of(cls, name: str, caller: Caller) -> "Tried":
        """Fold a name as typed."""
        folded = fold_name(name)
        return cls(folded, hash_of_name(folded), caller.address[:64])


def fold_name(name: str) -> str:
    """The same name however it is typed: width and case do not matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def hash_of_name(folded: str) -> str:
    """What tries are kept under; what people type by mistake may be a password."""
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def sign_in(gate: Gate, caller: Caller, name: str, password: str) -> Opened:
    """Check name and password, and open a session; its ``stage`` says what is still asked for.

    Parameters
    ----------
    gate : Gate
    caller : Caller
    name, password : str
        As typed.

    Raises
    ------
    SignInRefusedError, SignInLockedError, StoreUnavailableError
    """
    tried = Tried.of(name, caller)
    with gate.store.reading() as connection:
        refuse_if_locked(connection, gate.policy, tried, gate.store.now())
        account = account_named(connection, tried.name)
    kept = account.password_hash if account is not None else None
    is_right = is_password(password, kept, cost=gate.policy.cost)
    rehashed = _rehashed(password, kept, gate.policy) if is_right else None

    def work(change: Change) -> Opened | RiskScreenError:
        change.take_turn()
        locked = _locked(change.connection, gate.policy, tried, change.at)
        if locked is not None:
            return locked
        now = account_named(change.connection, tried.name)
        may_enter = now is not None and now.password_hash == kept and _may_enter(now, gate, caller)
        if not is_right or now is None or not may_enter:
            return _refused(change, tried, now)
        if rehashed is not None:
            now = replace(now, password_hash=rehashed, version=now.version + 1, changed_at=change.at_text)
            save_account(change, now)
        stage = next_stage(now, gate.policy, change.at, has_confirmed=False)
        if stage != Stage.SECOND_FACTOR:
            note(change, tried, succeeded=True)
        return open_for(change, now, caller, stage, gate.policy)

    return raised(gate.store.write(work))


def confirm(gate: Gate, caller: Caller, token: str, code: str) -> Opened:
    """Check a code of the second factor, or a recovery code, for a session that asks for one.

    Raises
    ------
    SignInStageError, SignInRefusedError, SignInLockedError, StoreUnavailableError
    """
    ring = gate.store.ring()

    def work(change: Change) -> Opened | RiskScreenError:
        now = session_at(change, gate, token, Stage.SECOND_FACTOR)
        tried = Tried.of(now.account.sign_in_name, caller)
        locked = _locked(change.connection, gate.policy, tried, change.at)
        if locked is not None:
            return locked
        account = _with_code_spent(change, now.account, code, ring)
        if account is None:
            return _refused(change, tried, now.account)
        save_account(change, account)
        note(change, tried, succeeded=True)
        stage = next_stage(account, gate.policy, change.at, has_confirmed=True)
        return move_on(change, replace(now, account=account), stage, gate.policy)

    return raised(gate.store.write(work))


def session_at(change: Change, gate: Gate, token: str, *stages: Stage) -> SignedIn:
    """Find the live session of a token, to be moved on in this transaction.

    Raises
    ------
    SignInStageError
        When there is none, or it is at another stage.
    """
    change.take_turn()
    now = signed_in(change.connection, hash_token(token))
    if now is None or now.stage not in stages or now.why_over(gate.policy, change.at) is not None:
        raise SignInStageError
    return now


def refuse_if_locked(connection: Connection, policy: AccessPolicy, tried: Tried, at: datetime) -> None:
    """Raise when the name or the address is locked; before anything else is looked at.

    Raises
    ------
    SignInLockedError
    """
    locked = _locked(connection, policy, tried, at)
    if locked is not None:
        raise locked


def note(change: Change, tried: Tried, *, succeeded: bool) -> None:
    """Write down a try."""
    note_attempt(change, new_id(change.at), tried.name_sha256, tried.address, succeeded=succeeded)


def raised(outcome: Opened | RiskScreenError) -> Opened:
    """Raise what a piece of work returned because it had something to write."""
    if isinstance(outcome, RiskScreenError):
        raise outcome
    return outcome


def _locked(connection: Connection, policy: AccessPolicy, tried: Tried, at: datetime) -> RiskScreenError | None:
    since = at - policy.lockout.within - policy.lockout.locked_for
    history = attempts_on(connection, tried.name_sha256, since)
    refusal = why_locked(history, policy.lockout, at=at)
    if refusal is not None:
        until = locked_until(history, policy.lockout) or at
        return locked_error(refusal, max(1, round((until - at).total_seconds())))
    failures = failures_from(connection, tried.address, at - policy.lockout.within)
    if failures < policy.failures_per_address:
        return None
    return locked_error(_TOO_MANY_FROM_ADDRESS, round(policy.lockout.within / timedelta(seconds=1)))


_TOO_MANY_FROM_ADDRESS = Refusal("account_locked", "从这个地址登录失败的次数过多：请过一会儿再试，或请系统管理员查看。")


def _may_enter(account: Account, gate: Gate, caller: Caller) -> bool:
    return account.state == ACTIVE and (not account.is_demo or gate.lets_in_demo(caller))


def _refused(change: Change, tried: Tried, account: Account | None) -> SignInRefusedError:
    note(change, tried, succeeded=False)
    change.record(AuditEntry(ANONYMOUS, REFUSED, "account", NOBODY if account is None else account.id))
    return SignInRefusedError()


def _rehashed(password: str, kept: str | None, policy: AccessPolicy) -> str | None:
    if kept is None or not needs_rehash(kept, cost=policy.cost):
        return None
    return hash_password(password, salt=secrets.token_bytes(SALT_BYTES), cost=policy.cost)


def _with_code_spent(change: Change, account: Account, code: str, ring: KeyRing | None) -> Account | None:
    """The account after a code has counted; None when it is wrong, or was used before."""
    if account.totp is None:
        return None
    secret = account.totp.open(ring, account.totp_context)
    step = accepted_step(secret, code, at=change.at, last_used=account.totp_last_step)
    if step is not None:
        return replace(account, totp_last_step=step, version=account.version + 1, changed_at=change.at_text)
    spent = matching_recovery_hash(code, recovery_hashes(change.connection, account.id))
    if spent is None:
        return None
    spend_recovery_code(change, spent)
    return replace(account, version=account.version + 1, changed_at=change.at_text)
