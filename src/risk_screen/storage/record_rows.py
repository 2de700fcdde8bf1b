"""Stored screenings with their consultation and what became of them, in the order they were stored: for export."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, and_, func, or_, select

from risk_screen.access.identity import Reach
from risk_screen.storage.consultation_tables import consultation_assessments, consultations
from risk_screen.storage.reaching import within_reach
from risk_screen.storage.registration_tables import enterprises, registration_outcomes
from risk_screen.storage.tables import assessments, submitted_texts

ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Period:
    """From one instant (included) to another (not included); ISO 8601, UTC; empty values do not bound."""

    since: str = ""
    until: str = ""


def record_rows(connection: Connection, reach: Reach, period: Period, channel: str = "") -> Iterator[RowMapping]:
    """Yield records within reach, the oldest first."""
    last = func.max(registration_outcomes.c.number).label("last")
    latest = (
        select(registration_outcomes.c.assessment_id, last).group_by(registration_outcomes.c.assessment_id).subquery()
    )
    outcome = registration_outcomes.c
    query = (
        select(
            *(assessments.c.id, assessments.c.external_id, assessments.c.channel, assessments.c.created_at),
            *(assessments.c.score, assessments.c.level, assessments.c.route),
            *(assessments.c.content, submitted_texts.c.fields),
            consultations.c.id.label("consultation_id"),
            consultations.c.state.label("consultation_state"),
            consultations.c.answer.label("consultation_answer"),
            *(outcome.outcome, enterprises.c.credit_code),
        )
        .select_from(assessments)
        .outerjoin(submitted_texts, submitted_texts.c.assessment_id == assessments.c.id)
        .outerjoin(consultation_assessments, consultation_assessments.c.assessment_id == assessments.c.id)
        .outerjoin(consultations, consultations.c.id == consultation_assessments.c.consultation_id)
        .outerjoin(latest, latest.c.assessment_id == assessments.c.id)
        .outerjoin(
            registration_outcomes, and_(outcome.assessment_id == assessments.c.id, outcome.number == latest.c.last)
        )
        .outerjoin(enterprises, enterprises.c.id == outcome.enterprise_id)
        .where(within_reach(assessments, reach))
    )
    if period.since:
        query = query.where(assessments.c.created_at >= period.since)
    if period.until:
        query = query.where(assessments.c.created_at < period.until)
    if channel:
        query = query.where(assessments.c.channel == channel)
    after = ""
    while rows := connection.execute(
        query.where(assessments.c.id > after).order_by(assessments.c.id).limit(ROWS_AT_ONCE)
    ).mappings().all():  # fmt: skip
        yield from rows
        after = rows[-1]["id"]


def assessment_numbered(connection: Connection, number: str, reach: Reach) -> str | None:
    """Find the newest registration within reach by its id or the sender's number."""
    query = select(assessments.c.id).where(
        or_(assessments.c.id == number, assessments.c.external_id == number),
        assessments.c.channel == "registration",
        within_reach(assessments, reach),
    )
    return connection.execute(query.order_by(assessments.c.id.desc()).limit(1)).scalar()
