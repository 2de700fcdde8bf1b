"""A registration opens a consultation, carries one on, or takes the place of one: in the transaction that stores it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from risk_screen.access.actor import Actor
from risk_screen.access.identity import Origin
from risk_screen.casework.consultation import WAITING, State, Step, state_after
from risk_screen.casework.deadlines import deadlines
from risk_screen.casework.terms import ConsultationTerms
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.numbering import new_id
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.consultations import (
    Consultation,
    add_consultation,
    consultation_about,
    link_assessment,
    save_consultation,
)
from risk_screen.storage.event_kinds import EventKind
from risk_screen.storage.events import Event

SUBJECT = "consultation"


@dataclass(frozen=True, slots=True)
class Registration:
    """An assessment of a registration that is being stored.

    Attributes
    ----------
    assessment_id, route : str
    origin : Origin
    previous_id : str or None
        The assessment before it under the same number.
    is_same_text : bool
        That one was of the same text (under other versions of rulebook or model).
    request : str
        Why the bureau asks for a consultation that no route opened.
    """

    assessment_id: str
    route: str
    origin: Origin
    previous_id: str | None = None
    is_same_text: bool = False
    request: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """What is told of a consultation.

    Attributes
    ----------
    what : str
        In the past, e.g. ``opened``.
    summary : mapping
        Plain values without personal data.
    is_internal : bool
        For those who see everything; the institution that waits is not told.
    """

    what: str
    summary: Mapping[str, Any]
    is_internal: bool = False


def follow_registration(
    change: Change, terms: ConsultationTerms, registration: Registration, actor: Actor
) -> str | None:
    """Do what a stored registration means for consultations.

    The same text carries on the consultation it already has. Another text takes the place of one that still waits. A
    route that the terms name opens a new one.

    Returns
    -------
    str or None
        The id of the consultation it led to.
    """
    about = registration.previous_id
    earlier = consultation_about(change.connection, about) if about is not None else None
    if earlier is not None and registration.is_same_text and earlier.state is not State.SUPERSEDED:
        link_assessment(change, earlier.id, registration.assessment_id)
        save_consultation(change, replace(earlier, version=earlier.version + 1, changed_at=change.at_text))
        return earlier.id
    opens = registration.route in terms.opening_routes
    successor = open_consultation(change, terms, registration, actor, earlier) if opens else None
    if earlier is not None and earlier.state in WAITING:
        told = {"assessment_id": registration.assessment_id, "successor_id": successor.id if successor else None}
        move(change, actor, earlier, Step.SUPERSEDE, told)
    return successor.id if successor else None


def open_consultation(
    change: Change,
    terms: ConsultationTerms,
    registration: Registration,
    actor: Actor,
    earlier: Consultation | None = None,
) -> Consultation:
    """Open a consultation; ``earlier`` is the one about the same registration before it."""
    due = deadlines(change.at, terms)
    opened = Consultation(
        id=new_id(change.at, after=earlier.id if earlier else None),
        state=State.OPEN,
        stage=0,
        assessment_id=registration.assessment_id,
        previous_id=earlier.id if earlier else None,
        request=registration.request,
        answer=None,
        answers=0,
        counted_from=due.counted_from.isoformat(),
        answer_due_at=as_text(due.answer_at),
        registration_due_at=as_text(due.registration_at),
        extension_due_at=as_text(due.extension_at),
        calendar_known=due.calendar_known,
        next_stage_at=as_text(due.answer_at),
        version=1,
        made_by=registration.origin.actor_id,
        party=registration.origin.party,
        town=registration.origin.town,
        created_at=change.at_text,
        changed_at=change.at_text,
    )
    add_consultation(change, opened)
    told = {"route": registration.route, "requested": bool(registration.request), "due_at": opened.answer_due_at}
    tell(change, actor, Happened("opened", told), None, opened)
    return opened


def move(
    change: Change, actor: Actor, before: Consultation, step: Step, told: Mapping[str, Any], **changes: Any
) -> Consultation:
    """Take a step, keep it, and tell of it; a consultation that waits no longer is escalated no more.

    Raises
    ------
    ConsultationStateError
    """
    state = state_after(before.state, step)
    following = {"next_stage_at": before.next_stage_at if state in WAITING else None, **changes}
    after = replace(before, state=state, version=before.version + 1, changed_at=change.at_text, **following)
    save_consultation(change, after)
    tell(change, actor, Happened(state.value, told), before, after)
    return after


def tell(change: Change, actor: Actor, happened: Happened, before: Consultation | None, after: Consultation) -> None:
    """Publish what happened to a consultation to the institution that waits for it, and write down who did it."""
    kind, summary = EventKind(f"{SUBJECT}.{happened.what}"), {"assessment_id": after.assessment_id, **happened.summary}
    change.publish(Event(kind, SUBJECT, after.id, "" if happened.is_internal else after.party, summary))
    change.record(
        AuditEntry(
            actor,
            kind,
            SUBJECT,
            after.id,
            before_hash=fingerprint_of(before) if before else None,
            after_hash=fingerprint_of(after),
            details=summary,
        )
    )


def as_text(instant: datetime) -> str:
    """Write an instant as it is stored: ISO 8601, UTC, milliseconds."""
    return instant.isoformat(timespec="milliseconds")
