"""A pitch that is only told of does not count; whatever a swindler writes around his own, it does."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rulebooks import compiled, evidence, quotes, rule

SHIPPED = {"contexts.yaml": (Path(__file__).parents[2] / "rules" / "contexts.yaml").read_text(encoding="utf-8")}
EVERY = ["warning", "negation", "report", "question", "quotation"]
BOOK = compiled(rule(match={"terms": ["保本付息", "月息2分"]}, unless=[{"context": EVERY}]), files=SHIPPED)

TOLD = {
    "misdeed on the same line": "2023年，栗某开办公司，先后许诺保本付息。案发时，账上只剩三万元。",
    "the same person on another line": "龚婆婆把钱交给对方，到期保本付息。\n\n补贴停了，龚婆婆到派出所报案。",
    "the same name on another line": "“共富计划”起初月息2分。\n民警查明，“共富计划”没有任何项目。",
    "the same words on another line": "他在康养旅居基地办了卡，月息2分。\n如今康养旅居基地人去楼空。",
    "the story goes on": "起初他每月领钱，月息2分。\n\n后来老板失联，门也锁了。",
    "between told sentences": "栗某做过物流，后来亏了。月息2分。三年里他先后收了一亿元，案发时只剩八百万。",
    "indirect speech up to the full stop": "一个小程序称，推荐一人升级；缴费后月息2分；到期配车。",
    "someone rings the office": "来访人：去年朋友领去的，月息2分。",
    "heading above a list": "非法集资十大套路\n1.保本付息\n2.月息2分",
    "heading, a blank line and ordinals": "专班提示常见骗术\n\n第一种，保本付息\n第二种，月息2分",
    "sentence above a list": "秋收了，请注意两种说法。\n一、保本付息\n二、月息2分",
    "verdict on the line": "保本付息、月息2分，以上话术一个字也不能信。",
    "verdict below a list": "最近出现的有：\n1.保本付息\n2.月息2分\n都别信，也别带别人去。",
    "swindler of a script": "人物：奶奶、钱经理（骗子）\n钱经理：（热情地）干妈，保本付息！\n奶奶：怎么不给你妈？",
    "quotation that is never closed": "骗子对老人讲：“保本付息。月息2分。",
}
OFFERED = {
    "story before": "栗某因集资诈骗被判处有期徒刑十年。\n月息2分",
    "story after": "月息2分\n近日，法院对一起集资诈骗案作出判决，受害人达三百人。",
    "story around": "据报道，栗某失联。\n月息2分\n栗某被公安机关抓获。",
    "story before it on its line": "据报道，栗某集资诈骗，被判处有期徒刑。月息2分。",
    "told, but the reader is addressed": "后来他退休了，月息2分，您也可以。民警抓过骗子，案发多年了。",
    "told, but I speak": "去年我放了三万，他给月息2分。隔壁那家跑路了，案发了。",
    "article that ends with a hotline": "栗女士说，公司许诺月息2分。别家早已跑路。\n报名热线：13805331234",
    "hearsay before every sentence": "据报道，我们月息2分。据报道，您随时可取。",
    "hearsay and a number": "据报道，月息2分。据记者了解，详询13805331234。",
    "police that vouches": "警方提醒：谨防诈骗。我们是合法的，月息2分。",
    "tricks of others above the own list": "非法集资十大套路\n1.月息2分\n2.随时可取\n联系我：13805331234",
    "heading that is no list of tricks": "防范非法集资宣传月\n1.月息2分",
    "warning against imitators": "“共富计划”起初推出时，他月息2分。\n近日有人冒充“共富计划”行骗，已报案。",
    "verdict of others": "有人说都是骗局，我们月息2分。",
    "another speaker of the script": "钱经理（骗子）\n孙经理：月息2分",
    "list after the verdict": "都别信谣言\n1.月息2分",
}


@pytest.mark.parametrize("text", TOLD.values(), ids=TOLD)
def test_a_pitch_that_is_told_of_does_not_count(text: str) -> None:
    found = evidence(BOOK, text=text)
    assert found
    assert [item for item in found if item.outcome == "hit"] == []
    assert all(item.why for item in found)


@pytest.mark.parametrize("text", OFFERED.values(), ids=OFFERED)
def test_an_offer_counts_whatever_is_told_around_it(text: str) -> None:
    assert quotes(BOOK, text=text) == ["月息2分"], [item.why for item in evidence(BOOK, text=text)]


def test_of_a_pitch_in_a_warning_and_a_real_one_the_real_one_counts() -> None:
    assert quotes(BOOK, text="谨防“保本付息”的骗局！\n本店代收，月息2分") == ["月息2分"]


def test_the_passage_of_an_article_that_makes_an_offer_counts() -> None:
    article = "栗某先后许诺保本付息，案发时账上只剩三万元。\n\n{}\n\n法院判处栗某有期徒刑十年。"
    assert quotes(BOOK, text=article.format("记者走访了三家银行。")) == []
    assert quotes(BOOK, text=article.format("想为养老钱找出路的，月息2分，您来社区活动室就行。")) == ["月息2分"]


def test_a_number_of_the_police_invites_nobody() -> None:
    told = "栗某先后许诺保本付息，案发时账上只剩三万元。\n{}：0533-2345678"
    assert quotes(BOOK, text=told.format("举报电话")) == []
    assert quotes(BOOK, text=told.format("入股电话")) == ["保本付息"]


def test_a_cue_within_the_matched_words_counts() -> None:
    book = compiled(rule(match={"pattern": "月息.{0,20}付息"}, unless=[{"context": EVERY}]), files=SHIPPED)
    assert quotes(book, text="月息2分，被告人许诺到期付息") == []
    assert quotes(book, text="月息2分，老板许诺到期付息") == ["月息2分，老板许诺到期付息"]


PITCHES = ["我们月息2分，保本付息", "保本付息，月息2分，您来就行", "月息2分，详询13805331234"]
LINES = st.lists(
    st.sampled_from(
        [
            "",
            "【骗局揭秘】",
            "以案说法：案例一",
            "非法集资十大套路",
            "警方提醒：",
            "风险提示",
            "栗某先后许诺保本付息，案发时账上只剩三万元。",
            "据报道，该公司后来人去楼空，受害人报了案。",
            "这类骗局屡见不鲜。",
            "钱经理（骗子）：干妈！",
            "问：怎么识别？",
        ]
    ),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(before=LINES, pitch=st.sampled_from(PITCHES), after=LINES)
def test_lines_around_a_pitch_that_speaks_to_its_reader_take_no_hit_away(
    before: list[str], pitch: str, after: list[str]
) -> None:
    alone = quotes(BOOK, text=pitch)
    assert alone
    padded = quotes(BOOK, text="\n".join([*before, pitch, *after]))
    assert [quote for quote in padded if quote in alone][: len(alone)]
    assert set(alone) <= set(padded)


@settings(max_examples=100, deadline=None)
@given(lines=LINES, told=st.sampled_from(list(TOLD.values())))
def test_an_invitation_only_ever_makes_more_count(lines: list[str], told: str) -> None:
    text = "\n".join([told, *lines])
    assert set(quotes(BOOK, text=text)) <= set(quotes(BOOK, text=f"{text}\n报名热线：13805331234"))
