from typing import Any

import pytest
from rulebooks import compiled, evidence, findings, lexicon, quotes, rule

GUARANTEE = {"terms": ["保证", "承诺"]}
PRINCIPAL = {"terms": ["本金"]}


def hits(match: dict[str, Any], text: str, **changes: Any) -> list[str]:
    return quotes(compiled(rule(match=match, unless=[], **changes)), text=text)


CASES: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("a term", {"terms": ["稳赚不赔"]}, "项目稳赚不赔", ["稳赚不赔"]),
    ("a term written with gaps", {"terms": ["稳赚不赔"]}, "稳 赚 不 赔", ["稳 赚 不 赔"]),
    ("a traditional term", {"terms": ["稳赚不赔"]}, "穩賺不賠", ["穩賺不賠"]),
    ("the longest of overlapping terms", {"terms": ["保本", "保本付息"]}, "现在保本付息", ["保本付息"]),
    ("every place of a term", {"terms": ["稳赚不赔"]}, "稳赚不赔,真的稳赚不赔", ["稳赚不赔", "稳赚不赔"]),
    ("not inside another word", {"terms": ["保本"]}, "坚守环保本色", []),
    ("inside another word when asked", {"terms": ["保本"], "in_word": True}, "坚守环保本色", ["保本"]),
    ("not_before", {"terms": ["理财"], "in_word": True, "not_before": ["务"]}, "代理财务", []),
    ("not_before elsewhere", {"terms": ["理财"], "not_before": ["务"]}, "投资理财", ["理财"]),
    ("not_after", {"terms": ["传销"], "in_word": True, "not_after": ["宣"]}, "宣传销售", []),
    ("a pattern", {"pattern": "年化[0-9]{1,3}%"}, "年化12%，月化3%", ["年化12%"]),
    ("a pattern with a guard", {"pattern": "rwa", "not_after": ["b"]}, "brwa RWA", ["RWA"]),
    ("a pattern stays in its line", {"pattern": "投[^资]{0,9}回"}, "投一笔\n钱回", []),
    ("near", {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL]}}, "保证您的本金", ["保证您的本金"]),
    ("near in any order", {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL]}}, "本金我们保证", ["本金我们保证"]),
    ("near in order", {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL], "ordered": True}}, "本金我们保证", []),
    ("near too far", {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL]}}, "保证一二三四五本金", []),
    ("near over a line", {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL]}}, "保证\n本金", ["保证\n本金"]),
    ("near not over a full stop", {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL]}}, "保证。本金", []),
    ("near not over a blank line", {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL]}}, "保证\n\n本金", []),
    (
        "near over a full stop when asked",
        {"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL], "across_sentences": True}},
        "保证。本金",
        ["保证。本金"],
    ),
    (
        "near needs two words",
        {"near": {"within": 4, "of": [{"terms": ["保本"]}, {"terms": ["保本付息"]}]}},
        "保本付息",
        [],
    ),
    (
        "three near each other",
        {"near": {"within": 9, "of": [GUARANTEE, PRINCIPAL, {"terms": ["安全"]}]}},
        "安全!保证您的本金",
        ["安全!保证您的本金"],
    ),
    ("any", {"any": [GUARANTEE, {"terms": ["稳赚不赔"]}]}, "承诺!稳赚不赔", ["承诺", "稳赚不赔"]),
    ("all in a field", {"all": [GUARANTEE, PRINCIPAL]}, "承诺回报。本金另计", ["承诺回报。本金"]),
    ("all lacks one", {"all": [GUARANTEE, PRINCIPAL]}, "承诺回报", []),
    ("all in a sentence", {"all": [GUARANTEE, PRINCIPAL], "same": "sentence"}, "承诺回报。本金另计", []),
    (
        "all in one sentence",
        {"all": [GUARANTEE, PRINCIPAL], "same": "sentence"},
        "承诺回报，本金另计",
        ["承诺回报，本金"],
    ),
    ("none in its sentence", {"all": [GUARANTEE, {"none": [PRINCIPAL]}]}, "承诺本金", []),
    ("none only in its sentence", {"all": [GUARANTEE, {"none": [PRINCIPAL]}]}, "承诺到位。本金", ["承诺"]),
    ("at least of operands", {"at_least": {"count": 2, "of": [GUARANTEE, PRINCIPAL]}}, "承诺保证", []),
    (
        "at least of two operands",
        {"at_least": {"count": 2, "of": [GUARANTEE, PRINCIPAL]}},
        "承诺。本金",
        ["承诺。本金"],
    ),
    ("at least of words", {"at_least": {"count": 2, "of": [GUARANTEE]}}, "承诺。保证", ["承诺。保证"]),
    ("one word twice is one word", {"at_least": {"count": 2, "of": [GUARANTEE]}}, "承诺。承诺", []),
    (
        "a word inside a word is one word",
        {"at_least": {"count": 2, "of": [{"terms": ["推荐奖", "直推荐奖"]}]}},
        "直推荐奖",
        [],
    ),
    ("at least in a sentence", {"at_least": {"count": 2, "of": [GUARANTEE], "same": "sentence"}}, "承诺。保证", []),
    ("a promise", {"promise": {"annual_rate_at_least": 0.12}}, "年化18%", ["年化18%"]),
    ("a promise below", {"promise": {"annual_rate_at_least": 0.2}}, "年化18%", []),
    ("a promise by the LPR", {"promise": {"annual_rate_at_least_times_lpr": 4}}, "年化12%", ["年化12%"]),
    ("a promise below the LPR", {"promise": {"annual_rate_at_least_times_lpr": 4}}, "年化11%", []),
    ("a promise of a kind", {"promise": {"kind": "goods"}}, "年化18%", []),
    ("an identifier", {"identifier": {"kind": "phone"}}, "电话13805331234", ["13805331234"]),
    ("an evasion", {"evasion": {"of": {"terms": ["稳赚不赔"]}}}, "稳 赚 不 赔", ["稳 赚 不 赔"]),
    ("no evasion", {"evasion": {"of": {"terms": ["稳赚不赔"]}}}, "稳赚不赔", []),
    (
        "an evasion of another step",
        {"evasion": {"of": {"terms": ["稳赚不赔"]}, "steps": ["pinyin"]}},
        "稳 赚 不 赔",
        [],
    ),
    ("pinyin", {"evasion": {"of": {"terms": ["保本付息"]}, "steps": ["pinyin"]}}, "bao本付息", ["bao本付息"]),
    ("pinyin in other letters", {"terms": ["保本付息"]}, "xbao本付息", []),
    ("a homophone", {"terms": ["保本"]}, "绝对宝本，月月付息", ["宝本"]),
    ("a homophone where nothing speaks of money", {"terms": ["保本"]}, "绝对宝本", []),
]


@pytest.mark.parametrize(("match", "text", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_condition_finds_exactly_its_places(match: dict[str, Any], text: str, expected: list[str]) -> None:
    assert hits(match, text) == expected


def test_pieces_of_a_combination_lie_where_its_words_are() -> None:
    book = compiled(rule(match={"near": {"within": 4, "of": [GUARANTEE, PRINCIPAL]}}, unless=[]))
    (found,) = evidence(book, text="保证您的本金")
    assert found.match.pieces == ((0, 2), (4, 6))


def test_via_names_how_the_words_were_read() -> None:
    book = compiled(rule(unless=[]))
    steps = {
        text: evidence(book, text=text)[0].match.via for text in ("保本付息", "保 本付息", "宝本付息", "保ben付息")
    }
    assert steps == {"保本付息": (), "保 本付息": ("separator",), "宝本付息": ("homophone",), "保ben付息": ("pinyin",)}


def test_a_lexicon_brings_the_guards_of_its_lines() -> None:
    files = lexicon("words", "稳赚不赔", {"term": "理财", "not_before": ["务"], "in_word": True})
    book = compiled(rule(match={"lexicon": "words"}, unless=[]), files=files)
    assert quotes(book, text="代理财务，稳赚不赔，理财") == ["稳赚不赔", "理财"]


def test_the_words_of_the_policy_are_a_lexicon() -> None:
    book = compiled(rule("registration.example", match={"lexicon": "always_consult"}, unless=[]))
    assert quotes(book, name="淄博鼎盛投资有限公司") == ["投资"]


def test_only_the_fields_of_a_rule_are_read() -> None:
    book = compiled(rule("registration.example", fields=["name"], match={"terms": ["投资"]}, unless=[]))
    assert quotes(book, name="淄博商贸有限公司", business_scope="投资") == []


def test_an_operand_may_be_bound_to_a_field() -> None:
    across = {
        "all": [{"terms": ["投资"], "field": "name"}, {"terms": ["养老"], "field": "business_scope"}],
        "same": "submission",
    }
    book = compiled(rule("registration.example", match=across, unless=[]))
    assert quotes(book, name="鼎盛投资公司", business_scope="养老服务") == ["投资"]
    assert quotes(book, name="鼎盛养老公司", business_scope="投资服务") == []


def test_a_rule_whose_field_is_missing_is_not_evaluated() -> None:
    book = compiled(rule("registration.example", fields=["business_scope"], unless=[]))
    found = findings(book, name="保本付息公司")
    assert [(n.rule_id, n.why) for n in found.not_evaluated] == [("registration.example", "未提供经营范围，无法判断")]
    assert found.matches == ()


def test_a_field_missing_for_one_operand_is_not_evaluated_when_the_rest_holds() -> None:
    across = {
        "all": [{"terms": ["投资"], "field": "name"}, {"terms": ["养老"], "field": "business_scope"}],
        "same": "submission",
    }
    book = compiled(rule("registration.example", match=across, unless=[]))
    assert [n.why for n in findings(book, name="鼎盛投资公司").not_evaluated] == ["未提供经营范围，无法判断"]
    assert findings(book, name="鼎盛商贸公司").not_evaluated == ()


FACT = {"all": [{"terms": ["保本付息"]}, {"fact": {"field": "paid_capital_yuan", "at_most": 0}}]}


@pytest.mark.parametrize(
    ("text", "facts", "hit", "not_evaluated"),
    [
        ("保本付息", {"paid_capital_yuan": 0}, True, False),
        ("保本付息", {"paid_capital_yuan": 100}, False, False),
        ("保本付息", {}, False, True),
        ("保本付息", {"paid_capital_yuan": "零"}, False, True),
        ("你好", {}, False, False),
    ],
)
def test_hit_no_hit_and_not_evaluated_are_told_apart(
    text: str, facts: dict[str, object], hit: bool, not_evaluated: bool
) -> None:
    found = findings(compiled(rule(match=FACT, unless=[])), facts, text=text)
    assert (bool(found.matches), bool(found.not_evaluated)) == (hit, not_evaluated)


@pytest.mark.parametrize(
    ("test", "value", "holds"),
    [
        ({"equals": "个体工商户"}, "个体工商户", True),
        ({"equals": True}, False, False),
        ({"one_of": ["甲", "乙"]}, "乙", True),
        ({"one_of": ["甲", "乙"]}, "丙", False),
        ({"at_least": 3}, 3, True),
        ({"at_least": 3, "at_most": 5}, 6, False),
    ],
)
def test_facts_are_compared(test: dict[str, Any], value: object, holds: bool) -> None:
    match = {"all": [{"terms": ["保本付息"]}, {"fact": {"field": "x", **test}}]}
    assert bool(findings(compiled(rule(match=match, unless=[])), {"x": value}, text="保本付息").matches) is holds


@pytest.mark.parametrize(("status", "runs"), [("active", True), ("shadow", True), ("draft", False), ("retired", False)])
def test_only_active_and_shadow_rules_run(status: str, runs: bool) -> None:
    book = compiled(rule(status=status), rule("marketing.other", match={"terms": ["稳赚不赔"]}))
    assert bool(findings(book, text="保本付息").matches) is runs


def test_a_rule_that_is_not_yet_in_force_does_not_run() -> None:
    book = compiled(rule(valid_from="2027-01-01"), rule("marketing.other"))
    assert [m.rule.id for m in findings(book, text="保本付息").matches] == ["marketing.other"]


def test_a_match_carries_what_the_assessment_says_of_its_rule() -> None:
    (match,) = findings(compiled(rule(question="谁来还？", flags=["verify"])), text="保本付息").matches
    assert (match.rule.question, match.rule.flags) == ("谁来还？", ("verify",))
    assert [(b.law, b.title, b.article) for b in match.rule.basis] == [("条例", "防范和处置非法集资条例", "9")]
