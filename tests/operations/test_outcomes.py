"""What became of a registration: kept, corrected, refused where it contradicts, and linked to one enterprise."""

from typing import Any

import orjson
import pytest
from registrations import (
    BUREAU,
    CODE,
    LEAD,
    MEMBER,
    MONDAY,
    OTHER_BUREAU,
    OTHER_CODE,
    asking,
    at,
    later,
    listed_about,
    opened,
    register,
    shipped_terms,
    told,
    written_down,
)

from risk_screen.casework.consultation import AnswerKind
from risk_screen.casework.registration_outcome import Outcome, OutcomeIncompleteError
from risk_screen.operations.consultation_requests import OnlyRegistrationsError
from risk_screen.operations.consultation_view import shown_consultation
from risk_screen.operations.consulting import Said, answer_consultation, confirm_answer
from risk_screen.operations.enterprises import EnterpriseNotFoundError, enterprise_by_code, enterprise_history
from risk_screen.operations.escalating import escalate_overdue
from risk_screen.operations.expecting import Expected, PreconditionFailedError
from risk_screen.operations.idempotency import Answer
from risk_screen.operations.outcomes import (
    OutcomeConflictError,
    OutcomeNotFoundError,
    Reported,
    report_outcome,
    shown_outcome,
)
from risk_screen.operations.screening import AssessmentNotFoundError
from risk_screen.operations.store import Store

REGISTERED = Reported(Outcome.REGISTERED, CODE)
WITHDRAWN = Reported(Outcome.WITHDRAWN)


@pytest.fixture(autouse=True)
def shipped(store: Store) -> None:
    store.terms = shipped_terms()
    at(store, MONDAY)


def report(store: Store, assessment_id: str, reported: Reported, **more: Any) -> Answer:
    return report_outcome(store, asking(BUREAU, **more), assessment_id, reported)


def history(store: Store, identity: Any = MEMBER, code: str = CODE) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(enterprise_by_code(store, identity, code))
    return plain


def test_a_registration_is_kept_with_its_enterprise_and_told(store: Store) -> None:
    assessment_id = register(store, "淄博示例投资有限公司", route="proceed")
    answer = report(store, assessment_id, REGISTERED)
    shown = orjson.loads(answer.content)
    assert answer.status == 201
    assert (shown["outcome"], shown["credit_code"], shown["version"]) == ("registered", CODE, 1)
    assert shown["registered_name"] == "淄博示例投资有限公司"
    event = told(store, "registration.reported", "approval_bureau")[0]
    assert (event["subject"], event["outcome"], event["answer"]) == (assessment_id, "registered", None)
    assert event["enterprise_id"] == shown["enterprise_id"] == history(store)["id"]
    assert ("registration.reported", "k-1", assessment_id) in set(written_down(store))
    assert CODE not in str([told(store, kind) for kind in ("registration.reported", "enterprise.added")])


def test_the_first_name_of_an_enterprise_is_no_renaming_and_a_later_one_is(store: Store) -> None:
    report(store, register(store, external_id="DJ-1"), REGISTERED)
    enterprise = history(store)["id"]
    assert [one["subject"] for one in told(store, "enterprise.added")] == [enterprise]
    assert told(store, "enterprise.renamed") == []
    assert ("enterprise.named", "k-1", enterprise) in set(written_down(store))
    later(store, days=30)
    report(store, register(store, "淄博新名投资有限公司", credit_code=CODE), REGISTERED)
    assert [one["subject"] for one in told(store, "enterprise.renamed")] == [enterprise]
    assert history(store)["name"] == "淄博新名投资有限公司"


def test_the_same_report_again_is_answered_again_and_done_once(store: Store) -> None:
    assessment_id = register(store)
    first, again = report(store, assessment_id, REGISTERED), report(store, assessment_id, REGISTERED)
    assert (first.status, again.status) == (201, 200)
    assert first.content == again.content
    assert len(told(store, "registration.reported")) == 1


def test_another_report_is_refused_until_it_says_that_it_corrects(store: Store) -> None:
    assessment_id = register(store)
    report(store, assessment_id, WITHDRAWN)
    with pytest.raises(OutcomeConflictError, match=r"申请人撤回.*correction_reason"):
        report(store, assessment_id, REGISTERED)
    report(store, assessment_id, Reported(Outcome.REGISTERED, CODE, correction_reason="报错了"))
    content, version = shown_outcome(store, BUREAU, assessment_id)
    shown = orjson.loads(content)
    assert (shown["outcome"], version) == ("registered", 2)
    assert [one["outcome"] for one in shown["reports"]] == ["withdrawn", "registered"]
    assert told(store, "registration.reported")[1]["is_correction"] is True


def test_a_first_report_corrects_nothing(store: Store) -> None:
    with pytest.raises(OutcomeConflictError, match="不是更正"):
        report(store, register(store), Reported(Outcome.WITHDRAWN, correction_reason="报错了"))


def test_who_saw_fewer_reports_corrects_nothing(store: Store) -> None:
    assessment_id = register(store)
    report(store, assessment_id, WITHDRAWN, expected=Expected(frozenset({0})))
    refused = Reported(Outcome.REFUSED, correction_reason="报错了")
    with pytest.raises(PreconditionFailedError):
        report(store, assessment_id, refused, expected=Expected(frozenset({0})))


def test_a_report_that_does_not_fit_together_is_refused(store: Store) -> None:
    assessment_id = register(store)
    for wrong in (Reported(Outcome.REGISTERED), Reported(Outcome.REFUSED, CODE)):
        with pytest.raises(OutcomeIncompleteError):
            report(store, assessment_id, wrong)


def test_only_own_registrations_are_reported_on(store: Store) -> None:
    assessment_id = register(store)
    with pytest.raises(AssessmentNotFoundError):
        report_outcome(store, asking(OTHER_BUREAU), assessment_id, WITHDRAWN)
    with pytest.raises(AssessmentNotFoundError):
        report(store, "no-such-id", WITHDRAWN)
    with pytest.raises(OnlyRegistrationsError):
        report(store, register(store, channel="marketing"), WITHDRAWN)
    with pytest.raises(OutcomeNotFoundError):
        shown_outcome(store, BUREAU, assessment_id)
    with pytest.raises(AssessmentNotFoundError):
        shown_outcome(store, OTHER_BUREAU, assessment_id)


def test_an_outcome_closes_a_consultation_that_still_waits(store: Store) -> None:
    consultation_id = opened(store)
    shown = orjson.loads(shown_consultation(store, MEMBER, consultation_id)[0])
    report(store, shown["assessment_id"], WITHDRAWN)
    assert orjson.loads(shown_consultation(store, MEMBER, consultation_id)[0])["state"] == "closed"
    assert told(store, "consultation.closed")[0]["outcome"] == "withdrawn"
    later(store, days=30)
    assert escalate_overdue(store) == 0


def test_a_registration_against_an_objection_says_so(store: Store) -> None:
    assessment_id = register(store)
    consultation_id = listed_about(store, assessment_id)[0]["id"]
    answer_consultation(store, asking(MEMBER), consultation_id, Said(AnswerKind.OBJECTION, "在台账中"))
    confirm_answer(store, asking(LEAD), consultation_id, 1)
    report(store, assessment_id, REGISTERED)
    event = told(store, "registration.reported")[0]
    assert (event["answer"], event["consultation_state"]) == ("objection", "answered")


def test_after_a_new_text_only_the_new_one_is_reported_on(store: Store) -> None:
    first = register(store, "甲投资有限公司", "DJ-1")
    report(store, first, Reported(Outcome.CHANGED_NAME))
    second = register(store, "甲商务有限公司", "DJ-1", route="proceed")
    other = register(store, "乙投资有限公司", "DJ-2")
    register(store, "乙商务有限公司", "DJ-2", route="proceed")
    with pytest.raises(OutcomeConflictError, match="最新的一条"):
        report(store, other, REGISTERED)
    report(store, other, Reported(Outcome.CHANGED_NAME))
    report(store, second, REGISTERED)
    seen = history(store)
    assert [(one["name"], one["outcome"]) for one in seen["screenings"]] == [
        ("甲商务有限公司", "registered"),
        ("甲投资有限公司", "changed_name"),
    ]


def test_a_later_change_is_linked_by_number_or_credit_code(store: Store) -> None:
    report(store, register(store, "甲商贸有限公司", "DJ-1", route="proceed"), REGISTERED)
    later(store, days=100)
    by_number = register(store, "甲资产有限公司", "DJ-1")
    later(store, seconds=1)
    by_code = register(store, "甲投资有限公司", "DJ-9", credit_code=CODE)
    report(store, by_code, Reported(Outcome.REGISTERED, CODE, "甲控股有限公司"))
    seen = history(store)
    assert [one["assessment_id"] for one in seen["screenings"]][:2] == [by_code, by_number]
    assert len(seen["screenings"]) == 3
    assert seen["name"] == "甲控股有限公司"
    assert [one["name"] for one in seen["names"]] == ["甲商贸有限公司", "甲控股有限公司"]
    assert seen["screenings"][0]["consultation_state"] == "closed"


def test_an_enterprise_that_was_registered_before_us_is_known_from_its_first_change(store: Store) -> None:
    register(store, "甲投资有限公司", credit_code=CODE)
    seen = history(store)
    assert (seen["name"], seen["names"], len(seen["screenings"])) == (None, [], 1)


def test_another_credit_code_than_the_known_one_is_refused(store: Store) -> None:
    changed = register(store, "甲投资有限公司", credit_code=CODE)
    with pytest.raises(OutcomeConflictError, match="另一个企业"):
        report(store, changed, Reported(Outcome.REGISTERED, OTHER_CODE))


def test_a_corrected_credit_code_moves_the_history_to_the_right_enterprise(store: Store) -> None:
    assessment_id = register(store, "甲商贸有限公司", "DJ-1", route="proceed")
    report(store, assessment_id, REGISTERED)
    report(store, assessment_id, Reported(Outcome.REGISTERED, OTHER_CODE, correction_reason="代码写错"))
    right, wrong = history(store, code=OTHER_CODE), history(store)
    assert (right["name"], len(right["screenings"])) == ("甲商贸有限公司", 1)
    assert (wrong["name"], wrong["names"], wrong["screenings"]) == (None, [], [])
    report(store, assessment_id, Reported(Outcome.REFUSED, correction_reason="没有登记"))
    assert history(store, code=OTHER_CODE)["screenings"] == []


def test_an_enterprise_is_shown_as_far_as_it_is_within_reach(store: Store) -> None:
    report(store, register(store, "甲商贸有限公司", route="proceed"), REGISTERED)
    enterprise_id = history(store)["id"]
    assert orjson.loads(enterprise_history(store, BUREAU, enterprise_id))["name"] == "甲商贸有限公司"
    for act in (
        lambda: enterprise_history(store, OTHER_BUREAU, enterprise_id),
        lambda: history(store, OTHER_BUREAU),
        lambda: history(store, MEMBER, OTHER_CODE),
        lambda: enterprise_history(store, MEMBER, "no-such-id"),
    ):
        with pytest.raises(EnterpriseNotFoundError):
            act()
    register(store, "甲投资有限公司", identity=OTHER_BUREAU, credit_code=CODE)
    assert len(history(store, OTHER_BUREAU)["screenings"]) == 1
    assert history(store, OTHER_BUREAU)["names"] == []
    assert len(history(store)["screenings"]) == 2
