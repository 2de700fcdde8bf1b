"""Screen the records of a table in several processes and hand back the lines of the result in order."""

import gc
import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context, parent_process
from typing import Any, Final, NamedTuple

from risk_screen.bulk.formats import ResultFormat
from risk_screen.bulk.results import Result, failed, result_of
from risk_screen.bulk.rows import Layout, Record, Row
from risk_screen.errors import RiskScreenError
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission, SubmissionError

CHUNK_ROWS: Final = 400
# A chunk of long texts is closed earlier, so that what is under way stays small.
CHUNK_CHARACTERS: Final = 1_000_000
CHUNKS_AHEAD: Final = 3
FAILED: Final = "failed"
# A forked process has the rulebook and the models at once; elsewhere than on Linux it has to load them.
START_METHOD: Final = "fork" if sys.platform == "linux" else "spawn"
# Answers a process keeps, and the longest text of a field that is kept with one.
MOST_ANSWERED: Final = 2_000
LONGEST_ANSWERED: Final = 2_000
Words = tuple[tuple[str, Any], ...]
_work: "RowScreener | None" = None


class WorkerLostError(RiskScreenError):
    """A process ended in the middle of its work."""

    code = "worker_lost"

    def __init__(self) -> None:
        super().__init__("一个筛查进程意外退出，没有写出结果文件：多半是内存不足，请用更小的 --workers 重试。")


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with every record."""

    channel: str
    layout: Layout
    format: ResultFormat


class Screened(NamedTuple):
    """Some rows of the result: how many, their lines, how many of each route (``failed``: with an error)."""

    rows: int
    lines: bytes
    counts: dict[str, int]


def screen_records(
    records: Iterable[Record], task: Task, *, make_screener: Callable[[], Screener], workers: int, first: int = 1
) -> Iterator[Screened]:
    """Yield results in the order of the records; memory stays constant.

    Parameters
    ----------
    records : iterable of Record
    task : Task
    make_screener : callable
        Called once in this process where processes are forked, else once in each (then it must be picklable).
    workers : int
        Number of processes; with 1 everything runs in this one.
    first : int
        Number of the first record.

    Raises
    ------
    WorkerLostError
    """
    chunks = _chunks(records, first)
    if workers == 1:
        rows = RowScreener(make_screener(), task)
        for number, chunk in chunks:
            yield rows.chunk(number, chunk)
        return
    try:
        yield from _screen_in_processes(chunks, task, make_screener, workers)
    except BrokenProcessPool as error:
        raise WorkerLostError from error


class RowScreener:
    """Screens rows; the words of a row that stood in an earlier one are not read again.

    Messages are forwarded word for word, and what was answered is a pure function of the words.

    Parameters
    ----------
    screener : Screener
    task : Task
    """

    def __init__(self, screener: Screener, task: Task) -> None:
        self._screener, self._task = screener, task
        self._answered = lru_cache(maxsize=MOST_ANSWERED)(self._answer)

    def chunk(self, first: int, records: Sequence[Record]) -> Screened:
        """Screen some records; a bad row gets an ``error`` and the others go on."""
        rows = [self._task.layout.row(number, record) for number, record in enumerate(records, start=first)]
        results = [self.row(row) for row in rows]
        lines = self._task.format.lines(zip([row.cells for row in rows], results, strict=True))
        return Screened(len(rows), lines, dict(Counter(FAILED if r.error else str(r.route) for r in results)))

    def row(self, row: Row) -> Result:
        """Screen one row; whatever is wrong with it becomes its ``error``."""
        if row.error:
            return failed(row.row_id, "row_malformed", row.error)
        try:
            words = tuple(row.fields.items())
            answer = self._answered if _is_short(words) else self._answer
            return Result(row.row_id, *answer(words)[1:])
        except SubmissionError as error:
            return failed(row.row_id, error.code, error.detail)
        except Exception as error:
            # Its message may hold the text of the row; the type is enough to find the defect with.
            return failed(row.row_id, "internal", f"程序内部错误（{type(error).__name__}），请把这一行告诉维护人员")

    def _answer(self, words: Words) -> Result:
        return result_of("", self._screener.assess(Submission.of(self._task.channel, dict(words))))


def _is_short(words: Words) -> bool:
    """Whether the answer may be kept: all of it is text, and not too long."""
    return all(isinstance(text, str) and len(text) <= LONGEST_ANSWERED for _, text in words)


def _chunks(records: Iterable[Record], first: int) -> Iterator[tuple[int, list[Record]]]:
    """Yield records in chunks, each with the number of its first."""
    chunk: list[Record] = []
    characters = 0
    for number, record in enumerate(records, start=first):
        chunk.append(record)
        content = record[0]
        characters += len(content) if isinstance(content, str) else sum(map(len, content))
        if len(chunk) == CHUNK_ROWS or characters >= CHUNK_CHARACTERS:
            yield number - len(chunk) + 1, chunk
            chunk, characters = [], 0
    if chunk:
        yield number - len(chunk) + 1, chunk


def _screen_in_processes(
    chunks: Iterable[tuple[int, list[Record]]], task: Task, make_screener: Callable[[], Screener], workers: int
) -> Iterator[Screened]:
    pool = _pool(task, make_screener, workers)
    try:
        waiting: deque[Future[Screened]] = deque()
        for number, chunk in chunks:
            with _interrupts_held():
                waiting.append(pool.submit(_screen, number, chunk))
            if len(waiting) >= workers * CHUNKS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(task: Task, make_screener: Callable[[], Screener], workers: int) -> ProcessPoolExecutor:
    make = make_screener
    if START_METHOD == "fork":
        screener = make_screener()
        gc.collect()
        gc.freeze()  # what is shared stays shared: the collector would write to it
        make = lambda: screener  # noqa: E731
    return ProcessPoolExecutor(workers, mp_context=get_context(START_METHOD), initializer=_start, initargs=(task, make))


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


def _start(task: Task, make_screener: Callable[[], Screener]) -> None:
    global _work  # noqa: PLW0603 - one screener a process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = RowScreener(make_screener(), task)


def _end_with_parent() -> None:
    """Leave when the process that started this one has gone; it may have been killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _screen(first: int, records: list[Record]) -> Screened:
    assert _work is not None
    return _work.chunk(first, records)
