"""Show an assessment in the terminal: level, highlighted text, the sum of parts, promises, what is missing."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from risk_screen.screening.advising import Advice
from risk_screen.screening.assessment import Assessment, PromiseFound
from risk_screen.screening.wording import (
    CHARACTERISTIC_TITLES,
    FIELD_TITLES,
    IDENTIFIER_TITLES,
    KIND_TITLES,
    LEVEL_TITLES,
    ROUTE_ADVICE,
    ROUTE_TITLES,
    basis_phrase,
    evasions_phrase,
    one_line,
)

# Control characters could move the cursor or hide text; each becomes one visible mark, so that places stay.
_UNPRINTABLE: Final[dict[int, int | str]] = {
    **{code: 0x2400 + code for code in range(32)},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),  # C1, text direction
    **dict.fromkeys(map(ord, "\t\r"), " "),
    ord("\n"): "\n",
}
LEVEL_STYLES = {"low": "blue", "attention": "yellow", "elevated": "dark_orange", "high": "red"}
REASON_STYLE, PROMISE_STYLE, QUIET_STYLE = "bold reverse", "bold underline", "dim"


def show(assessment: Assessment, fields: Mapping[str, str], console: Console | None = None) -> None:
    """Print an assessment for a person; colours only where the terminal has them."""
    console = console or Console(highlight=False)
    style = LEVEL_STYLES[assessment.level]
    head = f"{LEVEL_TITLES[assessment.level]}  {assessment.score:.1f} 分  →  {ROUTE_TITLES[assessment.route]}"
    console.print(Panel(Text(head, style=f"bold {style}"), border_style=style, expand=False))
    console.print(Text(ROUTE_ADVICE[assessment.route]))
    for field, text in fields.items():
        console.print(Text(f"{FIELD_TITLES[field]}：", style="bold"), end="")
        console.print(highlighted(assessment, field, text))
    console.print(sum_of_parts(assessment))
    if any(r.decibans != r.weight for r in assessment.reasons):
        console.print(Text("“计入 / 规则所定”：同一特征的依据有重叠，第二条计一半，第三条计四分之一。", QUIET_STYLE))
    _show_list(console, "承诺的回报", [_promised(promise) for promise in assessment.promises])
    _show_list(
        console, "联系方式与账号", [f"{IDENTIFIER_TITLES[i.kind]} {printable(i.value)}" for i in assessment.identifiers]
    )
    _show_list(console, "不计分的词语", [f"“{_quoted(e.quote)}”：{e.why}" for e in assessment.exempted])
    _show_list(console, "未读入的声明", [f"“{_quoted(m.quote)}”：{m.why}" for m in assessment.masked])
    _show_list(console, "没有评估的规则", [f"{n.code}：{n.why}" for n in assessment.not_evaluated])
    _show_list(console, "必须核验", list(assessment.required_checks))
    _show_list(console, "现场要问清", list(assessment.questions))
    v = assessment.versions
    console.print(
        Text(
            f"规则 {v.rulebook} · 模型 {v.model} · 政策 {v.policy} · 程序 {v.program}；结论供人工判断参考", QUIET_STYLE
        )
    )


def show_advice(advice: Advice, console: Console | None = None) -> None:
    """Print what an applicant may be told."""
    console = console or Console(highlight=False)
    if not advice.sentences and not advice.summary:
        console.print(Text("对申请人：不需要修改。", style="bold"))
        return
    _show_list(console, "对申请人可以这样说", [printable(told.sentence) for told in advice.sentences])
    console.print(Text(f"改动最小的写法：{printable(advice.summary)}", style="bold"))
    if advice.rewording is not None and advice.rewording.is_complete:
        for field, text in advice.rewording.fields.items():
            console.print(Text(f"　{FIELD_TITLES[field]}：{printable(text)}"))


def highlighted(assessment: Assessment, field: str, text: str) -> Text:
    """Return the text as sent, with the words that count, the promises and what was left out marked."""
    shown = Text(printable(text))
    for masked in assessment.masked:
        _mark(shown, masked.field == field, masked.spans, QUIET_STYLE)
    for promise in assessment.promises:
        _mark(shown, promise.field == field, promise.spans, PROMISE_STYLE)
    for reason in assessment.reasons:
        _mark(shown, reason.field == field, reason.spans, f"{REASON_STYLE} {LEVEL_STYLES[assessment.level]}")
    return shown


def printable(text: str) -> str:
    """Return a text of the same length without characters that a terminal would obey."""
    return text.translate(_UNPRINTABLE)


def sum_of_parts(assessment: Assessment) -> Table:
    """Return the table whose last column adds up to the total."""
    table = Table(title="分数由来（分贝 = 10·lg 似然比）", title_justify="left", box=None, pad_edge=False)
    table.add_column("依据", overflow="fold")
    table.add_column("原文", overflow="fold")
    table.add_column("特征")
    table.add_column("法条", overflow="fold")
    table.add_column("计入", justify="right")
    table.add_row("起点（同类来文的平均风险）", "", "", "", f"{assessment.prior_decibans:+.1f}")
    for r in assessment.reasons:
        via = evasions_phrase(r.via)
        table.add_row(
            r.title,
            Text(_quoted(r.quote) + (f"（{via}）" if via else "")),
            CHARACTERISTIC_TITLES[r.characteristic],
            "、".join(basis_phrase(b) for b in r.basis),
            f"{r.decibans:+.1f}" + (f" / {r.weight:g}" if r.decibans != r.weight else ""),
        )
    words = "、".join(_quoted(t.quote, 12) for t in assessment.model.terms[:4])
    table.add_row("文本分类器", Text(words), "", "", f"{assessment.model.decibans:+.1f}")
    table.add_row("合计", "", "", "", f"{assessment.total_decibans:+.1f}", style="bold")
    return table


def _quoted(quote: str, most: int = 40) -> str:
    return printable(one_line(quote, most))


def _promised(promise: PromiseFound) -> str:
    """Say the arithmetic of a promise, and what it comes to where that is more than the arithmetic says."""
    notes = [KIND_TITLES[promise.kind]]
    if promise.assumed_rate is not None:
        notes.append(f"原文没有写明按年，推定每年 {promise.assumed_rate:.1%}")
    if promise.irr is not None:
        notes.append(f"内部收益率 {promise.irr:.1%}/年")
    if promise.payback_days is not None:
        notes.append(f"称 {promise.payback_days:,} 天回本")
    return f"{printable(promise.arithmetic)}（{'，'.join(notes)}）"


def _show_list(console: Console, title: str, lines: list[str]) -> None:
    if lines:
        console.print(Text(title, style="bold"))
        for line in lines:
            console.print(Text(f"  · {line}"))


def _mark(shown: Text, here: bool, spans: tuple[tuple[int, int], ...], style: str) -> None:
    if here:
        for start, end in spans:
            shown.stylize(style, start, end)
