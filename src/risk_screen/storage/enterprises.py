"""Keep enterprises, which assessments are about them, and what became of their registrations."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, RowMapping, desc, exists, select

from risk_screen.access.identity import Origin, Reach
from risk_screen.casework.registration_outcome import Outcome
from risk_screen.storage.changes import Change
from risk_screen.storage.consultation_tables import consultation_assessments
from risk_screen.storage.reaching import within_reach
from risk_screen.storage.registration_tables import enterprise_assessments, enterprises, registration_outcomes
from risk_screen.storage.tables import assessments, submitted_texts


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An enterprise, known by its credit code; its name is the one it was last registered under."""

    id: str
    credit_code: str
    name: str | None
    version: int
    made_by: str
    party: str
    town: str
    created_at: str
    changed_at: str


@dataclass(frozen=True, slots=True)
class RegistrationOutcome:
    """One report of what became of a registration; the last of an assessment holds."""

    assessment_id: str
    number: int
    outcome: Outcome
    enterprise_id: str | None
    registered_name: str | None
    correction_reason: str
    made_by: str
    party: str
    town: str
    created_at: str

    @property
    def origin(self) -> Origin:
        """Whose report it is."""
        return Origin(self.made_by, self.party, self.town)


@dataclass(frozen=True, slots=True)
class ScreenedRegistration:
    """One screening of an enterprise, with its text as far as that is still kept."""

    assessment_id: str
    route: str
    level: str
    created_at: str
    fields: str | None
    consultation_id: str | None


def add_enterprise(change: Change, enterprise: Enterprise) -> None:
    """Add an enterprise at once, so that it is found by what follows."""
    change.connection.execute(enterprises.insert(), asdict(enterprise))


def save_enterprise(change: Change, enterprise: Enterprise) -> None:
    """Put an enterprise in the place of its earlier version."""
    change.connection.execute(enterprises.update().where(enterprises.c.id == enterprise.id), asdict(enterprise))


def enterprise_with_id(connection: Connection, enterprise_id: str) -> Enterprise | None:
    """Return an enterprise; None when there is none with this id."""
    row = connection.execute(select(enterprises).where(enterprises.c.id == enterprise_id)).mappings().first()
    return None if row is None else Enterprise(**row)


def enterprise_with_code(connection: Connection, credit_code: str) -> Enterprise | None:
    """Return the enterprise with a credit code; None when it is not known."""
    row = connection.execute(select(enterprises).where(enterprises.c.credit_code == credit_code)).mappings().first()
    return None if row is None else Enterprise(**row)


def enterprise_of(connection: Connection, assessment_id: str) -> str | None:
    """Return the id of the enterprise an assessment is about; None when it is about none that is known."""
    query = select(enterprise_assessments.c.enterprise_id).where(
        enterprise_assessments.c.assessment_id == assessment_id
    )
    return connection.execute(query).scalar()


def link_enterprise(change: Change, enterprise_id: str, assessment_id: str) -> None:
    """Say that a new assessment is about an enterprise."""
    row = {"assessment_id": assessment_id, "enterprise_id": enterprise_id, "linked_at": change.at_text}
    change.add(enterprise_assessments, row)


def relink_enterprise(change: Change, enterprise_id: str | None, assessment_ids: Sequence[str]) -> None:
    """Say that assessments are about this enterprise and no other; None: about none."""
    change.settle()
    named = enterprise_assessments.c.assessment_id.in_(assessment_ids)
    change.connection.execute(enterprise_assessments.delete().where(named))
    if enterprise_id is not None:
        for assessment_id in assessment_ids:
            link_enterprise(change, enterprise_id, assessment_id)


def chain_of(connection: Connection, assessment_id: str) -> list[str]:
    """Return an assessment and all before it under the same number, latest first."""
    chain: list[str] = []
    following: str | None = assessment_id
    while following is not None:
        chain.append(following)
        query = select(assessments.c.previous_id).where(assessments.c.id == following)
        following = connection.execute(query).scalar()
    return chain


def successor_of_assessment(connection: Connection, assessment_id: str) -> str | None:
    """Return the assessment that came after this one under the same number."""
    query = select(assessments.c.id).where(assessments.c.previous_id == assessment_id)
    return connection.execute(query.order_by(assessments.c.id).limit(1)).scalar()


def add_outcome(change: Change, outcome: RegistrationOutcome) -> None:
    """Add a report."""
    change.connection.execute(registration_outcomes.insert(), asdict(outcome))


def outcomes_of(connection: Connection, assessment_id: str) -> list[RegistrationOutcome]:
    """Return all reports on an assessment, oldest first."""
    query = select(registration_outcomes).where(registration_outcomes.c.assessment_id == assessment_id)
    return [_outcome(row) for row in connection.execute(query.order_by(registration_outcomes.c.number)).mappings()]


def screenings_of(connection: Connection, enterprise_id: str, reach: Reach) -> list[ScreenedRegistration]:
    """Return the screenings of an enterprise that are within reach, newest first."""
    query = (
        select(
            assessments.c.id,
            assessments.c.route,
            assessments.c.level,
            assessments.c.created_at,
            submitted_texts.c.fields,
            consultation_assessments.c.consultation_id,
        )
        .join_from(enterprise_assessments, assessments)
        .join(submitted_texts, submitted_texts.c.assessment_id == assessments.c.id, isouter=True)
        .join(consultation_assessments, consultation_assessments.c.assessment_id == assessments.c.id, isouter=True)
        .where(enterprise_assessments.c.enterprise_id == enterprise_id, within_reach(assessments, reach))
        .order_by(desc(assessments.c.id))
    )
    return [ScreenedRegistration(*row) for row in connection.execute(query)]


def names_of(connection: Connection, enterprise_id: str) -> list[RegistrationOutcome]:
    """Return the reports in force that an enterprise was registered, oldest first: the names it had."""
    later = registration_outcomes.alias("later")
    corrected = exists().where(
        later.c.assessment_id == registration_outcomes.c.assessment_id, later.c.number > registration_outcomes.c.number
    )
    query = select(registration_outcomes).where(registration_outcomes.c.enterprise_id == enterprise_id, ~corrected)
    query = query.where(registration_outcomes.c.registered_name.is_not(None))  # cleared when their time is over
    order = registration_outcomes.c.created_at, registration_outcomes.c.assessment_id
    return [_outcome(row) for row in connection.execute(query.order_by(*order)).mappings()]


def _outcome(row: RowMapping) -> RegistrationOutcome:
    return RegistrationOutcome(**{**row, "outcome": Outcome(row["outcome"])})
