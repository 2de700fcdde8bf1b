"""Find stored assessments and open one again as it was answered, for people who look at it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.casework.registration_outcome import Outcome
from risk_screen.operations.screening import readable_assessment
from risk_screen.operations.store import Store
from risk_screen.screening.assessment import Assessment
from risk_screen.storage.assessments import stored_fields
from risk_screen.storage.consultations import consultation_about
from risk_screen.storage.enterprises import enterprise_of, outcomes_of
from risk_screen.storage.searching import FoundAssessment, Search, search_assessments

_ASSESSMENT: TypeAdapter[Assessment] = TypeAdapter(Assessment)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A stored assessment and what belongs to it.

    Attributes
    ----------
    assessment : Assessment
    fields : mapping of str to str, or None
        The text as sent; None when its time was over and it was cleared.
    consultation_id : str or None
        The consultation it led to, if who looks may see it.
    enterprise_id : str or None
        The enterprise it is about, if that is known and who looks may see its history.
    outcome : Outcome or None
        What became of the registration, as last reported.
    """

    assessment: Assessment
    fields: Mapping[str, str] | None
    consultation_id: str | None = None
    enterprise_id: str | None = None
    outcome: Outcome | None = None


def look_up(store: Store, identity: Identity, assessment_id: str) -> LookedUp:
    """Open a stored assessment.

    Raises
    ------
    AssessmentNotFoundError, StoreUnavailableError
    """
    assessment = _ASSESSMENT.validate_json(readable_assessment(store, identity, assessment_id))
    with store.reading() as connection:
        fields = stored_fields(connection, assessment_id)
        consultation = consultation_about(connection, assessment_id)
        enterprise_id = enterprise_of(connection, assessment_id)
        outcomes = outcomes_of(connection, assessment_id)
    reach = identity.reach(Permission.READ_CONSULTATION)
    is_seen = consultation is not None and reach.covers(consultation.origin)
    return LookedUp(
        assessment,
        None if fields is None else orjson.loads(fields),
        consultation.id if consultation is not None and is_seen else None,
        enterprise_id if identity.may(Permission.READ_CONSULTATION) else None,
        outcomes[-1].outcome if outcomes else None,
    )


def fields_as_sent(store: Store, assessment_ids: Iterable[str]) -> dict[str, dict[str, str] | None]:
    """Return the texts of assessments that who asks was shown in a list; None for what was cleared.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        found = {one: stored_fields(connection, one) for one in assessment_ids}
    return {one: None if fields is None else orjson.loads(fields) for one, fields in found.items()}


def find_assessments(store: Store, identity: Identity, search: Search, *, limit: int) -> list[FoundAssessment]:
    """Search within reach of who asks, the newest first.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        return search_assessments(connection, identity.reach(Permission.READ_ASSESSMENT), search, limit)
