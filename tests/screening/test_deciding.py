"""An assessment shows where each rule spoke: in every field, every place once, and every point counted once."""

from collections import Counter
from itertools import pairwise

import pytest

from risk_screen import Screener
from risk_screen.screening.assessment import Assessment

FLYERS = (
    "存5万元，每月返利1.5%，一年期满本金全额退还，保 本 保 息！一份五万，每份每月返750元，每月返750元，返满为止。",
    "交四万块，每个月给你八百买菜，一年后四万原样退给你；交八万，每个月给你一千七，满一年原样退。",
    "商铺带租约，年租8.5%，前三年租金抵房款，八年后按原价收回，租金季季打卡。",
    "9.2%按季付息，10%到期付息，三十万起，一百元起投，预期年化9.2%按季付息。",
)


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load()


def total_of(assessment: Assessment) -> float:
    parts = (assessment.prior_decibans, assessment.model.decibans, *(r.decibans for r in assessment.reasons))
    return round(sum(parts), 1)


def test_a_rule_that_speaks_in_both_fields_is_shown_in_both_and_counted_once(screener: Screener) -> None:
    assessment = screener.screen(
        "registration", name="淄博鑫源理财咨询有限公司", business_scope="企业管理咨询；家庭理财规划"
    )
    found = [r for r in assessment.reasons if r.code == "registration.wealth-management"]
    assert [(r.field, r.quote) for r in found] == [("name", "理财"), ("business_scope", "理财")]
    assert found[0].decibans > 0
    assert found[1].decibans == 0
    assert total_of(assessment) == assessment.total_decibans


def test_checks_of_a_rule_shown_twice_are_asked_for_once_and_leave_room_for_others(screener: Screener) -> None:
    once = screener.screen("registration", name="淄博鑫源理财投资有限公司")
    both = screener.screen("registration", name="淄博鑫源理财投资有限公司", business_scope="家庭理财规划")
    assert set(once.required_checks) <= set(both.required_checks)
    assert max(Counter(both.required_checks).values()) == 1


@pytest.mark.parametrize("text", FLYERS)
def test_places_of_a_reason_stand_in_order_and_do_not_overlap(screener: Screener, text: str) -> None:
    assessment = screener.screen("marketing", text=text)
    assert assessment.reasons
    for reason in assessment.reasons:
        assert all(end <= start for (_, end), (start, _) in pairwise(reason.spans)), reason
