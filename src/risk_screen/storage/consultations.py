"""Keep, change and find consultations and their answers."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, RowMapping, and_, desc, func, select, tuple_

from risk_screen.access.identity import Origin, Reach
from risk_screen.casework.consultation import WAITING, AnswerKind, AnswerStatus, State
from risk_screen.storage.changes import Change
from risk_screen.storage.consultation_tables import consultation_answers, consultation_assessments, consultations
from risk_screen.storage.reaching import within_reach


@dataclass(frozen=True, slots=True)
class Consultation:
    """One consultation; see the columns of ``consultation_tables`` for what each value means."""

    id: str
    state: State
    stage: int
    assessment_id: str
    previous_id: str | None
    request: str
    answer: AnswerKind | None
    answers: int
    counted_from: str
    answer_due_at: str
    registration_due_at: str
    extension_due_at: str
    calendar_known: bool
    next_stage_at: str | None
    version: int
    made_by: str
    party: str
    town: str
    created_at: str
    changed_at: str

    @property
    def origin(self) -> Origin:
        """Whose it is."""
        return Origin(self.made_by, self.party, self.town)


@dataclass(frozen=True, slots=True)
class ConsultationAnswer:
    """One answer, whether it went out or not; corrections come after what they correct."""

    consultation_id: str
    number: int
    kind: AnswerKind
    status: AnswerStatus
    reasons: str
    conditions: str
    correction_reason: str
    made_by: str
    made_at: str
    settled_by: str | None
    settled_at: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted.

    Attributes
    ----------
    states : tuple of State
    after : tuple of str or None
        Due time and id of the last one seen; None begins at the beginning.
    limit : int
    """

    states: tuple[State, ...]
    after: tuple[str, str] | None
    limit: int


def add_consultation(change: Change, consultation: Consultation) -> None:
    """Add a consultation and what it is about."""
    change.add(consultations, asdict(consultation))
    link_assessment(change, consultation.id, consultation.assessment_id)


def link_assessment(change: Change, consultation_id: str, assessment_id: str) -> None:
    """Let an assessment lead to a consultation that is there already, or is added in the same transaction."""
    change.add(consultation_assessments, {"assessment_id": assessment_id, "consultation_id": consultation_id})


def save_consultation(change: Change, consultation: Consultation) -> None:
    """Put a consultation in the place of its earlier version."""
    row = asdict(consultation)
    change.connection.execute(consultations.update().where(consultations.c.id == consultation.id), row)


def consultation_with_id(connection: Connection, consultation_id: str) -> Consultation | None:
    """Return a consultation; None when there is none with this id."""
    row = connection.execute(select(consultations).where(consultations.c.id == consultation_id)).mappings().first()
    return None if row is None else _consultation(row)


def consultation_about(connection: Connection, assessment_id: str) -> Consultation | None:
    """Return the consultation an assessment led to; None when it led to none."""
    query = select(consultations).join_from(consultations, consultation_assessments)
    row = connection.execute(query.where(consultation_assessments.c.assessment_id == assessment_id)).mappings().first()
    return None if row is None else _consultation(row)


def successor_of(connection: Connection, consultation_id: str) -> str | None:
    """Return the id of the consultation that took the place of this one."""
    query = select(consultations.c.id).where(consultations.c.previous_id == consultation_id)
    return connection.execute(query.order_by(consultations.c.id).limit(1)).scalar()


def assessments_of(connection: Connection, consultation_id: str) -> list[str]:
    """Return the ids of the assessments a consultation is about, oldest first."""
    query = select(consultation_assessments.c.assessment_id).where(
        consultation_assessments.c.consultation_id == consultation_id
    )
    return list(connection.execute(query.order_by(consultation_assessments.c.assessment_id)).scalars())


def consultations_by_due_time(connection: Connection, reach: Reach, page: Page) -> list[Consultation]:
    """Return consultations within reach, what is due first first: what is overdue stands at the top."""
    place = tuple_(consultations.c.answer_due_at, consultations.c.id)
    query = select(consultations).where(consultations.c.state.in_(page.states), within_reach(consultations, reach))
    if page.after is not None:
        query = query.where(place > tuple_(*page.after))
    rows = connection.execute(query.order_by(*place.clauses).limit(page.limit)).mappings()
    return [_consultation(row) for row in rows]


def consultations_newest_first(connection: Connection, reach: Reach, page: Page) -> list[Consultation]:
    """Return consultations within reach, the latest opened first."""
    query = select(consultations).where(consultations.c.state.in_(page.states), within_reach(consultations, reach))
    if page.after is not None:
        query = query.where(consultations.c.id < page.after[1])
    rows = connection.execute(query.order_by(desc(consultations.c.id)).limit(page.limit)).mappings()
    return [_consultation(row) for row in rows]


def consultations_past(connection: Connection, at: str, limit: int) -> list[Consultation]:
    """Return waiting consultations whose next due time has passed, the longest overdue first."""
    query = select(consultations).where(
        and_(consultations.c.next_stage_at < at, consultations.c.state.in_(WAITING)),
    )
    rows = connection.execute(query.order_by(consultations.c.next_stage_at, consultations.c.id).limit(limit))
    return [_consultation(row) for row in rows.mappings()]


def count_waiting(connection: Connection, due_before: str | None = None) -> int:
    """Count the consultations that wait for an answer; those only that were due before an instant."""
    is_waiting = consultations.c.state.in_(WAITING)
    is_due = and_(is_waiting, consultations.c.answer_due_at < due_before) if due_before is not None else is_waiting
    return connection.execute(select(func.count()).select_from(consultations).where(is_due)).scalar_one()


def add_answer(change: Change, answer: ConsultationAnswer) -> None:
    """Add an answer."""
    change.connection.execute(consultation_answers.insert(), asdict(answer))


def save_answer(change: Change, answer: ConsultationAnswer) -> None:
    """Put an answer in the place of its earlier version."""
    same = and_(
        consultation_answers.c.consultation_id == answer.consultation_id,
        consultation_answers.c.number == answer.number,
    )
    change.connection.execute(consultation_answers.update().where(same), asdict(answer))


def answers_of(connection: Connection, consultation_id: str) -> list[ConsultationAnswer]:
    """Return all answers of a consultation in the order they were written."""
    query = select(consultation_answers).where(consultation_answers.c.consultation_id == consultation_id)
    return [_answer(row) for row in connection.execute(query.order_by(consultation_answers.c.number)).mappings()]


def _consultation(row: RowMapping) -> Consultation:
    kind = row["answer"]
    return Consultation(**{**row, "state": State(row["state"]), "answer": AnswerKind(kind) if kind else None})


def _answer(row: RowMapping) -> ConsultationAnswer:
    return ConsultationAnswer(**{**row, "kind": AnswerKind(row["kind"]), "status": AnswerStatus(row["status"])})
