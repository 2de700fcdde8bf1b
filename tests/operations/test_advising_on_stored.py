"""What an applicant may be told of a stored registration."""

import orjson
import pytest
from sqlalchemy import delete

from risk_screen import Screener
from risk_screen.access.actor import ANONYMOUS
from risk_screen.access.identity import NOBODY, VISITOR
from risk_screen.operations.advising import advise_on
from risk_screen.operations.replaying import ReplayTextGoneError
from risk_screen.operations.screening import AssessmentNotFoundError, screen_and_store
from risk_screen.operations.store import Store
from risk_screen.screening.advising import NotARegistrationError
from risk_screen.screening.submission import Submission
from risk_screen.storage.tables import submitted_texts

SCREENER = Screener.load()


def stored(store: Store, channel: str = "registration", **fields: str) -> str:
    submission = Submission.of(channel, fields or {"name": "淄博云栖投资管理有限公司"})
    made: str = orjson.loads(screen_and_store(SCREENER, store, submission, actor=ANONYMOUS))["id"]
    return made


def test_the_change_is_told_with_the_route_it_is_now(store: Store) -> None:
    told = advise_on(store, SCREENER, VISITOR, stored(store))
    assert (told.route, told.is_current) == ("consult", True)
    assert told.advice.rewording is not None
    assert told.advice.rewording.fields == {"name": "淄博云栖管理有限公司"}


def test_a_rule_changed_since_is_said(store: Store) -> None:
    older = Screener(SCREENER.book, SCREENER.policy, SCREENER.classifiers, program="0.0.1")
    assert not advise_on(store, older, VISITOR, stored(store)).is_current


def test_who_may_not_read_the_result_is_not_told(store: Store) -> None:
    with pytest.raises(AssessmentNotFoundError):
        advise_on(store, SCREENER, NOBODY, stored(store))


def test_without_the_text_there_is_no_advice(store: Store) -> None:
    assessment_id = stored(store)
    store.write(lambda change: change.connection.execute(delete(submitted_texts)))
    with pytest.raises(ReplayTextGoneError):
        advise_on(store, SCREENER, VISITOR, assessment_id)


def test_a_flyer_has_no_applicant(store: Store) -> None:
    with pytest.raises(NotARegistrationError):
        advise_on(store, SCREENER, VISITOR, stored(store, "marketing", text="保本保息"))
