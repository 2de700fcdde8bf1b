"""Which records are kept for a time only, and what is left of them; nothing goes that somebody still works on.

Words of people go and the facts stay: who answered what when, which number a letter had. The schedule of each kind is a
setting; docs/operations.md says why it is what it is.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, and_, case, exists, func, or_, select

from risk_screen.casework.consultation import WAITING
from risk_screen.casework.hold_letter import HoldState
from risk_screen.storage.consultation_tables import consultation_answers, consultation_assessments, consultations
from risk_screen.storage.label_tables import labels
from risk_screen.storage.registration_tables import (
    enterprise_assessments,
    enterprises,
    registration_holds,
    registration_outcomes,
)
from risk_screen.storage.reporter_tables import reporters
from risk_screen.storage.retention import Kind
from risk_screen.storage.tables import assessments, events, submitted_texts

CLEARED: Final = "（已按期限清除）"
"""What stands where words were."""
_OPEN_HOLDS: Final = (HoldState.DRAFT, HoldState.SIGNED)
_ANSWERED: Final = tuple(
    consultation_answers.c[name] for name in ("reasons", "conditions", "correction_reason", "note")
)
_WRITTEN: Final = tuple(
    registration_holds.c[name] for name in ("subject_name", "case_reference", "reasons", "lifting_reason")
)


def _first_id(_: Connection, before: datetime) -> str:
    """The beginning of every id (UUIDv7) that was made at this instant."""
    milliseconds = f"{int(before.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"


def _first_cursor(connection: Connection, before: datetime) -> int:
    """The first event that is not older, or else the last of all: numbers go on from it."""
    at_text = before.isoformat(timespec="milliseconds")
    younger = select(events.c.cursor).where(events.c.created_at >= at_text).order_by(events.c.cursor).limit(1)
    first = connection.execute(younger).scalar()
    return first if first is not None else connection.execute(select(func.max(events.c.cursor))).scalar() or 0


def _says_something(*columns: Column[Any]) -> ColumnElement[bool]:
    return or_(*(column.not_in(("", CLEARED)) for column in columns))


def _cleared(*columns: Column[Any]) -> dict[str, Any]:
    return {column.name: case((column == "", ""), else_=CLEARED) for column in columns}


def _is_decided(assessment_id: Column[Any]) -> ColumnElement[bool]:
    """Nobody waits for an answer about it."""
    return ~exists().where(
        consultation_assessments.c.assessment_id == assessment_id,
        consultations.c.id == consultation_assessments.c.consultation_id,
        consultations.c.state.in_(WAITING),
    )


def _is_over(at: str) -> ColumnElement[bool]:
    """Of a consultation: nobody waits for its answer, and nothing has happened to it since."""
    return and_(consultations.c.state.not_in(WAITING), consultations.c.changed_at < at)


def _is_answer_of_one_over(at: str) -> ColumnElement[bool]:
    return exists().where(consultations.c.id == consultation_answers.c.consultation_id, _is_over(at))


def _is_at_rest(at: str) -> ColumnElement[bool]:
    """Of an enterprise: nothing happened to it since, no hold on it is in force, and nobody waits for an answer."""
    held = exists().where(
        registration_holds.c.credit_code == enterprises.c.credit_code, registration_holds.c.state.in_(_OPEN_HOLDS)
    )
    asked_about = exists().where(
        enterprise_assessments.c.enterprise_id == enterprises.c.id, ~_is_decided(enterprise_assessments.c.assessment_id)
    )
    return and_(enterprises.c.changed_at < at, ~held, ~asked_about)


def _is_name_of_one_at_rest(at: str) -> ColumnElement[bool]:
    named = exists().where(enterprises.c.id == registration_outcomes.c.enterprise_id, _is_at_rest(at))
    return and_(registration_outcomes.c.registered_name.is_not(None), registration_outcomes.c.created_at < at, named)


KINDS: Final = (
    Kind(
        "texts",
        submitted_texts,
        submitted_texts.c.assessment_id,
        _first_id,
        may_go=lambda _: _is_decided(submitted_texts.c.assessment_id),
    ),
    Kind(
        "quotes",
        assessments,
        assessments.c.id,
        _first_id,
        {"content": b""},
        lambda _: and_(assessments.c.content != b"", _is_decided(assessments.c.id)),
    ),
    Kind(
        "labels",
        labels,
        labels.c.id,
        _first_id,
        _cleared(labels.c.comment),
        lambda at: and_(
            _says_something(labels.c.comment), labels.c.changed_at < at, _is_decided(labels.c.assessment_id)
        ),
    ),
    Kind(
        "consultations",
        consultations,
        consultations.c.id,
        _first_id,
        _cleared(consultations.c.request),
        lambda at: and_(_says_something(consultations.c.request), _is_over(at)),
    ),
    Kind(
        "answers",
        consultation_answers,
        consultation_answers.c.consultation_id,
        _first_id,
        _cleared(*_ANSWERED),
        lambda at: and_(_says_something(*_ANSWERED), _is_answer_of_one_over(at)),
        at="made_at",
        kept_as="consultations",
    ),
    Kind(
        "outcomes",
        registration_outcomes,
        registration_outcomes.c.assessment_id,
        _first_id,
        _cleared(registration_outcomes.c.correction_reason),
        lambda at: and_(
            _says_something(registration_outcomes.c.correction_reason), registration_outcomes.c.created_at < at
        ),
    ),
    Kind(
        "holds",
        registration_holds,
        registration_holds.c.id,
        _first_id,
        _cleared(*_WRITTEN),
        lambda at: and_(
            _says_something(*_WRITTEN),
            registration_holds.c.state.not_in(_OPEN_HOLDS),
            registration_holds.c.changed_at < at,
        ),
    ),
    Kind(
        "enterprises",
        enterprises,
        enterprises.c.id,
        _first_id,
        {"name": None},
        lambda at: and_(enterprises.c.name.is_not(None), _is_at_rest(at)),
    ),
    Kind(
        "names",
        registration_outcomes,
        registration_outcomes.c.assessment_id,
        _first_id,
        {"registered_name": None},
        _is_name_of_one_at_rest,
        kept_as="enterprises",
    ),
    Kind("events", events, events.c.cursor, _first_cursor),
    Kind("reporters", reporters, reporters.c.id, _first_id),
)
