"""``risk-screen batch``: every row of a file scored and explained, with a progress bar and a summary."""

import functools
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.screening import ChannelOption, ModelsOption, RulesOption
from risk_screen.errors import RiskScreenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from risk_screen.bulk.reading import Table
    from risk_screen.bulk.writing import ResultFile
    from risk_screen.wiring import Screener

PARTLY_FAILED: Final = 3


class OptionError(RiskScreenError):
    """An option that cannot be used."""

    code = "option_invalid"


def batch(  # noqa: PLR0913 - the options of the command
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="输入文件：.csv 或 .jsonl")],
    *,
    channel: ChannelOption,
    output: Annotated[Path, typer.Option("--output", "-o", help="结果文件：.csv 或 .jsonl")],
    column: Annotated[
        list[str] | None, typer.Option("--map", help="列名不同时指定，例如 --map text=text_joined（可重复）")
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, max=64, help="进程数，默认等于处理器数")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="结果文件已存在时覆盖")] = False,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """逐行筛查一个文件，每行写出分数、级别、去向和理由；坏行写明错误并继续。

    例：risk-screen batch 登记.csv --channel registration --output 结果.csv
    """
    from risk_screen.bulk.reading import Table
    from risk_screen.bulk.writing import ResultFile
    from risk_screen.screening.submission import CHANNELS, UnknownChannelError
    from risk_screen.wiring import Screener

    if channel not in CHANNELS:
        raise UnknownChannelError
    if output.exists() and not overwrite:
        raise OptionError(f"结果文件 {output.name} 已存在：请换一个名字，或加 --overwrite 覆盖。")
    if output.resolve() == source.resolve():
        raise OptionError("结果文件不能与输入文件相同：请换一个名字。")
    table = Table(source, channel, _mapping(column or []))
    make_screener = functools.partial(Screener.load, rules, models)
    make_screener()  # a broken rulebook or model is told before the first row, and before any worker starts
    with ResultFile(output) as result_file:
        counts = _run(table, result_file, channel, _workers(workers, table.size_bytes), make_screener)
    _summarise(counts, output)
    if counts["failed"]:
        raise typer.Exit(PARTLY_FAILED)


def _run(
    table: "Table", result_file: "ResultFile", channel: str, workers: int, make_screener: "Callable[[], Screener]"
) -> Counter[str]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from risk_screen.bulk.batch import screen_rows

    counts: Counter[str] = Counter()
    rows_done = TextColumn("{task.fields[rows]:,} 行")
    columns = (TextColumn("筛查中"), BarColumn(), TaskProgressColumn(), rows_done, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=max(1, table.size_bytes), rows=0)
        for results in screen_rows(table.rows(), channel=channel, make_screener=make_screener, workers=workers):
            result_file.write(results)
            for result in results:
                counts["failed" if result["error"] else result["route"]] += 1
            progress.update(task, completed=table.bytes_read(), rows=counts.total())
        progress.update(task, completed=max(1, table.size_bytes))
    return counts


def _workers(asked: int | None, size_bytes: int) -> int:
    """Use one process for small files, since starting more costs longer than they save."""
    small = 2_000_000
    return asked or (1 if size_bytes < small else os.cpu_count() or 1)


def _mapping(options: list[str]) -> dict[str, str]:
    fields = ("id", "name", "business_scope", "text")
    mapping = {}
    for option in options:
        field, _, column = option.partition("=")
        if field not in fields or not column:
            raise OptionError(
                f"--map {option} 写法不对：应为 字段=列名，字段是 {'、'.join(fields)} 之一，例如 --map text=正文。"
            )
        mapping[field] = column
    return mapping


def _summarise(counts: Counter[str], output: Path) -> None:
    from risk_screen.screening.wording import ROUTE_TITLES

    parts = [f"{title} {counts[route]:,}" for route, title in ROUTE_TITLES.items() if counts[route]]
    if counts["failed"]:
        parts.append(f"未能筛查 {counts['failed']:,}（见 error 列）")
    typer.echo(f"共 {counts.total():,} 行：{'，'.join(parts) or '没有数据'}。结果已写入 {output}")
