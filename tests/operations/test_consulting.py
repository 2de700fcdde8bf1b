"""A consultation from the registration that opens it to the answer that goes back, with everything told and kept."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from registrations import (
    BUREAU,
    COLLEAGUE,
    LEAD,
    MEMBER,
    MONDAY,
    OTHER_BUREAU,
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

from builders import VERSIONS
from risk_screen.casework.consultation import AnswerIncompleteError, AnswerKind, ConsultationStateError, State
from risk_screen.casework.hold_letter import OwnDraftError
from risk_screen.operations.consultation_requests import (
    ConsultationsOffError,
    OnlyRegistrationsError,
    request_consultation,
)
from risk_screen.operations.consultation_view import (
    EVERY_STATE,
    ConsultationNotFoundError,
    ListCursorError,
    consultation_list,
    place_of,
    shown_consultation,
)
from risk_screen.operations.consulting import (
    AnswerAwaitsConfirmationError,
    AnswerNotProposedError,
    Said,
    answer_consultation,
    confirm_answer,
    return_answer,
)
from risk_screen.operations.escalating import escalate_overdue
from risk_screen.operations.expecting import Expected, PreconditionFailedError
from risk_screen.operations.idempotency import IdempotencyConflictError, request_key
from risk_screen.operations.screening import AssessmentNotFoundError
from risk_screen.operations.store import Store
from risk_screen.storage.consultations import Page

FINE = Said(AnswerKind.NO_OBJECTION)
OBJECTION = Said(AnswerKind.OBJECTION, "实际控制人在台账中")
CONDITIONS = Said(AnswerKind.CONDITIONS, "名称易误认为金融机构", "把“投资”改为“商务”")


@pytest.fixture(autouse=True)
def shipped(store: Store) -> None:
    store.terms = shipped_terms()
    at(store, MONDAY)


def shown(store: Store, consultation_id: str, identity: Any = MEMBER) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(shown_consultation(store, identity, consultation_id)[0])
    return plain


def test_a_registration_that_is_to_be_consulted_on_opens_a_consultation_with_its_due_times(store: Store) -> None:
    assessment_id = register(store)
    one = listed_about(store, assessment_id)[0]
    assert (one["state"], one["assessment_id"], one["overdue_stage"]) == ("open", assessment_id, 0)
    assert one["counted_from"] == "2026-11-23"
    assert one["answer_due_at"] == "2026-11-25T09:00:00.000+00:00"
    assert one["registration_due_at"] == "2026-11-26T09:00:00.000+00:00"
    assert one["extension_due_at"] == "2026-12-01T09:00:00.000+00:00"
    assert one["calendar_known"] is True
    assert told(store, "consultation.opened", "approval_bureau") == [
        {
            "subject": one["id"],
            "assessment_id": assessment_id,
            "route": "consult",
            "requested": False,
            "due_at": "2026-11-25T09:00:00.000+00:00",
        }
    ]
    assert ("consultation.opened", "k-1", one["id"]) in set(written_down(store))


@pytest.mark.parametrize("route", ["proceed", "advise_against"])
def test_other_routes_open_none(store: Store, route: str) -> None:
    assert listed_about(store, register(store, route=route)) == []


def test_the_same_number_and_text_open_one_consultation(store: Store) -> None:
    first, again = register(store, external_id="DJ-1"), register(store, external_id="DJ-1")
    assert first == again
    assert len(told(store, "consultation.opened")) == 1


def test_the_same_text_under_another_rulebook_carries_on_the_consultation_it_has(store: Store) -> None:
    first = register(store, external_id="DJ-1")
    consultation_id = listed_about(store, first)[0]["id"]
    answer_consultation(store, asking(MEMBER), consultation_id, FINE)
    other = type(VERSIONS)("2027.01+aaaaaaaaaaaa", VERSIONS.model, VERSIONS.policy, VERSIONS.program)
    second = register(store, external_id="DJ-1", versions=other)
    assert second != first
    assert listed_about(store, second)[0]["id"] == consultation_id
    assert shown(store, consultation_id)["assessment_ids"] == [first, second]
    assert shown(store, consultation_id)["state"] == "answered"


def test_another_text_under_the_number_takes_the_place_of_what_waits(store: Store) -> None:
    first = opened(store, external_id="DJ-1")
    second = opened(store, name="淄博示例资产有限公司", external_id="DJ-1")
    assert shown(store, first)["state"] == "superseded"
    assert shown(store, first)["successor_id"] == second
    assert shown(store, second)["previous_id"] == first
    assert told(store, "consultation.superseded")[0]["successor_id"] == second
    with pytest.raises(ConsultationStateError, match="取代"):
        answer_consultation(store, asking(MEMBER), first, FINE)


def test_another_text_that_may_proceed_ends_the_wait_without_a_successor(store: Store) -> None:
    first = opened(store, external_id="DJ-1")
    proceeding = register(store, name="淄博示例商贸有限公司", external_id="DJ-1", route="proceed")
    assert listed_about(store, proceeding) == []
    assert (shown(store, first)["state"], shown(store, first)["successor_id"]) == ("superseded", None)


def test_another_text_leaves_an_answer_as_it_is(store: Store) -> None:
    first = opened(store, external_id="DJ-1")
    answer_consultation(store, asking(MEMBER), first, FINE)
    second = opened(store, name="淄博示例资产有限公司", external_id="DJ-1")
    assert shown(store, first)["state"] == "answered"
    assert shown(store, second)["previous_id"] == first


def test_numbers_of_another_institution_are_other_numbers(store: Store) -> None:
    first = opened(store, external_id="DJ-1")
    register(store, name="别的公司", external_id="DJ-1", identity=OTHER_BUREAU)
    assert shown(store, first)["state"] == "open"


@pytest.mark.parametrize("said", [FINE, CONDITIONS])
def test_an_answer_goes_back_to_the_institution_that_waits(store: Store, said: Said) -> None:
    consultation_id = opened(store)
    answer = answer_consultation(store, asking(MEMBER), consultation_id, said)
    assert answer.status == 201
    event = told(store, "consultation.answered", "approval_bureau")[0]
    assert (event["answer"], event["number"], event["is_correction"], event["is_late"]) == (said.kind, 1, False, False)
    seen = shown(store, consultation_id, BUREAU)
    assert seen["state"] == "answered"
    assert seen["answers"][0] == {
        "number": 1,
        "answer": said.kind,
        "reasons": said.reasons,
        "conditions": said.conditions,
        "correction_reason": "",
        "answered_at": "2026-11-23T01:30:00.000+00:00",
    }


def test_neither_events_nor_the_trail_repeat_what_was_written(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER), consultation_id, CONDITIONS)
    with store.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT payload FROM events").all())
        kept += str(connection.exec_driver_sql("SELECT reason, details FROM audit_trail").all())
    assert "误认" not in kept
    assert "商务" not in kept
    assert '"answer": "conditions"' in kept or '"answer":"conditions"' in kept


def test_an_answer_without_its_reasons_is_refused_and_nothing_is_written(store: Store) -> None:
    consultation_id = opened(store)
    with pytest.raises(AnswerIncompleteError, match="reasons"):
        answer_consultation(store, asking(MEMBER), consultation_id, Said(AnswerKind.OBJECTION))
    assert shown(store, consultation_id)["answers"] == []
    assert told(store, "consultation.answered") == []


def test_an_objection_goes_out_only_when_a_lead_has_confirmed_it(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER), consultation_id, OBJECTION)
    waiting = shown(store, consultation_id)
    assert (waiting["state"], waiting["answer"], waiting["answers"][0]["status"]) == ("open", None, "proposed")
    assert shown(store, consultation_id, BUREAU)["answers"] == []
    assert told(store, "consultation.answer_proposed", "approval_bureau") == []
    assert len(told(store, "consultation.answer_proposed")) == 1
    confirm_answer(store, asking(LEAD), consultation_id, 1)
    seen = shown(store, consultation_id, BUREAU)
    assert (seen["state"], seen["answer"], seen["answers"][0]["reasons"]) == (
        "answered",
        "objection",
        OBJECTION.reasons,
    )
    inside = shown(store, consultation_id)["answers"][0]
    assert (inside["made_by"], inside["settled_by"]) == ("p-1", "p-3")


def test_nobody_confirms_what_they_wrote_themselves(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(LEAD), consultation_id, OBJECTION)
    with pytest.raises(OwnDraftError):
        confirm_answer(store, asking(LEAD), consultation_id, 1)
    assert shown(store, consultation_id)["state"] == "open"


def test_while_an_answer_waits_for_a_lead_no_other_is_given(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER), consultation_id, OBJECTION)
    with pytest.raises(AnswerAwaitsConfirmationError):
        answer_consultation(store, asking(COLLEAGUE), consultation_id, FINE)


def test_a_returned_answer_makes_room_for_another(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER), consultation_id, OBJECTION)
    return_answer(store, asking(LEAD), consultation_id, 1, "证据不足")
    with pytest.raises(AnswerNotProposedError):
        confirm_answer(store, asking(LEAD), consultation_id, 1)
    answer_consultation(store, asking(MEMBER), consultation_id, FINE)
    inside = shown(store, consultation_id)["answers"]
    assert [(one["number"], one["status"]) for one in inside] == [(1, "returned"), (2, "final")]
    assert inside[0]["note"] == "证据不足"
    assert [one["number"] for one in shown(store, consultation_id, BUREAU)["answers"]] == [2]


def test_an_answer_is_corrected_with_a_reason_and_both_are_kept(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER), consultation_id, FINE)
    with pytest.raises(AnswerIncompleteError, match="correction_reason"):
        answer_consultation(store, asking(MEMBER), consultation_id, CONDITIONS)
    corrected = Said(CONDITIONS.kind, CONDITIONS.reasons, CONDITIONS.conditions, "漏看了经营范围")
    answer_consultation(store, asking(MEMBER), consultation_id, corrected)
    seen = shown(store, consultation_id, BUREAU)
    assert (seen["state"], seen["answer"]) == ("answered", "conditions")
    assert [(one["number"], one["answer"]) for one in seen["answers"]] == [(1, "no_objection"), (2, "conditions")]
    assert [one["is_correction"] for one in told(store, "consultation.answered")] == [False, True]


def test_a_first_answer_corrects_nothing(store: Store) -> None:
    consultation_id = opened(store)
    with pytest.raises(AnswerIncompleteError, match="不是更正"):
        answer_consultation(store, asking(MEMBER), consultation_id, Said(FINE.kind, correction_reason="写错"))


def test_a_correction_to_an_objection_is_confirmed_too_and_the_old_answer_holds_until_then(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER), consultation_id, FINE)
    objection = Said(OBJECTION.kind, OBJECTION.reasons, correction_reason="新线索")
    answer_consultation(store, asking(MEMBER), consultation_id, objection)
    assert shown(store, consultation_id, BUREAU)["answer"] == "no_objection"
    confirm_answer(store, asking(LEAD), consultation_id, 2)
    assert shown(store, consultation_id, BUREAU)["answer"] == "objection"


def test_what_is_out_of_reach_is_not_there(store: Store) -> None:
    consultation_id = opened(store)
    for act in (
        lambda: shown_consultation(store, OTHER_BUREAU, consultation_id),
        lambda: shown_consultation(store, MEMBER, "no-such-id"),
        lambda: answer_consultation(store, asking(OTHER_BUREAU), consultation_id, FINE),
        lambda: confirm_answer(store, asking(OTHER_BUREAU), consultation_id, 1),
    ):
        with pytest.raises(ConsultationNotFoundError):
            act()
    assessment_id = shown(store, consultation_id)["assessment_id"]
    assert listed_about(store, assessment_id, OTHER_BUREAU) == []
    assert len(listed_about(store, assessment_id, BUREAU)) == 1


def test_who_saw_an_older_version_changes_nothing(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER, expected=Expected(frozenset({1}))), consultation_id, FINE)
    with pytest.raises(PreconditionFailedError):
        answer_consultation(
            store,
            asking(COLLEAGUE, expected=Expected(frozenset({1}))),
            consultation_id,
            Said(FINE.kind, correction_reason="更正"),
        )
    assert len(shown(store, consultation_id)["answers"]) == 1


def test_of_many_who_saw_the_same_one_answers(store: Store) -> None:
    consultation_id = opened(store)

    def answered(_: int) -> bool:
        try:
            answer_consultation(store, asking(MEMBER, expected=Expected(frozenset({1}))), consultation_id, FINE)
        except PreconditionFailedError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(answered, range(6))) == [False] * 5 + [True]
    assert len(told(store, "consultation.answered")) == 1


def test_registrations_with_one_number_at_the_same_time_open_one_consultation(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(lambda _: register(store, external_id="DJ-1"), range(6)))) == 1
    assert len(told(store, "consultation.opened")) == 1


def test_an_answer_sent_twice_under_one_key_is_given_once(store: Store) -> None:
    consultation_id = opened(store)
    key = request_key("person:p-1", "K-1", "/answers", b"{}")
    first = answer_consultation(store, asking(MEMBER, key=key), consultation_id, FINE)
    again = answer_consultation(store, asking(MEMBER, key=key), consultation_id, FINE)
    assert again.is_replayed
    assert (again.content, again.status) == (first.content, first.status)
    assert len(told(store, "consultation.answered")) == 1
    with pytest.raises(IdempotencyConflictError):
        answer_consultation(
            store,
            asking(MEMBER, key=request_key("person:p-1", "K-1", "/answers", b"{1}")),
            consultation_id,
            FINE,
        )


def test_the_bureau_asks_for_a_consultation_that_no_route_opened(store: Store) -> None:
    assessment_id = register(store, route="advise_against")
    made = request_consultation(store, asking(BUREAU), assessment_id, "申请人称持有牌照")
    again = request_consultation(store, asking(BUREAU), assessment_id, "再问一次")
    assert (made.status, again.status) == (201, 200)
    one = orjson.loads(again.content)
    assert (one["is_requested"], one["request"], one["state"]) == (True, "申请人称持有牌照", "open")
    assert told(store, "consultation.opened")[0]["requested"] is True


def test_only_own_registrations_are_asked_about(store: Store) -> None:
    mine = register(store, route="proceed")
    with pytest.raises(AssessmentNotFoundError):
        request_consultation(store, asking(OTHER_BUREAU), mine, "问")
    flyer = register(store, channel="marketing", route="watch")
    with pytest.raises(OnlyRegistrationsError):
        request_consultation(store, asking(BUREAU), flyer, "问")


def test_without_terms_nothing_is_opened(store: Store) -> None:
    store.terms = None
    assessment_id = register(store)
    assert listed_about(store, assessment_id) == []
    with pytest.raises(ConsultationsOffError):
        request_consultation(store, asking(BUREAU), assessment_id, "问")


def test_what_waits_is_listed_by_its_due_time_page_by_page(store: Store) -> None:
    wednesday = opened(store)
    later(store, days=-5)
    long_ago = opened(store)
    later(store, days=6)
    tomorrow = opened(store)
    answered = opened(store)
    answer_consultation(store, asking(MEMBER), answered, FINE)
    pages, cursor = [], None
    for _ in range(4):
        waiting = (State.OPEN, State.OVERDUE)
        part = orjson.loads(consultation_list(store, MEMBER, Page(waiting, place_of(cursor), 1)))
        pages += [one["id"] for one in part["items"]]
        cursor = part["next"]
        if cursor is None:
            break
    assert pages == [long_ago, wednesday, tomorrow]


def test_everything_is_listed_newest_first_and_only_within_reach(store: Store) -> None:
    first = opened(store)
    later(store, minutes=1)
    foreign = opened(store, identity=OTHER_BUREAU)
    items = orjson.loads(consultation_list(store, MEMBER, Page(EVERY_STATE, None, 10)))["items"]
    assert [one["id"] for one in items] == [foreign, first]
    mine = orjson.loads(consultation_list(store, BUREAU, Page(EVERY_STATE, None, 10)))["items"]
    assert [one["id"] for one in mine] == [first]


@pytest.mark.parametrize("cursor", ["", "x", "~", "a~", "~b", "a~\x00"])
def test_a_cursor_nobody_gave_is_refused(cursor: str) -> None:
    with pytest.raises(ListCursorError):
        place_of(cursor)


def test_what_is_overdue_is_escalated_once_at_every_due_time_and_never_answered_by_itself(store: Store) -> None:
    consultation_id = opened(store)
    assert escalate_overdue(store) == 0
    later(store, days=2, hours=8)  # Wednesday 17:30
    assert (escalate_overdue(store), escalate_overdue(store)) == (1, 0)
    one = shown(store, consultation_id)
    assert (one["state"], one["overdue_stage"], one["answer"]) == ("overdue", 1, None)
    later(store, days=1)
    assert (escalate_overdue(store), escalate_overdue(store)) == (1, 0)
    later(store, days=30)
    assert (escalate_overdue(store), escalate_overdue(store)) == (1, 0)
    later(store, days=300)
    assert escalate_overdue(store) == 0
    events = told(store, "consultation.overdue", "approval_bureau")
    assert [(one["stage"], one["what"]) for one in events] == [
        (1, "answer_due"),
        (2, "registration_due"),
        (3, "extension_due"),
    ]
    system = [one for one in written_down(store) if one[0] == "consultation.overdue"]
    assert system == [("consultation.overdue", "escalation", consultation_id)] * 3
    answer_consultation(store, asking(MEMBER), consultation_id, FINE)
    assert told(store, "consultation.answered")[0]["is_late"] is True


def test_a_service_that_was_down_tells_of_every_due_time_it_missed(store: Store) -> None:
    consultation_id = opened(store)
    later(store, days=30)
    assert escalate_overdue(store) == 1
    assert [one["stage"] for one in told(store, "consultation.overdue")] == [1, 2, 3]
    assert shown(store, consultation_id)["overdue_stage"] == 3


def test_what_waits_no_longer_is_not_escalated(store: Store) -> None:
    answered = opened(store)
    answer_consultation(store, asking(MEMBER), answered, FINE)
    opened(store, external_id="DJ-1")
    register(store, name="别的公司", external_id="DJ-1", route="proceed")
    later(store, days=30)
    assert escalate_overdue(store) == 0


def test_a_proposed_answer_does_not_stop_the_clock(store: Store) -> None:
    consultation_id = opened(store)
    answer_consultation(store, asking(MEMBER), consultation_id, OBJECTION)
    later(store, days=3)
    assert escalate_overdue(store) == 1
    confirm_answer(store, asking(LEAD), consultation_id, 1)
    assert shown(store, consultation_id)["state"] == "answered"
