"""What an applicant may be told of a stored assessment, by the rules in service now."""

from dataclasses import dataclass

from risk_screen.access.identity import Identity
from risk_screen.operations.replaying import stored_for_replay
from risk_screen.operations.screening import readable_assessment
from risk_screen.operations.store import Store
from risk_screen.screening.advising import Advice, advise
from risk_screen.screening.screener import Screener


@dataclass(frozen=True, slots=True)
class StoredAdvice:
    """Advice on a stored assessment.

    Attributes
    ----------
    advice : Advice
    route : str
        By the versions in service now.
    is_current : bool
        They are those the assessment was made with; otherwise the advice may differ from its reasons.
    """

    advice: Advice
    route: str
    is_current: bool


def advise_on(store: Store, screener: Screener, identity: Identity, assessment_id: str) -> StoredAdvice:
    """Say what the applicant of a stored registration may be told; for those who may read it.

    Raises
    ------
    AssessmentNotFoundError, ReplayTextGoneError, NotARegistrationError, StoreUnavailableError
    """
    readable_assessment(store, identity, assessment_id)
    stored = stored_for_replay(store, assessment_id)
    assessment = screener.assess(stored.submission)
    is_current = assessment.to_dict()["versions"] == stored.versions
    return StoredAdvice(advise(screener, stored.submission, assessment), assessment.route, is_current)
