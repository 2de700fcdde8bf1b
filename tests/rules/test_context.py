import pytest
from rulebooks import compiled, evidence, quotes, rule

EVERY = ["warning", "negation", "report", "question"]
BOOK = compiled(rule(match={"terms": ["保本", "保本付息", "稳赚不赔"]}, unless=[{"context": EVERY}]))

COUNTS = [
    "保本付息，年化12%",
    "我们不仅保本",
    "不怕亏，保本",
    "不是不保本",
    "并非不保本",
    "没有风险，保本",
    "无风险保本",
    "远离骗局，选择我们，保本付息",
    "拒绝套路，本公司保本付息",
    "我们保本付息，远离骗局",
    "警惕高息。本品保本付息",
    "本品保本付息。谨防诈骗",
    "“保本付息”理财产品",
    "我们“保本付息”，警惕山寨",
    "欢迎记者采访。本品保本付息",
    "1.保本付息\n2.稳赚不赔",
    "不承诺高息，但保本付息",
    "不得外传。保本付息",
    "不错过，不后悔，保本付息",
]
EXEMPTED = [
    ("谨防“保本付息”骗局", "谨防"),
    ("警惕以保本付息为诱饵的宣传", "警惕"),
    ("不法分子许诺保本付息，骗取钱财", "不法分子"),
    ("所谓保本付息都是骗人的", "都是骗人的"),
    ("以保本付息为诱饵吸收资金", "为诱饵"),
    ("不得承诺保本付息", "不得"),
    ("本品不承诺保本", "不承诺"),
    ("非保本浮动收益", "非"),
    ("不保本", "不"),
    ("严禁以任何形式宣传保本付息", "严禁"),
    ("被告人李某以保本付息吸收资金", "被告人"),
    ("以保本付息吸收资金，已被立案", "立案"),
    ("经审理查明，李某开设门店。其承诺保本付息。", "经审理查明"),
    ("保本付息是真的吗？", "是真的吗"),
    ("警惕这些话术：“我们保本付息。稳赚不赔！”", "警惕"),
    ("警方提醒：声称“我们保本付息”的都是骗局", "提醒"),
]


@pytest.mark.parametrize("text", COUNTS)
def test_a_pitch_counts(text: str) -> None:
    assert quotes(BOOK, text=text), [item.why for item in evidence(BOOK, text=text)]


@pytest.mark.parametrize(("text", "cue"), EXEMPTED)
def test_a_warning_negation_or_report_does_not_count_and_says_why(text: str, cue: str) -> None:
    found = evidence(BOOK, text=text)
    assert {item.outcome for item in found} == {"exempted"}
    assert all(f"“{cue}”" in item.why for item in found)


def test_only_the_contexts_a_rule_names_exempt_it() -> None:
    book = compiled(rule(match={"terms": ["保本付息"]}, unless=[{"context": "negation"}]))
    assert quotes(book, text="谨防保本付息") == ["保本付息"]
    assert quotes(book, text="不承诺保本付息") == []


def test_every_piece_of_a_combination_must_count() -> None:
    both = {"all": [{"terms": ["保本付息"]}, {"terms": ["返利"]}]}
    book = compiled(rule(match=both, unless=[{"context": "warning"}]))
    assert quotes(book, text="保本付息。谨防返利") == []
    assert quotes(book, "exempted", text="保本付息。谨防返利") == ["保本付息。谨防返利"]


def test_an_exempted_word_is_replaced_by_one_that_counts() -> None:
    both = {"all": [{"terms": ["保本付息"]}, {"terms": ["返利"]}]}
    book = compiled(rule(match=both, unless=[{"context": "warning"}]))
    assert quotes(book, text="谨防返利。保本付息，请看正文。本店每月返利") == ["保本付息，请看正文。本店每月返利"]


def test_distinct_words_that_are_exempted_are_not_counted() -> None:
    book = compiled(rule(match={"at_least": {"count": 2, "of": [{"terms": ["直推奖", "对碰奖"]}]}}))
    assert quotes(book, text="直推奖10%。警惕对碰奖") == []
    assert quotes(book, text="直推奖10%，对碰奖另算。警惕对碰奖") == ["直推奖10%，对碰奖"]


@pytest.mark.parametrize(
    ("unless", "text", "counts"),
    [
        ({"terms": ["环保"]}, "环保项目，保本付息", False),
        ({"terms": ["环保"]}, "环保项目。保本付息", True),
        ({"near": {"within": 3, "of": [{"terms": ["国债"]}, {"terms": ["发行"]}]}}, "国债发行，保本付息", False),
        ({"any": [{"terms": ["国债"]}, {"pattern": "存单[0-9]"}]}, "存单1号保本付息", False),
        ({"context": "quotation"}, "所谓“保本付息”", False),
        ({"context": "quotation"}, "“所谓”保本付息", True),
    ],
)
def test_a_condition_under_unless_exempts_its_sentence(unless: dict[str, object], text: str, counts: bool) -> None:
    book = compiled(rule(match={"terms": ["保本付息"]}, unless=[unless]))
    assert bool(quotes(book, text=text)) is counts
    if not counts:
        assert all(item.why for item in evidence(book, text=text))


def test_a_condition_on_the_name_exempts_the_scope() -> None:
    unless = [{"field": "name", "terms": ["典当行"], "in_word": True}]
    book = compiled(rule("registration.example", match={"terms": ["绝当品"]}, unless=unless))
    assert quotes(book, name="淄博典当行有限公司", business_scope="绝当品销售") == []
    assert quotes(book, name="淄博商贸有限公司", business_scope="绝当品销售") == ["绝当品"]


LIST = "警惕以下话术：\n1.保本付息\n2.稳赚不赔\n"


def test_a_list_that_a_warning_introduces_does_not_count() -> None:
    assert quotes(BOOK, text=LIST) == []
    assert quotes(BOOK, "exempted", text=LIST) == ["保本付息", "稳赚不赔"]


@pytest.mark.parametrize("after", ["保本付息找我", "1.保本付息", "4.保本付息", "\n3.保本付息", "·保本付息"])
def test_the_list_ends_where_its_items_end(after: str) -> None:
    assert quotes(BOOK, text=LIST + after) == ["保本付息"]


def test_a_numbered_list_on_one_line_is_introduced() -> None:
    assert quotes(BOOK, text="警惕：1.保本付息；2.稳赚不赔\n3.稳赚不赔") == ["稳赚不赔"]


def test_quoted_lines_are_introduced() -> None:
    assert quotes(BOOK, text="警惕这样的话：\n“保本付息。”\n“稳赚不赔！”\n保本付息") == ["保本付息"]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("【招商银行】代销产品，固定收益", False),
        ("代销产品，固定收益【招商银行】", False),
        ("代销产品，固定收益。\n【招商银行】", True),
        ("本行说：【招商银行】代销，固定收益，速来", True),
        ("固定收益类产品由招商银行发行，投资有风险", False),
        ("固定收益类产品由招商银行发行", True),
        ("固定收益类产品由鑫源公司发行，投资有风险", True),
    ],
)
def test_a_licensed_voice_exempts_only_rules_that_ask_for_it(text: str, counts: bool) -> None:
    asks = compiled(rule(match={"terms": ["固定收益"]}, unless=[{"context": "licensed"}]))
    asks_not = compiled(rule(match={"terms": ["固定收益"]}, unless=[]))
    assert bool(quotes(asks, text=text)) is counts
    assert quotes(asks_not, text=text)


BANK = rule(
    "registration.example", match={"terms": ["银行", "理财"], "in_word": True}, unless=[{"context": "licensed"}]
)


@pytest.mark.parametrize(
    ("name", "exempted"),
    [
        ("招商银行股份有限公司", True),
        ("招商银行股份有限公司淄博张店支行", True),
        ("招银理财有限责任公司", True),
        ("淄博银行咨询有限公司", False),
        ("招商银行股份有限公司淄博理财俱乐部", False),
        ("鑫源理财有限公司", False),
    ],
)
def test_a_statutory_name_form_is_exempted_with_a_check(name: str, exempted: bool) -> None:
    found = evidence(compiled(BANK), name=name, business_scope="代客理财")
    assert {item.outcome for item in found} == {"exempted" if exempted else "hit"}
    assert {item.flags for item in found} == {("check_licence",) if exempted else ()}


LISTED = "name\n招商银行股份有限公司\n"


def test_a_name_on_the_loaded_list_is_exempted() -> None:
    found = evidence(compiled(BANK, listed=LISTED), name="招商银行股份有限公司淄博支行")
    assert [(item.outcome, item.flags) for item in found] == [("exempted", ("check_licence",))]


def test_a_name_that_the_loaded_list_does_not_know_counts_and_is_advised_against() -> None:
    found = evidence(compiled(BANK, listed=LISTED), name="鑫源银行股份有限公司")
    assert [(item.outcome, item.flags) for item in found] == [("hit", ("advise_against",))]
