"""``risk-screen purge``: remove what has been kept long enough, and say what."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from risk_screen.cli.options import DatabaseOption

if TYPE_CHECKING:
    from risk_screen.operations.purging import Purged


def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会清除什么，不清除")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取")] = False,
    database: DatabaseOption = None,
) -> None:
    """按保存期限清除来文、引用的字句、人写的意见和答复、事件和举报人信息，并报告清除了什么。

    期限由设置 keep_…_days 规定，服务不必停；审计记录从不清除，清除本身也记在里面。可以交给定时任务每天运行。

    例：risk-screen purge --dry-run
    """
    from risk_screen.operations.backing_up import OPERATOR
    from risk_screen.operations.purging import SCHEDULES, due
    from risk_screen.operations.purging import purge as remove
    from risk_screen.settings import Settings
    from risk_screen.wiring import open_store

    settings = Settings()
    days = {schedule: getattr(settings, f"keep_{schedule}_days") for schedule in SCHEDULES}
    store = open_store(database)
    try:
        found = due(store, days) if dry_run else remove(store, days, OPERATOR)
    finally:
        store.close()
    if as_json:
        import orjson

        typer.echo(orjson.dumps([asdict(one) for one in found], option=orjson.OPT_INDENT_2))
        return
    for one in found:
        typer.echo(_line(one, "会清除" if dry_run else "已清除"))
    typer.echo("审计记录：从不清除")


def _line(one: "Purged", word: str) -> str:
    if not one.days:
        return f"{one.title}：一直保存"
    rule = f"保存 {one.days} 天，{one.setting}"
    if one.oldest is None or one.newest is None:
        return f"{one.title}：没有到期的（{rule}）"
    return f"{one.title}：{word} {one.count:,} 条，{_day(one.oldest)} 至 {_day(one.newest)}（{rule}）"


def _day(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d}"
