"""An assessment in one Chinese sentence, and the titles people see for levels, routes and characteristics."""

import re
from collections.abc import Sequence
from typing import Final

from risk_screen.screening.assessment import Assessment, Basis, PromiseFound, Reason
from risk_screen.text.folding_tables import PLAIN_STEPS

LEVEL_TITLES: Final = {
    "low": "蓝色（低）",
    "attention": "黄色（关注）",
    "elevated": "橙色（较高）",
    "high": "红色（高）",
}
ROUTE_TITLES: Final = {
    "proceed": "正常办理",
    "consult": "会商",
    "advise_against": "建议不予使用该字样",
    "archive": "归档",
    "watch": "持续关注",
    "verify": "网格员核实",
    "site_check": "专班现场核查",
}
ROUTE_ADVICE: Final = {
    "proceed": "不需要会商。",
    "consult": "先与区处非工作专班会商，再决定是否登记。",
    "advise_against": "请申请人修改名称或经营范围；坚持使用的，提请会商。",
    "archive": "留底备查，不需要上门；日常巡查遇到新情况再报。",
    "watch": "列入持续关注清单，日常巡查时留意有没有新的宣传。",
    "verify": "弄清谁在宣传、钱交到哪里、有没有合同，把情况报给专班。",
    "site_check": "请保留原件或照片，尽快报给专班，由专班上门；先不要惊动对方。",
}
CHARACTERISTIC_TITLES: Final = {
    "illegality": "非法性",
    "publicity": "公开性",
    "inducement": "利诱性",
    "sociality": "社会性",
}
# After article 1 of the Supreme People's Court's interpretation (法释〔2022〕5号).
CHARACTERISTIC_MEANINGS: Final = {
    "illegality": "没有依法许可，或借用合法经营的形式",
    "publicity": "向社会公开宣传",
    "inducement": "许诺还本付息或给付回报",
    "sociality": "向不特定对象吸收资金",
}
FIELD_TITLES: Final = {"text": "宣传文本", "name": "企业名称", "business_scope": "经营范围"}
SHORT_FIELD_TITLES: Final = {"name": "名称", "business_scope": "经营范围"}
STEP_TITLES: Final = {
    "width": "全角或变形字符",
    "traditional": "繁体字",
    "case": "大小写",
    "invisible": "隐藏字符",
    "emoji": "表情符号代字",
    "digit_style": "变体数字",
    "lookalike": "形近字",
    "separator": "字间插入符号",
    "split_character": "拆字",
    "homophone": "谐音字",
    "pinyin": "拼音",
    "initials": "拼音首字母",
    "contact_slang": "联系方式暗语",
}
KIND_TITLES: Final = {"cash": "现金回报", "buy_back": "回购", "store_credit": "消费额或积分", "goods": "实物或服务"}
IDENTIFIER_TITLES: Final = {
    "phone": "电话",
    "wechat": "微信号",
    "qq": "QQ号",
    "url": "网址",
    "account": "银行账号",
    "credit_code": "统一社会信用代码",
}
PRIOR_TITLE: Final = "起点（同类来文的平均风险）"
MODEL_TITLE: Final = "文本分类器"
MOST_REASONS: Final = 5


def sentence_of(assessment: Assessment) -> str:
    """Say the result and its main reasons in one sentence that can stand in a table."""
    head = f"{LEVEL_TITLES[assessment.level]} {assessment.score:.1f} 分，{route_phrase(assessment)}"
    reasons = _said_once(assessment.reasons)
    points = _reason_phrases(reasons[:MOST_REASONS])
    if len(reasons) > MOST_REASONS:
        points.append(f"另有 {len(reasons) - MOST_REASONS} 项")
    highest = max(assessment.promises, key=lambda p: p.annual_rate or 0.0, default=None)
    if highest is not None and highest.annual_rate is not None:
        points.append(f"承诺回报：{highest.arithmetic}")
    if not points:
        points = [phrase_without_reasons(assessment)]
    return f"{head}：{'；'.join(points)}。"


def route_phrase(assessment: Assessment) -> str:
    """Name the route; where a low score is consulted on, say that the words ask for it."""
    title = ROUTE_TITLES[assessment.route]
    by_words = assessment.route == "consult" and assessment.level in ("low", "attention") and assessment.reasons
    return f"{title}（依所含字样，不论分数）" if by_words else title


def _reason_phrases(reasons: Sequence[Reason]) -> list[str]:
    """Each reason as a phrase; laws that the one before has named are not named again."""
    phrases = []
    before: frozenset[Basis] = frozenset()
    for reason in reasons:
        basis = frozenset(reason.basis)
        laws = "依据同上" if basis and basis == before else _laws(reason)
        phrases.append(title_with_quote(reason) + _notes(reason, laws=laws))
        before = basis
    return phrases


def _laws(reason: Reason) -> str:
    return "、".join(basis_phrase(b) for b in reason.basis)


def _notes(reason: Reason, *, laws: str) -> str:
    notes = "，".join(note for note in (evasions_phrase(reason.via), laws) if note)
    return f"（{notes}）" if notes else ""


def _said_once(reasons: Sequence[Reason]) -> list[Reason]:
    """Leave out a reason whose words lie wholly within the longer words of another: 贷 in 小额贷款."""
    return [r for r in reasons if not any(_lies_within(r, other) for other in reasons)]


def _lies_within(inner: Reason, outer: Reason) -> bool:
    """Whether every place of ``inner`` lies in a place of ``outer``, which says more."""
    return (
        inner.field == outer.field
        and _characters(inner) < _characters(outer)
        and all(any(a <= start and end <= b for a, b in outer.spans) for start, end in inner.spans)
    )


def _characters(reason: Reason) -> int:
    return sum(end - start for start, end in reason.spans)


def title_with_quote(reason: Reason) -> str:
    """The title with the words found, said once: 名称或经营范围含“金融”字样 becomes 名称含“金融”字样."""
    title, quoted = reason.title, f"“{one_line(reason.quote)}”"
    if reason.field in SHORT_FIELD_TITLES:
        title = title.replace("名称或经营范围", SHORT_FIELD_TITLES[reason.field], 1)
    if quoted in title:
        return re.sub("(?:“[^”]*”)+", lambda _: quoted, title, count=1)
    return title + quoted


def basis_phrase(basis: Basis) -> str:
    """《title》第N条; a document cited as a whole goes by its number where that is shorter."""
    if basis.article:
        return f"《{basis.title}》第{basis.article}条"
    if "〔" in basis.law and len(basis.law) < len(basis.title) // 2:
        return basis.law
    return f"《{basis.title}》"


def evasions_phrase(via: tuple[str, ...]) -> str:
    """Name the evasions it took to read the words, or nothing."""
    titles = evasion_titles(via)
    return f"规避写法：{'、'.join(titles)}" if titles else ""


def evasion_titles(via: tuple[str, ...]) -> tuple[str, ...]:
    """Titles of the steps that ordinary texts do not take."""
    return tuple(STEP_TITLES[step] for step in via if step not in PLAIN_STEPS)


def one_line(quote: str, most: int = 40) -> str:
    """Join a quote of several lines and shorten it in the middle."""
    joined = " ".join(quote.split())
    return joined if len(joined) <= most else f"{joined[: most // 2]}……{joined[-most // 3 :]}"


def promise_meaning(promise: PromiseFound, one_year_lpr: float) -> tuple[str, ...]:
    """Say what a promised return comes to, in sentences; ``one_year_lpr`` is a fraction per year."""
    rate, assumed = promise.annual_rate, promise.assumed_rate
    said = []
    if rate is not None:
        said.append(
            f"相当于每年 {rate:.1%}：投 1 万元，一年给 {rate * 10_000:,.0f} 元，"
            f"是银行一年期贷款市场报价利率（{one_year_lpr:.2%}）的 {rate / one_year_lpr:.1f} 倍"
        )
    if assumed is not None:
        said.append(f"原文没有写明按年的回报，这里推定为每年 {assumed:.1%}")
    if promise.irr is not None:
        said.append(f"分期拿回，按实际占用的钱算，内部收益率每年 {promise.irr:.1%}")
    if promise.payback_days is not None:
        said.append(f"称 {promise.payback_days:,} 天拿回投入的钱")
    return tuple(said)


def phrase_without_reasons(assessment: Assessment) -> str:
    """What to say of an assessment in which no rule counted."""
    if assessment.exempted:
        first = assessment.exempted[0]
        return f"出现“{one_line(first.quote)}”等词，但不计分：{first.why}"
    if assessment.level != "low" and assessment.model.decibans > 0:
        return _opinion_phrase(assessment)
    return "没有发现涉及集资的用语"


def _opinion_phrase(assessment: Assessment) -> str:
    """Only the classifier speaks; in registrations its words (有限, 咨询) say nothing to a reader."""
    words = "、".join(f"“{one_line(t.quote, 16)}”" for t in assessment.model.terms[:3])
    if assessment.channel == "registration" or not words:
        return "没有命中规则，仅文本分类器给分略高，没有需要说明的字样"
    return f"没有命中规则，仅文字与训练样本中有风险的文本相近（{words}）"
