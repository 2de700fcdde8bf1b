"""``risk-screen audit``: check the trail of who did what, without a running service."""

from pathlib import Path
from typing import Annotated, Final

import typer

from risk_screen.cli.help import ChineseCommand, ChineseGroup
from risk_screen.cli.options import DatabaseOption
from risk_screen.errors import RiskScreenError

FINDINGS: Final = 1

app = typer.Typer(
    cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None, subcommand_metavar="命令 …", add_completion=False
)


class AnchorsUnreadableError(RiskScreenError):
    """The file of anchors that was asked for cannot be read."""

    code = "anchors_unreadable"

    def __init__(self) -> None:
        super().__init__("锚点文件读不了：请检查 --anchors 所指的文件是否存在、是否可读。")


@app.callback()
def audit_command() -> None:
    """检查审计记录。

    例：risk-screen audit verify
    """


@app.command("verify", cls=ChineseCommand)
def verify(
    *,
    anchors: Annotated[
        Path | None,
        typer.Option(
            "--anchors", metavar="FILE", help="锚点文件；默认是 RISK_SCREEN_AUDIT_ANCHORS，或数据库旁边的那一个"
        ),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """检查审计记录有没有被改动、删除、调换或截去。

    不需要服务在运行，也不改动数据库。完整时退出码为 0，有问题时为 1，逐处列出。

    例：risk-screen audit verify --anchors 锚点副本.jsonl
    """
    from risk_screen.operations.anchoring import read_anchors, usual_anchor_file
    from risk_screen.operations.auditing import lines_of
    from risk_screen.operations.auditing import verify as check
    from risk_screen.settings import Settings
    from risk_screen.storage.database import attach_database

    settings = Settings()
    engine = attach_database(database or settings.database)
    path = anchors or settings.audit_anchors or usual_anchor_file(engine.url)
    try:
        lines = list(read_anchors(path))
    except OSError as error:
        if anchors is not None:
            raise AnchorsUnreadableError from error
        lines = []
    found = check(engine, lines)
    engine.dispose()
    for line in lines_of(found):
        typer.echo(line)
    if found.findings:
        raise typer.Exit(FINDINGS)
