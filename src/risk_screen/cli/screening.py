"""``risk-screen screen``: one text, explained for a person, or as JSON for a program."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from risk_screen.errors import RiskScreenError

RulesOption = Annotated[Path | None, typer.Option("--rules", help="规则目录（默认：环境变量、./rules、程序自带）")]
ModelsOption = Annotated[Path | None, typer.Option("--models", help="模型目录（默认：环境变量、./models、程序自带）")]
ChannelOption = Annotated[str, typer.Option("--channel", "-c", help="registration 企业登记，或 marketing 宣传文本")]


class InputFileError(RiskScreenError):
    """A file or standard input that cannot be read as text."""

    code = "input_unreadable"


def screen(  # noqa: PLR0913 - the options of the command
    text: Annotated[str | None, typer.Argument(help="宣传文本；写 - 则从标准输入读")] = None,
    *,
    channel: ChannelOption = "marketing",
    name: Annotated[str | None, typer.Option("--name", help="企业名称（registration）")] = None,
    scope: Annotated[str | None, typer.Option("--scope", help="经营范围（registration）")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="从文本文件读宣传文本")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序使用")] = False,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """筛查一段文字并解释每一分。

    例：risk-screen screen "投10万一年返13万，保本保息"
    """
    if file is not None and text is not None:
        raise InputFileError("文本和 --file 只能给一个：请去掉其中一个。")
    if file is not None or text == "-":
        text = _read(file)
    from risk_screen.wiring import Screener

    fields = {"text": text} if channel == "marketing" else {"name": name, "business_scope": scope}
    if channel == "registration" and text is not None:
        fields["text"] = text
    if channel == "marketing":
        fields |= {k: v for k, v in {"name": name, "business_scope": scope}.items() if v is not None}
    assessment = Screener.load(rules, models).screen(channel, **fields)
    if as_json:
        sys.stdout.buffer.write(assessment.to_json() + b"\n")
        return
    from risk_screen.cli.rendering import show

    show(assessment, {k: v for k, v in fields.items() if v})


def _read(file: Path | None) -> str:
    """Read a file or standard input as UTF-8 (BOM or not) or GB18030 text."""
    try:
        content = file.read_bytes() if file is not None else sys.stdin.buffer.read()
    except OSError as error:
        raise InputFileError(f"打不开文件 {file}：请检查路径与权限。") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            if encoding == "utf-8-sig" or b"\x00" not in content:
                return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputFileError(
        "输入不是文本（既不是 UTF-8 也不是 GB18030 编码）：请另存为 UTF-8 文本后重试；图片请先识别成文字。"
    )
