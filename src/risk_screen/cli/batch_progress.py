"""How far a batch has come, shown on a terminal only: rows, rows a second, time that remains."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from risk_screen.bulk.reading import Table

REFRESH_SECONDS: Final = 0.2


@contextmanager
def progress_of(table: "Table", rows_before: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error; nothing when that is no terminal.

    Parameters
    ----------
    table : Table
        Says how far reading has come.
    rows_before : int
        Rows an earlier run has done; they do not count for the speed.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("筛查中"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} 行　每秒 {task.fields[rate]:,.0f} 行　剩余"),
        TimeRemainingColumn(),
    )
    size = max(1, table.size)
    # No thread of its own, which would be in the way when processes are forked.
    with Progress(*columns, console=console, disable=not console.is_terminal, auto_refresh=False) as progress:
        task = progress.add_task("", total=size, rows=rows_before, rate=0.0)
        begun = shown = time.monotonic()

        def show(rows: int) -> None:
            nonlocal shown
            now = time.monotonic()
            rate = (rows - rows_before) / max(now - begun, 1e-9)
            refresh = now - shown >= REFRESH_SECONDS
            shown = now if refresh else shown
            progress.update(task, completed=table.done(), rows=rows, rate=rate, refresh=refresh)

        yield show
        progress.update(task, completed=size)
