"""What must hold for every text: no crash, spans inside, nothing elsewhere takes a hit away."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from rulebooks import CompiledRulebook, compiled, evidence, lexicon, read, rule

from risk_screen.rules.context import Evidence

CONTEXTS = [{"context": ["warning", "negation", "report", "question"]}]
PITCHES = [
    "保本付息，年化12%，稳赚不赔！",
    "我们承诺您的本金绝对安全\n每月返利，直推奖10%，对碰奖另算",
    "1.保本付息\n2.推荐奖、级差奖\n电话13805331234",
    "“保本付息”项目火热认购中：本金保证",
    "不怕亏，保本付息。不是不保本",
    "【鑫源】投资养老项目，承诺本金",
    "·宝本付息·bao本付息",
]
ADDED = [
    "谨防以保本付息为诱饵的非法集资骗局。",
    "警惕：“保本付息，稳赚不赔”都是骗人的！",
    "警方提醒：不得承诺保本付息，远离诈骗",
    "常见骗局话术：\n1.保本付息\n2.推荐奖\n3.承诺本金",
    "被告人李某因非法集资被法院判处有期徒刑。",
    "投资有风险，本公司不承诺保本",
    "（未经金融监管部门批准，不得从事吸收存款、承诺本金等金融业务）",
    "【招商银行】您的账户已开通",
    "本店主营日用百货，欢迎光临",
    "“未闭合的引号",
    "保证质量，推荐奖",
    "不可",
    "骗局",
    "（不含",
    "除外）",
]


@cache
def book() -> CompiledRulebook:
    guarantee, principal = {"terms": ["承诺", "保证"]}, {"terms": ["本金", "返利"]}
    rewards = {"lexicon": "reward"}
    matches = {
        "term": {"terms": ["保本付息", "稳赚不赔", "保本"]},
        "pattern": {"pattern": "年化[0-9]{1,3}%"},
        "near": {"near": {"within": 8, "of": [guarantee, principal]}},
        "ordered": {"near": {"within": 8, "of": [guarantee, principal], "ordered": True}},
        "three": {"near": {"within": 30, "of": [guarantee, principal, {"terms": ["安全"]}]}},
        "all": {"all": [guarantee, principal]},
        "sentence": {"all": [guarantee, principal, {"none": [{"terms": ["日用百货"]}]}], "same": "sentence"},
        "words": {"at_least": {"count": 2, "of": [rewards]}},
        "operands": {"at_least": {"count": 2, "of": [rewards, guarantee, principal]}},
        "promise": {"promise": {"annual_rate_at_least": 0.1}},
        "phone": {"identifier": {"kind": "phone"}},
        "evasion": {"evasion": {"of": {"terms": ["保本付息"]}}},
    }
    rules = [rule(f"marketing.{name}", match=match, unless=CONTEXTS) for name, match in matches.items()]
    rules.append(rule("marketing.licensed", match=guarantee, unless=[{"context": "licensed"}, {"terms": ["光临"]}]))
    return compiled(*rules, files=lexicon("reward", "直推奖", "对碰奖", "推荐奖", "级差奖"))


def hit_rules(found: tuple[Evidence, ...]) -> set[str]:
    return {item.match.rule.id for item in found if item.outcome == "hit"}


def anchors(found: tuple[Evidence, ...], shift: int = 0) -> set[tuple[str, int]]:
    """Rule and first character of every hit; combinations over the field keep their rule, not their place."""
    whole_field = {"marketing.words", "marketing.operands", "marketing.all", "marketing.three", "marketing.near"}
    return {
        (item.match.rule.id, item.match.pieces[0][0] - shift)
        for item in found
        if item.outcome == "hit" and item.match.rule.id not in whole_field
    }


FRAGMENTS = st.sampled_from(
    [
        *'保本付息承诺金。，：！“”"\n（）不非1.·、 ',
        *PITCHES,
        *ADDED,
        "保本付息",
        "谨防",
        "法院",
        "直推奖",
        "警惕以下：\n",
        "我们",
    ]
)
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join) | st.text(max_size=60)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_every_piece_lies_in_it(text: str) -> None:
    for item in evidence(book(), text=text):
        length = len(item.match.field.folded.text)
        assert item.match.pieces == tuple(sorted(set(item.match.pieces)))
        assert all(0 <= start < end <= length for start, end in item.match.pieces)
        assert bool(item.why) == (item.outcome == "exempted")


@given(TEXTS, TEXTS)
@settings(max_examples=100, deadline=None)
def test_any_registration_is_read(name: str, scope: str) -> None:
    for field in read(book(), name=name, business_scope=scope):
        assert len(field.readable) == len(field.folded.text)
        assert all(0 <= m.start < m.end <= len(field.readable) for m in field.masked)


@given(st.sampled_from(PITCHES), st.lists(st.sampled_from(ADDED), min_size=1, max_size=3).map("\n".join))
@settings(max_examples=250, deadline=None)
def test_a_warning_before_or_after_a_pitch_takes_no_hit_away(pitch: str, added: str) -> None:
    alone = evidence(book(), text=pitch)
    after, before = evidence(book(), text=f"{pitch}\n{added}"), evidence(book(), text=f"{added}\n{pitch}")
    assert hit_rules(alone) <= hit_rules(after)
    assert hit_rules(alone) <= hit_rules(before)
    assert anchors(alone) <= anchors(after)
    shift = len(book().folding.fold(f"{added}\n{pitch}").text) - len(book().folding.fold(pitch).text)
    assert anchors(alone) <= anchors(before, shift)


@given(st.lists(st.sampled_from(PITCHES), min_size=1, max_size=4), st.sampled_from(PITCHES))
@settings(max_examples=100, deadline=None)
def test_one_more_match_never_removes_another(pitches: list[str], more: str) -> None:
    alone = hit_rules(evidence(book(), text="\n".join(pitches)))
    assert alone | hit_rules(evidence(book(), text=more)) <= hit_rules(
        evidence(book(), text="\n".join([*pitches, more]))
    )


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_reading_twice_says_the_same(text: str) -> None:
    first, second = evidence(book(), text=text), evidence(book(), text=text)
    assert [(e.match.rule.id, e.match.pieces, e.outcome, e.why) for e in first] == [
        (e.match.rule.id, e.match.pieces, e.outcome, e.why) for e in second
    ]


def test_every_rule_of_these_properties_speaks_on_some_pitch() -> None:
    spoken = set().union(*(hit_rules(evidence(book(), text=pitch)) for pitch in PITCHES))
    assert spoken == {r.id for r in book().rulebook.rules}
