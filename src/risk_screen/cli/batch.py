"""``risk-screen batch``: every row of a file scored and explained, with a progress bar and a summary."""

import itertools
import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.batch_progress import progress_of
from risk_screen.cli.options import CHANNEL_HELP, ModelsOption, RulesOption
from risk_screen.cli.usage import OptionError

if TYPE_CHECKING:
    from risk_screen.bulk.batch import Task
    from risk_screen.bulk.reading import Table
    from risk_screen.bulk.writing import ResultFile
    from risk_screen.wiring import Screener

PARTLY_FAILED: Final = 3
TERMINATED: Final = 128 + signal.SIGTERM
# Starting another process takes as long as screening a file of this size in one.
SMALL_BYTES: Final = 500_000


def batch(  # noqa: PLR0913 - the options of the command
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="输入文件：.csv、.xlsx（有一行列名）、.jsonl 或 .parquet")
    ],
    *,
    channel: Annotated[str, typer.Option("--channel", "-c", metavar="CHANNEL", help=CHANNEL_HELP)],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="结果文件：.csv、.xlsx、.jsonl 或 .parquet")
    ],
    column: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="列名不同时指定，例如 --map text=正文；可重复"),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", metavar="NAME", help=".xlsx 的工作表；默认第一张可见而且有内容的")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="进程数；默认按文件大小和处理器数")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="结果文件已存在时覆盖")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="不接着上次没有完成的筛查，从头开始")] = False,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """逐行筛查一个文件，每行写出分数、级别、去向和理由；原有的列都保留。

    坏行写明错误，其余照常筛查，退出码为 3。中断以后，再运行同样的命令会接着筛查。什么都不保存到数据库。

    认得的列：id 或 编号；name 或 企业名称；business_scope、scope 或 经营范围；text、文本 或 内容。

    例：risk-screen batch 登记.xlsx --channel registration --output 结果.xlsx
        risk-screen batch 传单.jsonl --channel marketing --output 结果.jsonl --map text=正文
    """
    from risk_screen.bulk.batch import FAILED, Task
    from risk_screen.bulk.formats import ResultFormat
    from risk_screen.bulk.journal import Journal
    from risk_screen.bulk.reading import Table
    from risk_screen.bulk.writing import ResultFile, check_kind
    from risk_screen.screening.submission import CHANNELS, UnknownChannelError

    if channel not in CHANNELS:
        raise UnknownChannelError
    _check_output(source, output, overwrite=overwrite)
    kind = check_kind(output)
    mapping = _mapping(column or [], channel)
    table = Table(source, channel, mapping, sheet=sheet)
    _say(*table.notices)
    load = _Loading(rules, models)
    options = json.dumps([channel, mapping, sheet, kind], ensure_ascii=False, sort_keys=True)
    journal = Journal(
        output.with_name(f"{output.name}.partial.json"),
        {"input": table.sha256(), "options": options, **_versions(load(), channel)},
    )
    if restart:
        journal.remove()
    task = Task(channel, table.layout, ResultFormat.of(kind, table.layout))
    result_file = ResultFile(output, task.format, journal=journal, original=table)
    signal.signal(signal.SIGTERM, _leave)
    _run(table, task, result_file, load, _workers(workers, source))
    _summarise(result_file.progress.counts, output)
    if result_file.progress.counts.get(FAILED):
        raise typer.Exit(PARTLY_FAILED)


class _Loading:
    """Loads the screener, once in a process; picklable."""

    def __init__(self, rules: Path | None, models: Path | None) -> None:
        self._where = (rules, models)
        self._loaded: Screener | None = None

    def __call__(self) -> "Screener":
        from risk_screen.wiring import Screener

        if self._loaded is None:
            self._loaded = Screener.load(*self._where)
        return self._loaded

    def __reduce__(self) -> tuple[type["_Loading"], tuple[Path | None, Path | None]]:
        return _Loading, self._where


def _versions(screener: "Screener", channel: str) -> dict[str, str]:
    """Ask with a first text, which also readies what is made when it is first needed."""
    from risk_screen.screening.submission import FIELDS_OF_CHANNEL, Submission

    versions = screener.assess(Submission.of(channel, dict.fromkeys(FIELDS_OF_CHANNEL[channel], "版本"))).versions
    return {
        "rulebook": versions.rulebook,
        "model": versions.model,
        "policy": versions.policy,
        "program": versions.program,
    }


def _run(table: "Table", task: "Task", result_file: "ResultFile", load: _Loading, workers: int) -> None:
    from risk_screen.bulk.batch import screen_records

    try:
        with result_file:
            before = result_file.progress.rows
            if before:
                _say(f"上次的筛查没有完成，从第 {before + 1:,} 行继续。")
            if result_file.begun_anew:
                _say(f"上次没有完成的筛查不能接着做（{result_file.begun_anew}），从头开始。")
            records = itertools.islice(table.records(), before, None)
            with progress_of(table, before) as show:
                for screened in screen_records(records, task, make_screener=load, workers=workers, first=before + 1):
                    result_file.append(screened)
                    show(result_file.progress.rows)
    except BaseException:
        if result_file.is_kept:
            _say(
                f"已完成的 {result_file.progress.rows:,} 行保留在 {result_file.partial.name}："
                "再运行同样的命令就从那里继续；不要了，就删掉它和同名的 .json 文件。"
            )
        raise


def _say(*sentences: str) -> None:
    for sentence in sentences:
        typer.echo(sentence, err=True)


def _check_output(source: Path, output: Path, *, overwrite: bool) -> None:
    if output.resolve() == source.resolve() or (output.exists() and source.exists() and output.samefile(source)):
        raise OptionError("结果文件不能与输入文件相同：请换一个名字。")
    if output.is_dir():
        raise OptionError(f"--output {output} 是一个目录：请写出文件名，例如 {output.name}/结果.csv。")
    if output.exists() and not overwrite:
        raise OptionError(f"结果文件 {output.name} 已存在：请换一个名字，或加 --overwrite 覆盖。")


def _workers(asked: int | None, source: Path) -> int:
    return asked or (1 if source.stat().st_size < SMALL_BYTES else os.cpu_count() or 1)


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


def _summarise(counts: Mapping[str, int], output: Path) -> None:
    from risk_screen.bulk.batch import FAILED
    from risk_screen.screening.wording import ROUTE_TITLES

    parts = [f"{title} {counts[route]:,}" for route, title in ROUTE_TITLES.items() if counts.get(route)]
    if counts.get(FAILED):
        parts.append(f"未能筛查 {counts[FAILED]:,}（见 error 列）")
    typer.echo(f"共 {sum(counts.values()):,} 行：{'，'.join(parts) or '没有数据'}。结果已写入 {output}")
