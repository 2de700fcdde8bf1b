"""``risk-screen export``, ``import`` and ``hand-over``: the files that offices and platforms exchange."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

import typer

from risk_screen.cli.options import DatabaseOption
from risk_screen.cli.usage import OptionError

if TYPE_CHECKING:
    from risk_screen.access.identity import Identity
    from risk_screen.storage.record_rows import Period

PARTLY_FAILED: Final = 3
BEIJING: Final = ZoneInfo("Asia/Shanghai")
SinceOption = Annotated[
    datetime | None, typer.Option("--since", metavar="DATE", formats=["%Y-%m-%d"], help="从哪一天起（北京时间）")
]
UntilOption = Annotated[
    datetime | None, typer.Option("--until", metavar="DATE", formats=["%Y-%m-%d"], help="到哪一天止，含当天")
]
ChannelOption = Annotated[
    str, typer.Option("--channel", metavar="CHANNEL", help="只要 registration 或 marketing；默认都要")
]


def export(  # noqa: PLR0913 - the options of the command
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="写到哪个文件：.xlsx 或 .jsonl")],
    *,
    since: SinceOption = None,
    until: UntilOption = None,
    channel: ChannelOption = "",
    with_texts: Annotated[
        bool, typer.Option("--with-texts", help="连同名称、经营范围、宣传文本和理由；可能含个人信息，默认不带")
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """导出筛查记录，连同会商和登记结果；导出这件事记入审计。

    .xlsx 的栏目是固定的中文栏目，供人看；.jsonl 用英文栏目和代码，供程序用。

    例：risk-screen export 十一月.xlsx --since 2026-11-01 --until 2026-11-30 --channel registration
    """
    from risk_screen.delivery.exchange_files import FORMATS, content_of, write_whole
    from risk_screen.operations.exchanging import Wanted, export_records
    from risk_screen.wiring import open_store

    format_ = output.suffix.lower().removeprefix(".")
    if format_ not in FORMATS:
        raise OptionError(f"{output.name} 不是 .xlsx 或 .jsonl：请换一个扩展名。")
    wanted = Wanted(_period(since, until), _channel(channel), with_texts, in_words=format_ == "xlsx")
    store = open_store(database)
    try:
        rows = export_records(store, _operator(), wanted)
    finally:
        store.close()
    try:
        write_whole(output, content_of(rows, wanted.columns, format_))
    except OSError as error:
        raise OptionError(f"写不了 {output.name}：请检查文件夹、权限和磁盘空间。") from error
    typer.echo(f"导出 {len(rows):,} 条到 {output}。")


def import_(
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="审批局送来的登记结果：.xlsx 或 .jsonl")],
    *,
    database: DatabaseOption = None,
) -> None:
    """导入登记结果：已登记、改了名称、撤回、不予登记。

    一行一件，按筛查编号或来文编号对应；有误的行逐一说明，其余照常导入，同一份文件可以再导一次。

    例：risk-screen import 登记结果.xlsx
    """
    from risk_screen.bulk.exchange_reading import outcome_rows
    from risk_screen.operations.exchanging import import_outcomes
    from risk_screen.wiring import open_store

    rows = outcome_rows(source)
    store, taken, wrong = open_store(database), 0, 0
    try:
        for one in import_outcomes(store, _operator(), rows):
            if one.problem:
                wrong += 1
                typer.echo(f"第 {one.row} 行：{one.problem}", err=True)
            else:
                taken += 1
    finally:
        store.close()
    typer.echo(f"导入 {taken:,} 行" + (f"，{wrong:,} 行有误，没有导入。" if wrong else "。"))
    if wrong:
        raise typer.Exit(PARTLY_FAILED)


def hand_over(  # noqa: PLR0913 - the options of the command
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="对方平台取文件的文件夹")],
    *,
    mapping: Annotated[Path, typer.Option("--mapping", metavar="FILE", help="栏目与代码的对照文件（YAML）")],
    since: SinceOption = None,
    until: UntilOption = None,
    channel: ChannelOption = "registration",
    database: DatabaseOption = None,
) -> None:
    """按对照文件把记录交给省平台（金安工程）：写成文件放进文件夹，交过的不再交，有变化的再交一次。

    例：risk-screen hand-over /mnt/jagc --mapping 对照.yaml --since 2026-11-01
    """
    from risk_screen.delivery.provincial import FileDrop, PlatformMapping, ProvincialPlatform
    from risk_screen.operations.exchanging import Wanted, export_records
    from risk_screen.wiring import open_store

    mapped = PlatformMapping.from_file(mapping)
    platform: ProvincialPlatform = FileDrop(folder, mapped)
    if not folder.is_dir():
        raise OptionError("没有这个文件夹：请先建好，或检查路径。")
    with_texts = any(column.key in ("name", "business_scope", "text", "reasons") for column in mapped.columns)
    store = open_store(database)
    try:
        rows = export_records(store, _operator(), Wanted(_period(since, until), _channel(channel), with_texts))
        receipt = platform.hand_over(rows, store.now())
    except OSError as error:
        raise OptionError("写不进这个文件夹：请检查权限和磁盘空间；没有交出的下次会再交。") from error
    finally:
        store.close()
    typer.echo(f"交出 {receipt.records:,} 条：{receipt.name}。" if receipt.records else "没有新的记录要交。")


def _operator() -> "Identity":
    """Whoever may run commands on this machine; the audit trail says so."""
    from risk_screen.access.actor import Actor
    from risk_screen.access.identity import Identity
    from risk_screen.access.roles import Permission

    granted = {Permission.EXPORT_RECORDS, Permission.IMPORT_RECORDS, Permission.REPORT_OUTCOME}
    return Identity(Actor("system", "command-line"), granted=frozenset(granted))


def _period(since: datetime | None, until: datetime | None) -> "Period":
    from risk_screen.storage.record_rows import Period

    after = None if until is None else until.date() + timedelta(days=1)
    return Period(_begins(since.date() if since else None), _begins(after))


def _begins(day: date | None) -> str:
    if day is None:
        return ""
    return datetime.combine(day, time(), BEIJING).astimezone(UTC).isoformat(timespec="milliseconds")


def _channel(channel: str) -> str:
    if channel not in ("", "registration", "marketing"):
        raise OptionError("--channel 只能是 registration 或 marketing。")
    return channel
