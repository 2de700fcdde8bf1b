"""Every phrase of DOMAIN §3.4, and what a fraudster might write around one."""

import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rulebooks import compiled, quotes, read, rule

from risk_screen.rules.mask_clauses import CueAt, clauses_of, parts_of

FINANCE = [
    *(
        "金融",
        "投资",
        "资产",
        "理财",
        "基金",
        "融资",
        "担保",
        "贷款",
        "集资",
        "存款",
        "证券",
        "期货",
        "信托",
        "募集",
        "代客",
        "出借",
    ),
    *("保理", "票据", "承兑", "投资咨询", "投资管理"),
]
BOOK = compiled(rule("registration.finance", match={"terms": FINANCE, "in_word": True}, unless=[]))

CLEAN = [
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以相关部门批准文件或许可证件为准）",
    "（依法须经批准的项目，经相关部门批准后方可开展经营活动，具体经营项目以相关部门批准文件或许可证为准）",
    "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）",
    "（除许可业务外，可自主依法经营法律法规非禁止或限制的项目）",
    "(未经金融监管部门批准,不得从事吸收存款、融资担保、代客理财、向社会公众集(融)资等金融业务)",
    "（未经金融监管部门批准，不得从事吸收存款、融资担保、代客理财、向社会公众集（融）资等金融业务；"
    "依法须经批准的项目，经相关部门批准后方可开展经营活动）",
    "(未经金融监管部门依法批准,不得从事向公众吸收存款、融资担保、代客理财等金融服务)",
    "（未经金融等监管部门批准，不得从事向公众融资存款、融资担保、代客理财等金融服务）",
    "（上述经营范围未经金融等监管部门批准，不得从事向公众融资存款、融资担保、代客理财等金融服务）",
    "（以上项目除证券、期货，未经金融等监管部门批准，不得从事向公众融资存款、融资担保、代客理财等金融服务）",
    "(未经金融等监管部门批准，不得从事向公众融资存款、代客出借等金融服务)",
    "（不得从事吸收存款、集资收款、受托贷款、发行票据、发放贷款等国家金融监管及财政信用业务）",
    "（“1、未经有关部门批准，不得以公开方式募集资金；2、不得公开开展证券类产品和金融衍生品交易活动；3、不得发放贷款；"
    "4、不得对所投资企业以外的其他企业提供担保；5、不得向投资者承诺投资本金不受损失或者承诺最低收益”）",
    "非融资性担保业务",
    "非融资担保服务",
    "床上用品租赁服务（不含融资租赁）",
    "租赁服务（不含许可类租赁服务）",
    "商务信息咨询（不含投资类咨询）",
    "信息咨询服务（不含许可类信息咨询服务）",
    "接受金融机构委托从事信息技术和流程外包服务（不含金融信息服务）",
    "接受金融机构委托从事金融信息技术外包；接受金融机构委托从事金融业务流程外包；接受金融机构委托从事金融知识流程外包",
    "以自有资金从事投资活动",
    "自有资金投资的资产管理服务",
    "以自有资金从事实业投资、项目投资、创业投资、股权投资",
    "创业投资（限投资未上市企业）",
    "投资兴办实业（具体项目另行申报）",
    "财务咨询（不得开展审计、验资、查账、评估、会计咨询、代理记账等需专项审批的业务）",
    "（不得从事国家和本市产业政策禁止和限制类项目的经营活动）",
    "区块链技术相关软件和服务",
    "技术咨询（金融信息服务除外）",
    "商务咨询，不得从事金融、类金融业务",
    "商务咨询（不含金融,证券,期货）",
    "商务咨询，不得从事融资担保，代客理财，吸收存款等金融业务",
    "未经金融监管部门批准，不得从事吸收存款等金融业务",
]
KEPT_HEADS = [
    (
        "受托管理股权投资基金(不得从事证券投资活动,不得公开募集基金开展投资活动,不得从事公开募集基金管理业务)",
        ["投资", "基金"],
    ),
    ("投资管理（不得从事信托、金融资产管理、证券资产管理等业务）", ["投资管理"]),
    (
        "投资咨询（不含限制项目）；投资管理（不含限制项目）；金融信息咨询（不含限制项目）",
        ["投资咨询", "投资管理", "金融"],
    ),
    ("企业投资咨询（不含金融、证券、期货）", ["投资咨询"]),
    ("投资咨询（不含期货、金融、证券咨询）", ["投资咨询"]),
    ("投资咨询(不含证券咨询)", ["投资咨询"]),
    ("投资咨询（除证券、期货）", ["投资咨询"]),
    ("投资咨询及其他信息咨询（不含人才中介服务、证券及限制项目）", ["投资咨询"]),
    (
        "投资咨询(法律、行政法规、国务院决定禁止的项目除外,限制的项目须取得许可后方可经营)",
        ["投资咨询"],
    ),
    ("从事担保业务（不含融资性担保业务及其他限制项目）", ["担保"]),
    ("从事保付代理，保理(不含银行融资)", ["保理"]),
    ("以服务外包方式从事票据中介服务（不含承兑等银行核心业务）", ["票据"]),
    ("【以自有资金进行投资管理、资产管理,投资咨询(不含证券咨询)】", ["投资管理", "资产", "投资咨询"]),
    ("私募证券投资基金管理服务（须在中国证券投资基金业协会完成登记备案后方可从事经营活动）", ["证券", "投资", "基金"]),
    ("投资与资产管理（限金融机构、从事金融活动的企业）", ["投资", "资产"]),
    ("依托互联网等技术手段,提供金融中介服务（根据国家规定须经审批的，获得审批后方可经营）", ["金融"]),
    ("眼科医院的投资和医院经营管理服务", ["投资"]),
]
STILL_SEEN = [
    ("咨询服务（不含限制项目；开展理财业务）", ["理财"]),
    ("咨询服务（开展理财业务，不含证券）", ["理财"]),
    ("咨询服务（不含证券，提供理财服务）", ["理财"]),
    ("（依法须经批准的项目除外；提供理财、集资服务）", ["理财", "集资"]),
    ("不得从事吸收存款等金融业务，理财咨询", ["理财"]),
    ("不含证券\n理财服务（企业管理", ["理财"]),
    ("（不含证券；理财服务", ["理财"]),
    ("企业管理（不含证券\n理财）", ["理财"]),
    ("理财服务，以上项目除外", ["理财"]),
    ("拆除工程（清除贷款广告）", ["贷款"]),
    ("未经批准，从事理财业务", ["理财"]),
    ("（提供理财服务，证券除外）", ["理财"]),
]


@pytest.mark.parametrize("text", CLEAN)
def test_a_disclaimer_or_standard_item_does_not_fire(text: str) -> None:
    assert quotes(BOOK, business_scope=text) == []
    assert quotes(BOOK, business_scope=f"日用品销售；{text}；广告制作") == []


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_masked_is_shown_and_says_why(text: str) -> None:
    (field,) = read(BOOK, business_scope=text)
    if field.readable != field.folded.text:
        assert field.masked
    assert all(mask.why and 0 <= mask.start < mask.end <= len(field.readable) for mask in field.masked)
    assert len(field.readable) == len(field.folded.text)


@pytest.mark.parametrize(("text", "heads"), KEPT_HEADS)
def test_the_item_before_a_restriction_is_kept(text: str, heads: list[str]) -> None:
    assert quotes(BOOK, business_scope=text) == heads


@pytest.mark.parametrize(("text", "seen"), STILL_SEEN)
def test_a_disclaimer_hides_nothing_but_what_it_governs(text: str, seen: list[str]) -> None:
    assert quotes(BOOK, business_scope=text) == seen


@pytest.mark.parametrize("disclaimer", [*CLEAN, "（不含证券", "除外）", "（未经", "不得从事", "】（"])
def test_a_disclaimer_on_its_own_line_changes_nothing_elsewhere(disclaimer: str) -> None:
    pitch = "理财咨询；集资（代客"
    alone = quotes(BOOK, business_scope=pitch)
    assert alone == ["理财", "集资", "代客"]
    for text in (f"{pitch}\n{disclaimer}", f"{disclaimer}\n{pitch}"):
        found = quotes(BOOK, business_scope=text)
        assert all(found.count(quote) >= alone.count(quote) for quote in alone), text


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("私募证券投资基金管理服务（须在中国证券投资基金业协会完成登记备案后方可从事经营活动）", ("check_amac",)),
        ("投资与资产管理（限金融机构、从事金融活动的企业）", ("check_licence",)),
        ("期货公司资产管理业务(须经中国期货业协会登记备案后方可从事经营活动）", ("check_licence",)),
        ("日用品销售", ()),
    ],
)
def test_masked_words_may_ask_for_a_check(text: str, flags: tuple[str, ...]) -> None:
    assert read(BOOK, business_scope=text)[0].flags == flags


def test_masks_of_scopes_do_not_touch_names_or_flyers() -> None:
    assert read(BOOK, name="不得理财有限公司")[0].masked == ()
    assert read(BOOK, text="不含证券")[0].masked == ()


def test_risk_wording_is_masked_in_flyers() -> None:
    book = compiled(rule(match={"terms": ["投资"]}, unless=[]))
    assert quotes(book, text="市场有风险，投资需谨慎。投资从速") == ["投资"]


def test_promises_in_a_disclaimer_are_not_read() -> None:
    field = read(BOOK, business_scope="咨询（不得承诺年化12%）")[0]
    assert field.promises == ()


@given(
    st.lists(st.sampled_from(["(", ")", "不得", "除外", ",", ";", "\n", "理财", "从事", "【", "】"]), max_size=40).map(
        "".join
    )
)
@example("((不得))不得")
@settings(max_examples=200, deadline=None)
def test_no_character_is_looked_at_in_two_clauses(text: str) -> None:
    use = next(iter(BOOK.masks.cues.values()))
    cues = [CueAt(m.start(), m.end(), use) for m in re.finditer("不得|除外", text)]
    seen = Counter(
        at
        for clause in clauses_of(text, cues)
        for start, end in parts_of(text, clause)
        for at in range(start, end)
        if not any(low <= at < high for low, high in clause.holes)
    )
    assert set(seen.values()) <= {1}


def test_an_exclusion_after_a_closed_bracket_is_masked_too() -> None:
    assert quotes(BOOK, business_scope="企业管理（不含许可项目），不得从事投资管理、吸收存款等金融业务") == []


BRACKETS = st.lists(
    st.sampled_from(list("（）(),；。、【】\n"))
    | st.sampled_from(
        [
            "不得",
            "不含",
            "除外",
            "除",
            "须经",
            "从事",
            "等金融业务",
            "理财",
            "贷款",
            "限金融机构",
            "（不含投资）",
            "水产",
        ]
    )
    | st.sampled_from(["以自有资金从事投资活动", "创业投资（限投资未上市企业）", "依法须经批准的项目除外"]),
    max_size=25,
).map("".join)


@given(BRACKETS)
@example("（不含投资）（不含投资）")
@example("以自有资金从事投资活动（以自有资金从事投资活动，不含贷款）")
@example("创业投资（限投资未上市企业）不得贷款")
@settings(max_examples=400, deadline=None)
def test_brackets_read_once_and_for_all_mask_what_reading_the_whole_text_masks(text: str) -> None:
    folded = BOOK.folding.fold(text).text
    hits = BOOK.automaton.find_overlapping(folded)
    own = [hit for hit in hits if hit[2] in BOOK.masks.literals]
    masked, _ = BOOK.masks.apply(folded, hits, "business_scope")
    assert list(masked) == BOOK.masks._masked(folded, own, "business_scope")
