"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="规则目录；默认依次是环境变量 RISK_SCREEN_RULES、./rules、程序自带"),
]
ModelsOption = Annotated[
    Path | None,
    typer.Option("--models", metavar="DIR", help="模型目录；默认依次是环境变量 RISK_SCREEN_MODELS、./models、程序自带"),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="URL", help="数据库；默认是 RISK_SCREEN_DATABASE，或 sqlite:///var/risk_screen.db"
    ),
]
CHANNEL_HELP = "渠道：registration 企业登记，或 marketing 宣传文本"
