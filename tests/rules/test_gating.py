"""Rules are asked where they could match, and nowhere else."""

from typing import Any

import pytest
from rulebooks import compiled, findings, read, rule

from risk_screen.rules.gating import Gate
from risk_screen.rules.reading import Reading

MONEY, PAY = {"terms": ["本金", "资金"]}, {"terms": ["返还", "兑付"]}
NEAR = {"near": {"within": 5, "of": [MONEY, PAY]}}
IN_NAME = {"terms": ["基金"], "field": "name"}


def asked(match: dict[str, Any], **fields: str) -> list[str]:
    """Fields in which the rule is asked."""
    channel = "marketing" if "text" in fields else "registration"
    book = compiled(rule(f"{channel}.example", match=match))
    rules = book.channels[channel]
    given = read(book, **fields)
    assert isinstance(rules.gate, Gate)
    return [field for _, field, _ in rules.gate.open_to({field.name: Reading(field, book, rules) for field in given})]


@pytest.mark.parametrize(
    ("match", "text", "is_asked"),
    [
        (MONEY, "本金", True),
        (MONEY, "返还", False),
        (NEAR, "本金很多很多很多很多很多，返还", True),
        (NEAR, "本金资金", False),
        ({"all": [MONEY, PAY]}, "资金。兑付", True),
        ({"all": [MONEY, PAY]}, "兑付", False),
        ({"any": [NEAR, {"terms": ["保本"]}]}, "保本", True),
        ({"any": [NEAR, {"terms": ["保本"]}]}, "返还", False),
        ({"all": [{"any": [NEAR, {"terms": ["保本"]}]}, PAY]}, "保本返还", True),
        ({"all": [{"any": [NEAR, {"terms": ["保本"]}]}, PAY]}, "保本", False),
        ({"at_least": {"count": 2, "of": [MONEY, PAY, {"terms": ["保本"]}]}}, "保本，兑付", True),
        ({"at_least": {"count": 2, "of": [MONEY, PAY, {"terms": ["保本"]}]}}, "本金和资金", False),
        ({"at_least": {"count": 2, "of": [MONEY, MONEY, {"terms": ["保本"]}]}}, "本金", True),
        ({"at_least": {"count": 2, "of": [MONEY]}}, "本金", True),
        ({"all": [MONEY, {"none": [PAY]}]}, "本金", True),
        ({"pattern": "年化[0-9]{1,3}%"}, "年化12%", True),
        ({"pattern": "年化[0-9]{1,3}%"}, "年化", False),
        ({"promise": {"annual_rate_at_least": 0.1}}, "月息2分", True),
        ({"promise": {"annual_rate_at_least": 0.1}}, "月底", False),
        ({"identifier": {"kind": "phone"}}, "电话13805331234", True),
        ({"identifier": {"kind": "phone"}}, "电话", False),
        ({"evasion": {"of": MONEY}}, "本·金", True),
        ({"evasion": {"of": MONEY}}, "现金", False),
    ],
)
def test_a_rule_is_asked_when_all_it_needs_is_present(match: dict[str, Any], text: str, is_asked: bool) -> None:
    assert bool(asked(match, text=text)) == is_asked


@pytest.mark.parametrize(
    ("match", "name", "scope", "where"),
    [
        (MONEY, "本金公司", "百货", ["name"]),
        (IN_NAME, "百货公司", "基金", []),
        (IN_NAME, "基金公司", "百货", ["name"]),
        ({"all": [MONEY, PAY]}, "本金公司", "返还", []),
        ({"all": [MONEY, IN_NAME], "same": "submission"}, "基金公司", "本金", ["name", "business_scope"]),
        ({"all": [MONEY, IN_NAME], "same": "submission"}, "百货公司", "本金", []),
    ],
)
def test_a_rule_is_asked_in_the_fields_in_which_it_could_match(
    match: dict[str, Any], name: str, scope: str, where: list[str]
) -> None:
    assert asked(match, name=name, business_scope=scope) == where


def test_of_conditions_any_of_which_is_enough_only_those_that_could_hold_are_asked() -> None:
    book = compiled(rule(match={"any": [NEAR, {"any": [{"terms": ["保本"]}, {"pattern": "年化[0-9]{1,2}%"}]}]}))
    rules = book.channels["marketing"]
    one, other, third = (lock.asked.condition for lock in rules.gate._locks)
    for text, expected in (
        ("保本", [other]),
        ("返还，年化9%，资金", [one, third]),
        ("返还保本", [other]),
        ("返还", []),
    ):
        (field,) = read(book, text=text)
        found = [condition for _, _, condition in rules.gate.open_to({"text": Reading(field, book, rules)})]
        assert found == expected, text


def test_what_a_missing_field_might_hold_is_not_evaluated_rather_than_missed() -> None:
    match = {"all": [MONEY, IN_NAME], "same": "submission"}
    book = compiled(rule("registration.example", match=match))
    assert [n.rule_id for n in findings(book, business_scope="本金").not_evaluated] == ["registration.example"]
    assert not findings(book, business_scope="百货").not_evaluated
