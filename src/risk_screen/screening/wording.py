"""An assessment in one Chinese sentence, and the titles people see for levels, routes and characteristics."""

from typing import Final

from risk_screen.screening.assessment import Assessment, Basis, Reason

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
CHARACTERISTIC_TITLES: Final = {
    "illegality": "非法性",
    "publicity": "公开性",
    "inducement": "利诱性",
    "sociality": "社会性",
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
# Steps that ordinary texts take too: shown nowhere as an evasion.
ORDINARY_STEPS: Final = frozenset({"width", "traditional", "case"})
KIND_TITLES: Final = {"cash": "现金回报", "buy_back": "回购", "store_credit": "消费额或积分", "goods": "实物或服务"}
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
        points = [_without_reasons(assessment)]
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
    titles = [STEP_TITLES[step] for step in via if step not in ORDINARY_STEPS]
    return f"规避写法：{'、'.join(titles)}" if titles else ""


def one_line(quote: str, most: int = 40) -> str:
    """Join a quote of several lines and shorten it in the middle."""
    joined = " ".join(quote.split())
    return joined if len(joined) <= most else f"{joined[: most // 2]}……{joined[-most // 3 :]}"


def _without_reasons(assessment: Assessment) -> str:
    if assessment.exempted:
        first = assessment.exempted[0]
        return f"出现“{one_line(first.quote)}”等词，但不计分：{first.why}"
    if assessment.model.decibans > 0:
        words = "、".join(f"“{one_line(t.quote, 16)}”" for t in assessment.model.terms[:3])
        return f"没有命中规则，仅文字与以往查实文本相近（{words}）" if words else "没有命中规则"
    return "没有发现涉及集资的用语"
