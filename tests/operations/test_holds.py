"""A registration hold is drafted by one, signed by another, lifted with a reason; it acts on nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
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
    OTHER_LEAD,
    asking,
    at,
    register,
    shipped_terms,
    told,
    written_down,
)

from risk_screen.casework.deadlines import CHINA
from risk_screen.casework.hold_letter import HoldStateError, OwnDraftError, Procedure
from risk_screen.operations.consultation_requests import ConsultationsOffError
from risk_screen.operations.enterprises import enterprise_by_code
from risk_screen.operations.expecting import Expected, PreconditionFailedError
from risk_screen.operations.hold_letters import letter_as_html, letter_as_text
from risk_screen.operations.holds import (
    HoldDraft,
    HoldNotFoundError,
    discard_hold,
    draft_hold,
    hold_list,
    lift_hold,
    shown_hold,
    sign_hold,
)
from risk_screen.operations.store import Store

DRAFT = HoldDraft(
    party="approval_bureau",
    addressee="张店区行政审批服务局",
    subject_name="淄博示例财富管理有限公司",
    procedures=(Procedure.CHANGE, Procedure.CANCELLATION),
    case_reference="线索 2026-17",
    reasons="正在核查其向不特定对象吸收资金的情况。",
    credit_code=CODE,
)


@pytest.fixture(autouse=True)
def shipped(store: Store) -> None:
    store.terms = shipped_terms()
    at(store, MONDAY)


def drafted(store: Store, identity: Any = MEMBER, **changes: Any) -> str:
    hold_id: str = orjson.loads(draft_hold(store, asking(identity), replace(DRAFT, **changes)).content)["id"]
    return hold_id


def listed(store: Store, identity: Any) -> list[str]:
    return [one["id"] for one in orjson.loads(hold_list(store, identity, None, 100))["items"]]


def test_a_hold_goes_out_when_somebody_else_has_signed_it(store: Store) -> None:
    hold_id = drafted(store)
    assert listed(store, BUREAU) == []
    assert told(store, "registration_hold.drafted", "approval_bureau") == []
    signed = orjson.loads(sign_hold(store, asking(LEAD), hold_id).content)
    assert (signed["state"], signed["number"], signed["version"]) == ("signed", "张处非暂办〔2026〕1号", 2)
    assert listed(store, BUREAU) == [hold_id]
    assert listed(store, OTHER_BUREAU) == []
    assert len(told(store, "registration_hold.signed", "approval_bureau")) == 1
    assert {("registration_hold.drafted", "p-1", hold_id), ("registration_hold.signed", "p-3", hold_id)} <= set(
        written_down(store)
    )


def test_nobody_signs_their_own_draft(store: Store) -> None:
    hold_id = drafted(store, LEAD)
    with pytest.raises(OwnDraftError):
        sign_hold(store, asking(LEAD), hold_id)
    sign_hold(store, asking(OTHER_LEAD), hold_id)


def test_numbers_count_within_the_year_in_china(store: Store) -> None:
    first, second, third = drafted(store), drafted(store), drafted(store)
    at(store, datetime(2026, 12, 31, 23, 59, tzinfo=CHINA))
    numbers = [shown_hold(store, MEMBER, sign(store, one)).number for one in (second, first)]
    at(store, datetime(2027, 1, 1, 0, 1, tzinfo=CHINA))  # still 2026 in UTC
    numbers.append(shown_hold(store, MEMBER, sign(store, third)).number)
    assert numbers == ["张处非暂办〔2026〕1号", "张处非暂办〔2026〕2号", "张处非暂办〔2027〕1号"]
    assert "二〇二七年一月一日" in letter_as_text(store, shown_hold(store, BUREAU, third))


def test_holds_signed_at_the_same_time_get_numbers_of_their_own(store: Store) -> None:
    drafts = [drafted(store) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda hold_id: sign(store, hold_id), drafts))
    assert sorted(shown_hold(store, MEMBER, one).serial or 0 for one in drafts) == list(range(1, 9))


def sign(store: Store, hold_id: str) -> str:
    sign_hold(store, asking(LEAD), hold_id)
    return hold_id


def test_a_hold_is_lifted_with_a_reason_and_that_is_told(store: Store) -> None:
    hold_id = sign(store, drafted(store))
    lift_hold(store, asking(OTHER_LEAD), hold_id, "查否")
    assert shown_hold(store, BUREAU, hold_id).state == "lifted"
    assert len(told(store, "registration_hold.lifted", "approval_bureau")) == 1
    assert "查否" in letter_as_html(store, shown_hold(store, BUREAU, hold_id))
    with pytest.raises(HoldStateError):
        lift_hold(store, asking(LEAD), hold_id, "再次")


def test_a_draft_is_discarded_and_a_signed_one_is_not(store: Store) -> None:
    hold_id = drafted(store)
    discard_hold(store, asking(MEMBER), hold_id)
    for act in (lambda: sign(store, hold_id), lambda: lift_hold(store, asking(LEAD), hold_id, "x")):
        with pytest.raises(HoldStateError):
            act()
    with pytest.raises(HoldStateError):
        discard_hold(store, asking(MEMBER), sign(store, drafted(store)))


def test_what_is_out_of_reach_or_seen_in_another_version_is_not_signed(store: Store) -> None:
    hold_id = drafted(store)
    with pytest.raises(HoldNotFoundError):
        sign_hold(store, asking(BUREAU), hold_id)
    with pytest.raises(HoldNotFoundError):
        shown_hold(store, BUREAU, hold_id)
    with pytest.raises(PreconditionFailedError):
        sign_hold(store, asking(LEAD, expected=Expected(frozenset({2}))), hold_id)


def test_a_hold_changes_no_route_and_is_shown_with_the_enterprise(store: Store) -> None:
    sign(store, drafted(store))
    drafted(store)
    register(store, "甲商贸有限公司", credit_code=CODE, route="proceed")
    seen = orjson.loads(enterprise_by_code(store, BUREAU, CODE))
    assert [one["route"] for one in seen["screenings"]] == ["proceed"]
    assert [(one["number"], one["state"]) for one in seen["holds"]] == [("张处非暂办〔2026〕1号", "signed")]
    assert len(orjson.loads(enterprise_by_code(store, MEMBER, CODE))["holds"]) == 2


def test_neither_events_nor_the_trail_name_the_subject(store: Store) -> None:
    sign(store, drafted(store))
    with store.reading() as connection:
        kept = str(connection.exec_driver_sql("SELECT payload FROM events").all())
        kept += str(connection.exec_driver_sql("SELECT reason, details FROM audit_trail").all())
    assert "示例" not in kept
    assert CODE not in kept


def test_without_terms_no_hold_is_drafted(store: Store) -> None:
    store.terms = None
    with pytest.raises(ConsultationsOffError):
        drafted(store)
