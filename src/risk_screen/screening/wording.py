"""An assessment in one Chinese sentence, and the titles people see for levels, routes and characteristics."""

from typing import Final

from risk_screen.rules.expressions import PLAIN_STEPS
from risk_screen.screening.assessment import Assessment, Basis, PromiseFound, Reason

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
    head = f"{LEVEL_TITLES[assessment.level]} {assessment.score:.1f} 分，{ROUTE_TITLES[assessment.route]}"
    points = [reason_phrase(reason) for reason in assessment.reasons[:MOST_REASONS]]
    if len(assessment.reasons) > MOST_REASONS:
        points.append(f"另有 {len(assessment.reasons) - MOST_REASONS} 项")
    highest = max(assessment.promises, key=lambda p: p.annual_rate or 0.0, default=None)
    if highest is not None and highest.annual_rate is not None:
        points.append(f"承诺回报：{highest.arithmetic}")
    if not points:
        points = [phrase_without_reasons(assessment)]
    return f"{head}：{'；'.join(points)}。"


def reason_phrase(reason: Reason) -> str:
    """Title, quoted words and law of one reason."""
    basis = "、".join(basis_phrase(b) for b in reason.basis)
    via = evasions_phrase(reason.via)
    notes = "，".join(note for note in (via, basis) if note)
    return f"{reason.title}“{one_line(reason.quote)}”" + (f"（{notes}）" if notes else "")


def basis_phrase(basis: Basis) -> str:
    """《title》第N条."""
    return f"《{basis.title}》第{basis.article}条" if basis.article else f"《{basis.title}》"


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
    if assessment.model.decibans > 0:
        words = "、".join(f"“{one_line(t.quote, 16)}”" for t in assessment.model.terms[:3])
        return f"没有命中规则，仅文字与训练样本中有风险的文本相近（{words}）" if words else "没有命中规则"
    return "没有发现涉及集资的用语"
