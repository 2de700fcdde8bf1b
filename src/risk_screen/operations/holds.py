"""Registration holds: drafted by one, signed by another, lifted with a reason. Nothing here acts on a registration."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.casework.deadlines import CHINA
from risk_screen.casework.hold_letter import (
    HoldState,
    HoldTerms,
    Procedure,
    hold_after,
    number_of,
    signed_by_another,
)
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_requests import CREATED, ConsultationsOffError
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.idempotency import Answer, answer_once
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.enterprises import enterprise_with_code
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event
from risk_screen.storage.holds import Hold, add_hold, hold_with_id, holds_newest_first, last_serial, save_hold

SUBJECT = "registration_hold"


class HoldNotFoundError(RiskScreenError):
    """No such hold within reach."""

    code = "hold_not_found"

    def __init__(self) -> None:
        super().__init__("没有这份暂缓登记建议，或不在您的查看范围内：请检查编号。")


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """What somebody of the task force proposes.

    Attributes
    ----------
    party : str
        The institution whose feed tells of it when it is signed.
    addressee, subject_name : str
        As they stand in the letter.
    procedures : tuple of Procedure
    case_reference, reasons : str
    credit_code : str
        Checked; empty when the subject has none yet.
    """

    party: str
    addressee: str
    subject_name: str
    procedures: tuple[Procedure, ...]
    case_reference: str
    reasons: str
    credit_code: str = ""


def draft_hold(store: Store, asking: Asking, draft: HoldDraft) -> Answer:
    """Keep a draft.

    Raises
    ------
    ConsultationsOffError, StoreUnavailableError
    """
    hold_terms(store)

    def work(change: Change) -> Answer:
        hold = _drafted(change, asking.identity, draft)
        add_hold(change, hold)
        _tell(change, asking, None, hold)
        return Answer(hold_as_json(hold), CREATED)

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def sign_hold(store: Store, asking: Asking, hold_id: str) -> Answer:
    """Sign a draft that somebody else wrote; it gets its number and date, and the addressee is told.

    Raises
    ------
    HoldNotFoundError, OwnDraftError, HoldStateError, PreconditionFailedError, StoreUnavailableError
    """
    terms = hold_terms(store)

    def signed(change: Change, hold: Hold) -> Hold:
        state = hold_after(hold.state, HoldState.SIGNED)
        signed_by_another(hold.made_by, asking.identity.actor.id)
        year = change.at.astimezone(CHINA).year
        serial = last_serial(change.connection, year) + 1
        number = number_of(terms, year, serial)
        signature = {"signed_by": asking.identity.actor.id, "signed_at": change.at_text}
        return _with(hold, state=state, year=year, serial=serial, number=number, **signature)

    return _change(store, asking, hold_id, signed)


def lift_hold(store: Store, asking: Asking, hold_id: str, reason: str) -> Answer:
    """Lift a hold that was signed.

    Raises
    ------
    HoldNotFoundError, HoldStateError, PreconditionFailedError, StoreUnavailableError
    """

    def lifted(change: Change, hold: Hold) -> Hold:
        state = hold_after(hold.state, HoldState.LIFTED)
        by = asking.identity.actor.id
        return _with(hold, state=state, lifted_by=by, lifted_at=change.at_text, lifting_reason=reason)

    return _change(store, asking, hold_id, lifted)


def discard_hold(store: Store, asking: Asking, hold_id: str) -> Answer:
    """Put a draft aside; it stays in the record.

    Raises
    ------
    HoldNotFoundError, HoldStateError, PreconditionFailedError, StoreUnavailableError
    """
    return _change(
        store, asking, hold_id, lambda _, hold: _with(hold, state=hold_after(hold.state, HoldState.DISCARDED))
    )


def hold_list(store: Store, identity: Identity, after: str | None, limit: int) -> bytes:
    """Return a part of the list as JSON, the latest first.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        found = holds_newest_first(connection, identity.reach(Permission.READ_CONSULTATION), after, limit)
    items = [orjson.Fragment(hold_as_json(one)) for one in found]
    return orjson.dumps({"items": items, "next": found[-1].id if len(found) == limit else None})


def shown_hold(store: Store, identity: Identity, hold_id: str) -> Hold:
    """Return a hold that is within reach.

    Raises
    ------
    HoldNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        found = hold_with_id(connection, hold_id, identity.reach(Permission.READ_CONSULTATION))
    if found is None:
        raise HoldNotFoundError
    return found


def hold_as_json(hold: Hold) -> bytes:
    """Write a hold for programs; who drafted and signed it stays inside."""
    shown = {
        "id": hold.id,
        "version": hold.version,
        "state": hold.state,
        "number": hold.number,
        "party": hold.party,
        "addressee": hold.addressee,
        "subject_name": hold.subject_name,
        "credit_code": hold.credit_code,
        "enterprise_id": hold.enterprise_id,
        "procedures": hold.procedures.split(),
        "case_reference": hold.case_reference,
        "reasons": hold.reasons,
        "drafted_at": hold.created_at,
        "signed_at": hold.signed_at,
        "lifted_at": hold.lifted_at,
        "lifting_reason": hold.lifting_reason,
    }
    return orjson.dumps(shown)


def hold_terms(store: Store) -> HoldTerms:
    """Return what stands in every hold.

    Raises
    ------
    ConsultationsOffError
    """
    if store.terms is None:
        raise ConsultationsOffError
    return store.terms.hold


def _drafted(change: Change, identity: Identity, draft: HoldDraft) -> Hold:
    enterprise = enterprise_with_code(change.connection, draft.credit_code) if draft.credit_code else None
    return Hold(
        id=new_id(change.at),
        state=HoldState.DRAFT,
        year=None,
        serial=None,
        number="",
        addressee=draft.addressee,
        subject_name=draft.subject_name,
        credit_code=draft.credit_code,
        enterprise_id=enterprise.id if enterprise else None,
        procedures=" ".join(draft.procedures),
        case_reference=draft.case_reference,
        reasons=draft.reasons,
        signed_by=None,
        signed_at=None,
        lifted_by=None,
        lifted_at=None,
        lifting_reason="",
        version=1,
        made_by=identity.actor.id,
        party=draft.party,
        town=identity.town,
        created_at=change.at_text,
        changed_at=change.at_text,
    )


def _change(store: Store, asking: Asking, hold_id: str, following: Callable[[Change, Hold], Hold]) -> Answer:
    def work(change: Change) -> Answer:
        change.take_turn()
        reach = asking.identity.reach(Permission.READ_CONSULTATION)
        before = hold_with_id(change.connection, hold_id, reach)
        if before is None:
            raise HoldNotFoundError
        asking.expected.check(before.version)
        after = replace(following(change, before), changed_at=change.at_text)
        save_hold(change, after)
        _tell(change, asking, before, after)
        return Answer(hold_as_json(after))

    return store.write(lambda change: answer_once(change, asking.key, lambda: work(change)))


def _with(hold: Hold, **changes: Any) -> Hold:
    return replace(hold, version=hold.version + 1, **changes)


def _tell(change: Change, asking: Asking, before: Hold | None, after: Hold) -> None:
    """Only what was signed is told to the addressee: a draft is nobody's business but the task force's."""
    is_out = after.state in (HoldState.SIGNED, HoldState.LIFTED)
    kind = EventKind(f"{SUBJECT}.{'drafted' if before is None else after.state}")
    told = {"procedures": after.procedures, "enterprise_id": after.enterprise_id}
    change.publish(Event(kind, SUBJECT, after.id, after.party if is_out else "", told))
    change.record(
        AuditEntry(
            asking.identity.actor,
            kind,
            SUBJECT,
            after.id,
            before_hash=fingerprint_of(before) if before else None,
            after_hash=fingerprint_of(after),
            details=told,
        )
    )
