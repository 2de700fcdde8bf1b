"""Read a rule aloud in Chinese: what it looks for, when it does not count, how much, and the law it stands on."""

from collections.abc import Iterable, Iterator
from typing import Final

from risk_screen.rules.compiled_rule import FIELD_TITLES
from risk_screen.rules.expressions import Expression, Fact, Promised
from risk_screen.rules.rulebook import ALWAYS_CONSULT, Rulebook
from risk_screen.rules.schema import CHARACTERISTICS, Rule

STATUSES: Final = {"draft": "草稿", "shadow": "试运行", "active": "在用", "retired": "停用"}
CHANNELS: Final = {"registration": "企业登记", "marketing": "宣传文本"}
FLAGS: Final = {
    "consult": "会商",
    "advise_against": "建议不予",
    "verify": "网格员核实",
    "site_check": "现场核查",
    "check_licence": "核验许可证",
    "check_amac": "核对中基协登记",
}
CONTEXTS: Final = {
    "warning": "警示语",
    "negation": "被否定",
    "report": "报道、通报或判决的口吻",
    "quotation": "在引号之内",
    "question": "提问的口吻",
    "licensed": "持牌机构的名称或口吻",
}
_MOST_WORDS: Final = 12


def explain(rulebook: Rulebook, rule_id: str) -> str:
    """Describe one rule.

    Raises
    ------
    KeyError
        When there is no rule with this id.
    """
    return "\n".join(_lines(rulebook.rule(rule_id), rulebook))


def _lines(rule: Rule, book: Rulebook) -> Iterator[str]:
    yield f"{rule.id}　{rule.title}"
    channels = "、".join(CHANNELS[channel] for channel in rule.channel)
    fields = "、".join(FIELD_TITLES[field] for field in rule.fields)
    yield f"状态：{STATUSES[rule.status]}，第 {rule.version} 版；用于{channels}，读{fields}"
    times = round(10 ** (rule.weight / 10), 1)
    kind = CHARACTERISTICS[rule.characteristic]
    yield f"分量：{rule.weight} 分贝（这些字在查实案件里约多见 {times:g} 倍），指向{kind}"
    if rule.valid_from is not None:
        yield f"自 {rule.valid_from} 起施行"
    yield f"找什么：{describe(rule.match, book)}"
    for expression in rule.unless:
        yield f"不算数：{describe(expression, book)}"
    if rule.flags:
        yield f"标记：{'、'.join(FLAGS[flag] for flag in rule.flags)}"
    yield from (f"现场查：{check}" for check in rule.check_on_site)
    if rule.question is not None:
        yield f"现场问：{rule.question}"
    if rule.to_applicant is not None:
        yield f"对申请人说：{rule.to_applicant}"
    yield f"看不到：{rule.blind_spots}"
    yield "依据："
    yield from _laws(rule, book)


def _laws(rule: Rule, book: Rulebook) -> Iterator[str]:
    for basis in rule.basis:
        law = book.laws[basis.law]
        head = f"　《{law.title}》（{law.document_number}）"
        if basis.article is None:
            yield head
            continue
        number = f"第{basis.article}条" if basis.article[0].isdigit() else basis.article
        yield f"{head}{number}：{law.articles[basis.article].text}"


def describe(e: Expression, book: Rulebook) -> str:
    """Say in Chinese when an expression holds."""
    said = _said(e, book)
    if e.not_before:
        said += f"（后面不紧跟{_words(e.not_before)}）"
    if e.not_after:
        said += f"（前面不紧挨{_words(e.not_after)}）"
    return f"{FIELD_TITLES[e.field]}里{said}" if e.field is not None else said


def _said(e: Expression, book: Rulebook) -> str:  # noqa: PLR0911 - one line for each key of the language
    if e.terms is not None:
        return f"出现{_words(e.terms)}"
    if e.lexicon is not None:
        return _lexicon(e.lexicon, book)
    if e.pattern is not None:
        return f"符合正则 {e.pattern}"
    if e.near is not None:
        order = "依次" if e.near.ordered else ""
        return f"{order}相隔不超过 {e.near.within} 个字有：{_list(e.near.of, book, '；')}"
    if e.at_least is not None:
        what = "个不同的词" if len(e.at_least.of) == 1 else "项"
        return f"至少有 {e.at_least.count} {what}：{_list(e.at_least.of, book, '；')}"
    if e.promise is not None:
        return f"承诺回报，{_promise(e.promise)}"
    if e.fact is not None:
        return f"提交的事实 {e.fact.field} {_fact(e.fact)}"
    if e.evasion is not None:
        return f"要还原规避写法才读得出：{describe(e.evasion.of, book)}"
    if e.identifier is not None:
        return f"出现联系方式或账号（{'、'.join(e.identifier.kind)}）"
    if e.context is not None:
        return "、".join(CONTEXTS[kind] for kind in e.context)
    if e.none is not None:
        return f"本句没有：{_list(e.none, book, '，也没有：')}"
    if e.all is not None:
        scope = {"sentence": "同一句里", "submission": "（可跨字段）"}.get(e.same or "", "")
        return f"{scope}同时{_list(e.all, book, '，且')}"
    return _list(e.any or (), book, "；或者")


def _list(expressions: Iterable[Expression], book: Rulebook, between: str) -> str:
    return between.join(describe(expression, book) for expression in expressions)


def _lexicon(name: str, book: Rulebook) -> str:
    if name == ALWAYS_CONSULT:
        return f"出现政策里一律会商的词{_words(book.policy.always_consult.words)}"
    lexicon = book.lexicons[name]
    return f"出现词表“{lexicon.title}”的词{_words([line.term for line in lexicon.terms])}"


def _words(words: Iterable[str]) -> str:
    listed = list(words)
    shown = "、".join(listed[:_MOST_WORDS])
    return f"“{shown}”" + (f"等 {len(listed)} 个词" if len(listed) > _MOST_WORDS else "")


def _promise(promise: Promised) -> str:
    said = []
    if promise.annual_rate_at_least is not None:
        said.append(f"年化不低于 {promise.annual_rate_at_least * 100:g}%")
    if promise.annual_rate_at_least_times_lpr is not None:
        said.append(f"年化不低于 LPR 的 {promise.annual_rate_at_least_times_lpr:g} 倍")
    if promise.assumed_rate_at_least is not None:
        said.append(f"推算年化不低于 {promise.assumed_rate_at_least * 100:g}%")
    if promise.payback_days_at_most is not None:
        said.append(f"{promise.payback_days_at_most} 天内回本")
    if promise.period is not None:
        said.append(f"计息周期 {'、'.join(promise.period)}")
    if promise.kind is not None:
        said.append(f"回报形式 {'、'.join(promise.kind)}")
    if promise.guaranteed is not None:
        said.append("保证本金或收益" if promise.guaranteed else "没有保证本金或收益")
    return "，".join(said)


def _fact(fact: Fact) -> str:
    said = (
        (fact.equals, "等于"),
        (fact.one_of and "、".join(fact.one_of), "属于"),
        (fact.at_least, "不小于"),
        (fact.at_most, "不大于"),
    )
    return "，".join(f"{word} {value}" for value, word in said if value is not None)
