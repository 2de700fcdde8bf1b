"""Set up a second factor: a secret for the authenticator, a code that proves it is there, recovery codes shown once."""

import secrets
from base64 import b32encode
from dataclasses import dataclass, field, replace
from typing import Final

import segno

from risk_screen.access.actor import Actor
from risk_screen.access.caller import Caller
from risk_screen.access.stages import Stage
from risk_screen.access.totp import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    SECRET_BYTES,
    accepted_step,
    enrolment_uri,
    hash_recovery_code,
    recovery_codes,
)
from risk_screen.errors import RiskScreenError
from risk_screen.operations.gate import Gate
from risk_screen.operations.refusing import SignInRefusedError, SignInStageError
from risk_screen.operations.sessions import Opened, move_on, next_stage
from risk_screen.operations.signing_in import Tried, note, raised, refuse_if_locked, session_at
from risk_screen.storage.accounts import keep_recovery_codes, save_account
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.sealing import KeptSecret
from risk_screen.storage.sessions import replace_session

ISSUER: Final = "risk_screen"
STAGES: Final = (Stage.SET_UP_SECOND_FACTOR, Stage.FULL)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs: by QR code, or typed.

    Attributes
    ----------
    uri : str
        ``otpauth://…``.
    secret : str
        Base32, for typing.
    qr_svg : str
        The address as a picture, to stand in a page.
    """

    uri: str = field(repr=False)
    secret: str = field(repr=False)
    qr_svg: str = field(repr=False)


def begin_second_factor(gate: Gate, token: str) -> Enrolment:
    """Make a secret and keep it with the session until a code proves that the authenticator has it.

    Asked again it gives the same one: who mistyped the first code need not scan anew. Who has a second factor gets
    another by way of an administrator only.

    Raises
    ------
    SignInStageError, StoreUnavailableError
    """
    fresh, ring = secrets.token_bytes(SECRET_BYTES), gate.store.ring()

    def work(change: Change) -> tuple[str, bytes]:
        now = session_at(change, gate, token, *STAGES)
        if now.account.totp_secret is not None:
            raise SignInStageError
        session, context = now.session, now.session.pending_context
        secret = fresh if session.pending is None else session.pending.open(ring, context)
        kept = KeptSecret.of(secret, ring, context)
        session = replace(session, pending_secret=kept.content, pending_key_id=kept.key_id, seen_at=change.at_text)
        replace_session(change, session)
        return now.account.sign_in_name, secret

    account, secret = gate.store.write(work)
    uri = enrolment_uri(secret, account=account, issuer=ISSUER)
    picture = segno.make(uri, error="m").svg_inline(scale=4, light="#fff", border=4)
    return Enrolment(uri, b32encode(secret).decode().rstrip("="), picture)


def finish_second_factor(gate: Gate, caller: Caller, token: str, code: str) -> Opened:
    """Check the first code; from then on it is asked for at every sign-in. ``recovery_codes`` are shown this once.

    Raises
    ------
    SignInStageError, SignInRefusedError, SignInLockedError, StoreUnavailableError
    """
    codes, ring = recovery_codes(secrets.token_bytes(RECOVERY_CODES * RECOVERY_BYTES)), gate.store.ring()

    def work(change: Change) -> Opened | RiskScreenError:
        now = session_at(change, gate, token, *STAGES)
        pending, account = now.session.pending, now.account
        if pending is None or account.totp_secret is not None:
            raise SignInStageError
        tried = Tried.of(account.sign_in_name, caller)
        refuse_if_locked(change.connection, gate.policy, tried, change.at)
        secret = pending.open(ring, now.session.pending_context)
        step = accepted_step(secret, code, at=change.at, last_used=None)
        if step is None:
            note(change, tried, succeeded=False)
            return SignInRefusedError()
        at, version = change.at_text, account.version + 1
        kept = KeptSecret.of(secret, ring, account.totp_context)
        account = replace(account, totp_secret=kept.content, totp_key_id=kept.key_id)
        account = replace(account, totp_last_step=step, version=version, changed_at=at)
        save_account(change, account)
        keep_recovery_codes(change, account.id, [hash_recovery_code(one) for one in codes])
        change.record(AuditEntry(Actor("person", account.id), "account.second_factor", "account", account.id))
        stage = next_stage(account, gate.policy, change.at, has_confirmed=True)
        return replace(move_on(change, replace(now, account=account), stage, gate.policy), recovery_codes=codes)

    return raised(gate.store.write(work))
