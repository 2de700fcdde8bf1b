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
HostOption = Annotated[
    str | None,
    typer.Option(
        "--host",
        metavar="ADDRESS",
        help="监听地址：127.0.0.1（默认），或 RISK_SCREEN_HOST；别的地址须设 RISK_SCREEN_ALLOW_PLAIN_HTTP",
    ),
]
PortOption = Annotated[
    int | None,
    typer.Option("--port", metavar="N", min=1, max=65_535, help="端口，默认是 RISK_SCREEN_PORT，或 8000；被占用时顺延"),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, max=64, help="几个进程，默认是 RISK_SCREEN_WORKERS，或 1"),
]
CHANNEL_HELP = "渠道：registration 企业登记，或 marketing 宣传文本"
