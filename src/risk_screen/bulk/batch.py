"""Screen the rows of a table in several processes and hand the results back in order."""

import itertools
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Final

from risk_screen.bulk.reading import Row
from risk_screen.bulk.results import Result, failed, result_of
from risk_screen.errors import RiskScreenError
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission, SubmissionError

CHUNK_ROWS: Final = 400
CHUNKS_AHEAD: Final = 3
_screener: Screener | None = None


class WorkerLostError(RiskScreenError):
    """A process ended in the middle of its work."""

    code = "worker_lost"

    def __init__(self) -> None:
        super().__init__("一个筛查进程意外退出，没有留下结果文件：多半是内存不足，请用更小的 --workers 重试。")


def screen_rows(
    rows: Iterable[Row], *, channel: str, make_screener: Callable[[], Screener], workers: int
) -> Iterator[list[Result]]:
    """Yield lists of results, in the order of the rows; memory stays constant.

    Parameters
    ----------
    rows : iterable of Row
    channel : str
    make_screener : callable
        Called once in every process (must be picklable when ``workers`` > 1).
    workers : int
        Number of processes; with 1 everything runs in this one.

    Raises
    ------
    WorkerLostError
    """
    chunks = _chunks(rows)
    if workers == 1:
        screener = make_screener()
        for chunk in chunks:
            yield screen_chunk(screener, chunk, channel)
        return
    try:
        yield from _screen_in_processes(chunks, channel, make_screener, workers)
    except BrokenProcessPool as error:
        raise WorkerLostError from error


def screen_chunk(screener: Screener, rows: Iterable[Row], channel: str) -> list[Result]:
    """Screen some rows; a bad row gets an ``error`` and the others go on."""
    return [_screen_row(screener, row, channel) for row in rows]


def _screen_row(screener: Screener, row: Row, channel: str) -> Result:
    if row.error:
        return failed(row.row_id, "row_malformed", row.error)
    try:
        return result_of(row.row_id, screener.assess(Submission.of(channel, row.fields)))
    except SubmissionError as error:
        return failed(row.row_id, error.code, error.detail)
    except Exception as error:
        # Its message may hold the text of the row; the type is enough to find the defect with.
        return failed(row.row_id, "internal", f"程序内部错误（{type(error).__name__}），请把这一行告诉维护人员")


def _screen_in_processes(
    chunks: Iterable[list[Row]], channel: str, make_screener: Callable[[], Screener], workers: int
) -> Iterator[list[Result]]:
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start, initargs=(make_screener,))
    try:
        waiting: deque[Future[list[Result]]] = deque()
        for chunk in chunks:
            with _interrupts_held():
                waiting.append(pool.submit(_work, chunk, channel))
            if len(waiting) >= workers * CHUNKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start processes that never see Ctrl+C: this one hears it, stops them and cleans up."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        yield chunk


def _start(make_screener: Callable[[], Screener]) -> None:
    global _screener  # noqa: PLW0603 - one screener a process
    _screener = make_screener()


def _work(rows: list[Row], channel: str) -> list[Result]:
    assert _screener is not None
    return screen_chunk(_screener, rows, channel)
