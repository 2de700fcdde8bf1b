"""``risk-screen batch``: every row of a file scored and explained, with a progress bar and a summary."""

import functools
import os
import signal
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.options import CHANNEL_HELP, ModelsOption, RulesOption
from risk_screen.cli.usage import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from risk_screen.bulk.reading import Table
    from risk_screen.bulk.writing import ResultFile
    from risk_screen.wiring import Screener

PARTLY_FAILED: Final = 3
TERMINATED: Final = 128 + signal.SIGTERM
# Starting another process takes as long as screening a file of this size in one.
SMALL_BYTES: Final = 2_000_000


def batch(  # noqa: PLR0913 - the options of the command
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="输入文件：.csv（第一行是列名）或 .jsonl")],
    *,
    channel: Annotated[str, typer.Option("--channel", "-c", metavar="CHANNEL", help=CHANNEL_HELP)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="结果文件：.csv 或 .jsonl")],
    column: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="列名不同时指定，例如 --map text=正文；可重复"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="进程数；默认按文件大小和处理器数")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="结果文件已存在时覆盖")] = False,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """逐行筛查一个文件，每行写出分数、级别、去向和理由。

    坏行写明错误，其余照常筛查，退出码为 3。什么都不保存到数据库。

    认得的列：id 或 编号；name 或 企业名称；business_scope、scope 或 经营范围；text、文本 或 内容。

    例：risk-screen batch 登记.csv --channel registration --output 结果.csv
        risk-screen batch 传单.jsonl --channel marketing --output 结果.jsonl --map text=正文
    """
    from risk_screen.bulk.reading import Table
    from risk_screen.bulk.writing import ResultFile
    from risk_screen.screening.submission import CHANNELS, UnknownChannelError
    from risk_screen.wiring import Screener

    if channel not in CHANNELS:
        raise UnknownChannelError
    _check_output(source, output, overwrite=overwrite)
    table = Table(source, channel, _mapping(column or [], channel))
    make_screener = functools.partial(Screener.load, rules, models)
    make_screener()  # a broken rulebook or model is told before the first row, and before any worker starts
    signal.signal(signal.SIGTERM, _leave)
    with ResultFile(output) as result_file:
        counts = _run(table, result_file, _workers(workers, table.size_bytes), make_screener)
    _summarise(counts, output)
    if counts["failed"]:
        raise typer.Exit(PARTLY_FAILED)


def _run(
    table: "Table", result_file: "ResultFile", workers: int, make_screener: "Callable[[], Screener]"
) -> Counter[str]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from risk_screen.bulk.batch import screen_rows

    counts: Counter[str] = Counter()
    rows_done = TextColumn("{task.fields[rows]:,} 行")
    columns = (TextColumn("筛查中"), BarColumn(), TaskProgressColumn(), rows_done, TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=max(1, table.size_bytes), rows=0)
        for results in screen_rows(table.rows(), channel=table.channel, make_screener=make_screener, workers=workers):
            result_file.write(results)
            counts.update("failed" if result.error else str(result.route) for result in results)
            progress.update(task, completed=table.bytes_read(), rows=counts.total())
        progress.update(task, completed=max(1, table.size_bytes))
    return counts


def _check_output(source: Path, output: Path, *, overwrite: bool) -> None:
    if output.resolve() == source.resolve():
        raise OptionError("结果文件不能与输入文件相同：请换一个名字。")
    if output.is_dir():
        raise OptionError(f"--output {output} 是一个目录：请写出文件名，例如 {output.name}/结果.csv。")
    if output.exists() and not overwrite:
        raise OptionError(f"结果文件 {output.name} 已存在：请换一个名字，或加 --overwrite 覆盖。")


def _workers(asked: int | None, size_bytes: int) -> int:
    return asked or (1 if size_bytes < SMALL_BYTES else os.cpu_count() or 1)


def _mapping(options: list[str], channel: str) -> dict[str, str]:
    """Read ``--map``; a field or a column may be named once."""
    from risk_screen.screening.submission import FIELDS_OF_CHANNEL

    fields = ("id", *FIELDS_OF_CHANNEL[channel])
    mapping: dict[str, str] = {}
    for option in options:
        field, _, column = option.partition("=")
        if field not in fields or not column:
            raise OptionError(
                f"--map {option} 写法不对：应为 字段=列名，{channel} 的字段是 {'、'.join(fields)}，"
                f"例如 --map {fields[-1]}=列名。"
            )
        if field in mapping or column in mapping.values():
            raise OptionError(f"--map {option} 重复：一个字段只能来自一列，一列只能用作一个字段。")
        mapping[field] = column
    return mapping


def _leave(*_: object) -> None:
    """Leave on SIGTERM as on Ctrl+C, cleaning up on the way."""
    raise SystemExit(TERMINATED)


def _summarise(counts: Counter[str], output: Path) -> None:
    from risk_screen.screening.wording import ROUTE_TITLES

    parts = [f"{title} {counts[route]:,}" for route, title in ROUTE_TITLES.items() if counts[route]]
    if counts["failed"]:
        parts.append(f"未能筛查 {counts['failed']:,}（见 error 列）")
    typer.echo(f"共 {counts.total():,} 行：{'，'.join(parts) or '没有数据'}。结果已写入 {output}")
