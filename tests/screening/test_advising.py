from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen import Screener
from risk_screen.screening.advising import NO_CHANGE_FOUND, Advice, NotARegistrationError, advise
from risk_screen.screening.submission import Submission

SCREENER = Screener.load()


def advice_for(name: str | None = None, scope: str | None = None) -> Advice:
    submission = Submission.of("registration", {"name": name, "business_scope": scope})
    return advise(SCREENER, submission, SCREENER.assess(submission))


def route_of(fields: Mapping[str, str]) -> str:
    return SCREENER.assess(Submission.of("registration", fields)).route


@pytest.mark.parametrize(
    ("name", "scope", "changed"),
    [
        (
            "济南鑫源财富投资管理有限公司",
            "投资管理；资产管理；技术开发、技术咨询",
            {"name": "济南鑫源管理有限公司", "business_scope": "技术开发、技术咨询"},
        ),
        ("山东金融服务中心", "软件开发", {"name": "山东服务中心", "business_scope": "软件开发"}),
        (
            "青岛海尔商贸有限公司",
            "家电销售；溢价回购服务，定期给付收益",
            {"name": "青岛海尔商贸有限公司", "business_scope": "家电销售"},
        ),
    ],
)
def test_the_smallest_change_leaves_out_words_of_the_name_and_whole_items_of_the_scope(
    name: str, scope: str, changed: dict[str, str]
) -> None:
    rewording = advice_for(name, scope).rewording
    assert rewording is not None
    assert rewording.is_complete
    assert dict(rewording.fields) == changed
    assert route_of(changed) == "proceed"


def test_nothing_smaller_would_do() -> None:
    rewording = advice_for("济南鑫源财富投资管理有限公司").rewording
    assert rewording is not None
    assert rewording.removed == (("name", "财富"), ("name", "投资"))
    assert route_of({"name": "济南鑫源财富管理有限公司"}) != "proceed"
    assert route_of({"name": "济南鑫源投资管理有限公司"}) != "proceed"


@pytest.mark.parametrize(
    ("name", "scope"), [("张店财富有限公司", None), ("淄博张店区阳光小额贷款有限公司", "小额贷款")]
)
def test_what_is_left_over_and_is_no_name_or_no_scope_is_not_offered_as_one(name: str, scope: str | None) -> None:
    advice = advice_for(name, scope)
    assert advice.rewording is not None
    assert not advice.rewording.is_complete
    assert "换成" in advice.summary


def test_each_reason_is_told_with_its_words_why_and_the_law() -> None:
    (told,) = advice_for("张店财富有限公司").sentences
    assert told.code == "registration.name-wealth-coinage"
    assert told.sentence.startswith("企业名称中的“财富”：")
    assert told.sentence.endswith("（依据：防范和处置非法集资条例第9条；张财〔2024〕98号）")


def test_who_proceeds_needs_no_advice() -> None:
    assert advice_for("淄博云栖家具有限公司", "家具销售") == Advice((), None, "")


def test_where_no_change_helps_the_desk_is_named() -> None:
    scope = "；".join(f"向第{number}批公众吸收资金并按月付息" for number in range(1, 12))
    advice = advice_for("淄博云栖商贸有限公司", scope)
    assert advice.rewording is None
    assert advice.summary == NO_CHANGE_FOUND


def test_a_flyer_has_no_applicant() -> None:
    submission = Submission.of("marketing", {"text": "保本保息"})
    with pytest.raises(NotARegistrationError):
        advise(SCREENER, submission, SCREENER.assess(submission))


def test_every_rule_for_registrations_says_something_to_the_applicant() -> None:
    silent = [
        rule.id
        for rule in SCREENER.book.rulebook.rules
        if "registration" in rule.channel and rule.status == "active" and rule.to_applicant is None
    ]
    assert silent == []


WORDS = st.sampled_from(["投资", "财富", "金融", "资本", "云栖", "商贸", "技术", "回购", "理财"])
ITEMS = st.sampled_from(
    ["投资管理", "家具销售", "理财服务", "溢价回购（含定期给付收益、软件开发）", "资产管理", "餐饮"]
)


@given(st.lists(WORDS, max_size=4), st.lists(ITEMS, max_size=4))
def test_whatever_is_offered_proceeds_and_only_leaves_out(words: list[str], items: list[str]) -> None:
    fields = {"name": f"淄博{''.join(words)}有限公司", "business_scope": "；".join(items)}
    rewording = advice_for(**{"name": fields["name"], "scope": fields["business_scope"]}).rewording
    if rewording is not None:
        assert route_of(rewording.fields) == "proceed"
        for field, text in rewording.fields.items():
            rest = iter(fields[field])
            assert all(character in rest for character in text)
