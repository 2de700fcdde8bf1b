"""``risk-screen screen``: one text, explained for a person, or as JSON for a program."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from risk_screen.cli.options import CHANNEL_HELP, ModelsOption, RulesOption
from risk_screen.cli.text_input import read_text
from risk_screen.cli.usage import OptionError


def screen(  # noqa: PLR0913 - the options of the command
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="宣传文本；写 - 则从标准输入读")] = None,
    *,
    channel: Annotated[
        str, typer.Option("--channel", "-c", metavar="CHANNEL", help=f"{CHANNEL_HELP}（默认）")
    ] = "marketing",
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="企业名称（企业登记）")] = None,
    scope: Annotated[str | None, typer.Option("--scope", metavar="TEXT", help="经营范围（企业登记）")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="从文本文件读宣传文本，UTF-8 或 GBK 编码")
    ] = None,
    for_applicant: Annotated[
        bool, typer.Option("--for-applicant", help="企业登记：再印出可以对申请人说的话，和改动最小的写法")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序使用；与接口返回的相同")] = False,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """筛查一段文字，解释每一分的由来。

    例：risk-screen screen "投10万一年返13万，保本保息"
        risk-screen screen --channel registration --name 某某财富管理有限公司 --scope 投资咨询
        risk-screen screen --file 传单.txt --json
    """
    if file is not None and text is not None:
        raise OptionError("文本和 --file 只能给一个：请去掉其中一个。")
    if file is not None or text == "-":
        text = read_text(file)
    from risk_screen.screening.submission import Submission
    from risk_screen.wiring import Screener

    submission = Submission.of(channel, {"text": text, "name": name, "business_scope": scope})
    if for_applicant and submission.channel != "registration":
        raise OptionError("--for-applicant 只用于企业登记：请加上 --channel registration，或去掉它。")
    screener = Screener.load(rules, models)
    assessment = screener.assess(submission)
    if as_json:
        sys.stdout.buffer.write(assessment.to_json() + b"\n")
        return
    from risk_screen.cli.rendering import show, show_advice

    show(assessment, dict(submission.fields))
    if for_applicant:
        from risk_screen.screening.advising import advise

        show_advice(advise(screener, submission, assessment))
