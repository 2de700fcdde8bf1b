"""What is shown of consultations: to the institution that waits for the answer, and to those who give it."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from risk_screen.access.identity import Identity, Reach
from risk_screen.access.roles import Permission
from risk_screen.casework.consultation import WAITING, AnswerStatus, State
from risk_screen.errors import RiskScreenError
from risk_screen.operations.store import Store
from risk_screen.storage.consultations import (
    Consultation,
    ConsultationAnswer,
    Page,
    answers_of,
    assessments_of,
    consultation_about,
    consultation_with_id,
    consultations_by_due_time,
    consultations_newest_first,
    successor_of,
)

EVERY_STATE: Final = tuple(State)


class ConsultationNotFoundError(RiskScreenError):
    """No such consultation within reach."""

    code = "consultation_not_found"

    def __init__(self) -> None:
        super().__init__("没有这件会商，或不在您的查看范围内：请检查编号。")


class ListCursorError(RiskScreenError):
    """A ``cursor`` that no list of this kind gave."""

    code = "list_cursor_invalid"

    def __init__(self) -> None:
        super().__init__("cursor 不对：请原样使用上一页应答中的 next，或去掉它从头读取。")


def consultations_in(connection: Connection, reach: Reach, page: Page) -> list[Consultation]:
    """Return consultations in some states: by due time when all of them wait for an answer, else newest first."""
    if all(state in WAITING for state in page.states):
        return consultations_by_due_time(connection, reach, page)
    return consultations_newest_first(connection, reach, page)


def consultation_list(store: Store, identity: Identity, page: Page) -> bytes:
    """Return a part of the list as JSON: ``items`` and ``next``, the cursor of the next part.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        found = consultations_in(connection, identity.reach(Permission.READ_CONSULTATION), page)
        items = [summary_of(one) for one in found]
    following = cursor_of(found[-1]) if len(found) == page.limit else None
    return orjson.dumps({"items": items, "next": following})


def consultation_list_about(store: Store, identity: Identity, assessment_id: str) -> bytes:
    """Return the consultation an assessment led to, as a list of one or none.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        found = consultation_about(connection, assessment_id)
    is_seen = found is not None and identity.reach(Permission.READ_CONSULTATION).covers(found.origin)
    return orjson.dumps({"items": [summary_of(found)] if found is not None and is_seen else [], "next": None})


def shown_consultation(store: Store, identity: Identity, consultation_id: str) -> tuple[bytes, int]:
    """Return a consultation with its answers as JSON, and its version.

    Raises
    ------
    ConsultationNotFoundError, StoreUnavailableError
    """
    with store.reading() as connection:
        found = consultation_within_reach(connection, identity, consultation_id)
        return as_json(connection, identity, found), found.version


def consultation_within_reach(connection: Connection, identity: Identity, consultation_id: str) -> Consultation:
    """Return a consultation that is within reach of who asks.

    Raises
    ------
    ConsultationNotFoundError
    """
    found = consultation_with_id(connection, consultation_id)
    if found is None or not identity.reach(Permission.READ_CONSULTATION).covers(found.origin):
        raise ConsultationNotFoundError
    return found


def consultation_link(store: Store, assessment_id: str) -> str | None:
    """Return the id of the consultation an assessment led to; None when it led to none.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        found = consultation_about(connection, assessment_id)
    return None if found is None else found.id


def as_json(connection: Connection, identity: Identity, consultation: Consultation) -> bytes:
    """Write a consultation with its answers; only those who answer see what has not gone out, and who wrote it."""
    is_inside = identity.may(Permission.ANSWER_CONSULTATION)
    answers = answers_of(connection, consultation.id)
    is_superseded = consultation.state is State.SUPERSEDED
    final = [one for one in answers if one.status is AnswerStatus.FINAL]
    shown = {
        **summary_of(consultation),
        "assessment_ids": assessments_of(connection, consultation.id),
        "successor_id": successor_of(connection, consultation.id) if is_superseded else None,
        "request": consultation.request,
        "answers": [_answer(one, is_inside=is_inside) for one in (answers if is_inside else final)],
    }
    return orjson.dumps(shown)


def summary_of(consultation: Consultation) -> dict[str, Any]:
    """Return what a list shows of a consultation."""
    return {
        "id": consultation.id,
        "version": consultation.version,
        "state": consultation.state,
        "overdue_stage": consultation.stage,
        "assessment_id": consultation.assessment_id,
        "previous_id": consultation.previous_id,
        "is_requested": bool(consultation.request),
        "answer": consultation.answer,
        "opened_at": consultation.created_at,
        "counted_from": consultation.counted_from,
        "answer_due_at": consultation.answer_due_at,
        "registration_due_at": consultation.registration_due_at,
        "extension_due_at": consultation.extension_due_at,
        "calendar_known": bool(consultation.calendar_known),
        "changed_at": consultation.changed_at,
    }


def cursor_of(consultation: Consultation) -> str:
    """Return the cursor that goes on after a consultation."""
    return f"{consultation.answer_due_at}~{consultation.id}"


def place_of(cursor: str | None) -> tuple[str, str] | None:
    """Read a cursor.

    Raises
    ------
    ListCursorError
    """
    if cursor is None:
        return None
    due_at, separator, consultation_id = cursor.partition("~")
    if not (due_at and separator and consultation_id) or "\x00" in cursor:
        raise ListCursorError
    return due_at, consultation_id


def _answer(answer: ConsultationAnswer, *, is_inside: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "number": answer.number,
        "answer": answer.kind,
        "reasons": answer.reasons,
        "conditions": answer.conditions,
        "correction_reason": answer.correction_reason,
        "answered_at": answer.settled_at if answer.status is AnswerStatus.FINAL else None,
    }
    if is_inside:
        people = {"made_by": answer.made_by, "made_at": answer.made_at, "settled_by": answer.settled_by}
        shown |= {"status": answer.status, "note": answer.note, **people}
    return shown


def proposed_among(answers: Sequence[ConsultationAnswer]) -> ConsultationAnswer | None:
    """Return the answer that waits for a lead; there is one at most."""
    return next((one for one in answers if one.status is AnswerStatus.PROPOSED), None)
