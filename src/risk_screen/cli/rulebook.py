"""``risk-screen rules``: check a rulebook, run its examples, read a rule aloud."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.help import ChineseCommand, ChineseGroup
from risk_screen.cli.options import RulesOption
from risk_screen.errors import RiskScreenError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from risk_screen.rules.errors import Problem

FINDINGS: Final = 1

app = typer.Typer(
    cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None, subcommand_metavar="命令 …", add_completion=False
)


class UnknownRuleError(RiskScreenError):
    """No rule with this id."""

    code = "rule_unknown"

    def __init__(self, similar: "Sequence[str]") -> None:
        guess = f"是不是 {'、'.join(similar)}？" if similar else "编号是 目录名.文件名，例如 rules/ 下的文件。"
        super().__init__(f"规则库里没有这个编号：{guess}")


class LockError(RiskScreenError):
    """rulebook.lock cannot be read or written."""

    code = "lock_unusable"

    def __init__(self) -> None:
        super().__init__("规则目录里的 rulebook.lock 读写不了：请检查目录是否可写、文件是否为 UTF-8 文本。")


@app.callback()
def rules_command() -> None:
    """检查和阅读规则库。

    例：risk-screen rules lint
    """


@app.command("lint", cls=ChineseCommand)
def lint(
    *,
    write_lock: Annotated[
        bool, typer.Option("--write-lock", help="没有错误时更新 rulebook.lock（改了规则并升过 version 以后）")
    ] = False,
    rules: RulesOption = None,
) -> None:
    """检查规则库，一次列出全部问题。

    每个问题写明 文件:行:列、编号和改法；有错误时退出码为 1，只有提示时为 0。

    例：risk-screen rules lint --rules ./rules
    """
    from risk_screen.rules import checking

    directory = _directory(rules)
    try:
        in_the_way = checking.renew_lock(directory) if write_lock else []
        problems = in_the_way or checking.lint(directory)
    except (OSError, UnicodeDecodeError) as error:
        raise LockError from error
    _report(directory, problems)


@app.command("test", cls=ChineseCommand)
def run_examples(*, rules: RulesOption = None) -> None:
    """运行每条规则自带的例子。

    有不符的，逐个列出，退出码为 1。

    例：risk-screen rules test
    """
    from risk_screen.rules import checking
    from risk_screen.rules.loading import load_rulebook

    results = checking.run_examples(load_rulebook(_directory(rules)))
    failed = [result for result in results if not result.passed]
    for result in failed:
        kind = "应命中" if result.kind == "hit" else "不应计分"
        typer.echo(f"{result.rule_id} {kind}的第 {result.number} 个例子：{result.message}")
    if failed:
        typer.echo(f"{len(results):,} 个例子中有 {len(failed):,} 个不符。")
        raise typer.Exit(FINDINGS)
    count = len({result.rule_id for result in results})
    typer.echo(f"{count:,} 条规则的 {len(results):,} 个例子全部符合。")


@app.command("explain", cls=ChineseCommand)
def explain(
    rule_id: Annotated[str, typer.Argument(metavar="RULE_ID", help="规则编号，例如 marketing.guaranteed-principal")],
    *,
    rules: RulesOption = None,
) -> None:
    """用中文念出一条规则。

    找什么、何时不算数、分量多少、依据哪条法。

    例：risk-screen rules explain marketing.guaranteed-principal
    """
    from difflib import get_close_matches

    from risk_screen.rules.explaining import explain as describe
    from risk_screen.rules.loading import load_rulebook

    book = load_rulebook(_directory(rules))
    ids = [rule.id for rule in book.rules]
    if rule_id not in ids:
        raise UnknownRuleError(get_close_matches(rule_id, ids, n=3, cutoff=0.5))
    typer.echo(describe(book, rule_id))


def _directory(rules: "Path | None") -> "Path":
    from risk_screen.rules.finding import find_rules_directory
    from risk_screen.settings import Settings

    return find_rules_directory(rules or Settings().rules)


def _report(directory: "Path", problems: "Sequence[Problem]") -> None:
    """Print what was found; notices alone are no failure."""
    for problem in problems:
        typer.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    notices = len(problems) - errors
    said = f"{errors:,} 处错误" if errors else "没有错误"
    typer.echo(f"{directory}：{said}" + (f"，{notices:,} 处提示。" if notices else "。"))
    if errors:
        raise typer.Exit(FINDINGS)
