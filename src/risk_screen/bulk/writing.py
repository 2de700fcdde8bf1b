"""Write the result of a run: it appears under its name only when it is whole, and a run that was stopped can go on."""

import contextlib
import errno
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from risk_screen.bulk.batch import Screened
from risk_screen.bulk.finishing import finish_workbook, read_lines
from risk_screen.bulk.formats import ResultFormat
from risk_screen.bulk.journal import Journal, Progress
from risk_screen.bulk.reading import KINDS, Table
from risk_screen.bulk.results import Result
from risk_screen.errors import RiskScreenError

if sys.platform != "win32":
    import fcntl

RECORD_EVERY_SECONDS: Final = 2.0
_OPEN: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
_REASONS: Final = {
    errno.ENOENT: "目录不存在",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EISDIR: "这是一个目录",
    errno.EACCES: "没有写权限",
    errno.EPERM: "没有写权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EFBIG: "文件超过了系统允许的大小",
    errno.ENAMETOOLONG: "文件名太长",
}


class OutputError(RiskScreenError):
    """A result file that cannot be written."""

    code = "output_unwritable"


def check_kind(path: Path) -> str:
    """Return the kind of a result file.

    Raises
    ------
    OutputError
        When it is none that can be written.
    TableError
        When a library for it is missing.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise OutputError(f"不支持的输出类型 {path.suffix or '（无扩展名）'}：--output 请用 {'、'.join(KINDS)} 结尾。")
    if kind == ".parquet":
        import risk_screen.bulk.parquet  # noqa: F401, PLC0415 - an extra
    return kind


class ResultFile:
    """A .csv, .jsonl, .xlsx or .parquet file of results.

    Rows go to ``NAME.partial``; on success they become the file, in one step. Of a run that fails, ``NAME.partial``
    and its journal are kept when there is a journal and a row is done; otherwise nothing is left.

    Parameters
    ----------
    path : Path
    format_ : ResultFormat, optional
        Our columns alone when not given.
    journal : Journal, optional
        Makes it possible to go on with a run.
    original : Table, optional
        The input; the columns of a .parquet file keep their types in another.

    Attributes
    ----------
    progress : Progress
        What is done; after ``with`` was entered, what an earlier run had done; after a failure, what is kept.
    begun_anew : str
        Why an earlier run is not continued; empty when there is none or it is.

    Raises
    ------
    OutputError
        Unknown kind, a folder that is missing or cannot be written to, a full disk.
    """

    def __init__(
        self,
        path: Path,
        format_: ResultFormat | None = None,
        *,
        journal: Journal | None = None,
        original: Table | None = None,
    ) -> None:
        kind = check_kind(path)
        self.path, self.partial = path, path.with_name(path.name + ".partial")
        self.progress = self._before_last = self._recorded = Progress()
        self.begun_anew = ""
        self._format, self._journal, self._original = format_ or ResultFormat(kind), journal, original

    def __enter__(self) -> Self:
        with self._told():
            self._file: BinaryIO = os.fdopen(os.open(self.partial, _OPEN, 0o666), "r+b", buffering=0)
            try:
                self._lock()
            except BaseException:
                self._file.close()
                raise
            before = self._resumable()
            try:
                self._begin(before)
            except BaseException:
                self._file.close()
                if before is None:
                    self._forget()
                raise
        self._recorded_at = time.monotonic()
        return self

    def append(self, screened: Screened) -> None:
        """Write some rows."""
        with self._told():
            _write_all(self._file, screened.lines)
            self._before_last = self.progress
            self.progress = Progress(
                self.progress.rows + screened.rows,
                self.progress.size_bytes + len(screened.lines),
                Counter(self.progress.counts) + Counter(screened.counts),
            )
            if self._journal and time.monotonic() - self._recorded_at >= RECORD_EVERY_SECONDS:
                self._record(self._journal)

    def write(self, results: Iterable[Result]) -> None:
        """Write results without the columns of an input."""
        for result in results:
            self.append(Screened(1, self._format.lines([((), result)]), {}))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_done = False
        try:
            with self._told():
                if kind is not None:
                    self._keep()
                elif self._journal and self.progress.rows:
                    self._record(self._journal)
                else:
                    os.fsync(self._file.fileno())
                self._file.close()
                if kind is None:
                    self._finish()
                    is_done = True
        finally:
            if is_done or not self.is_kept:
                self._forget()

    @property
    def is_kept(self) -> bool:
        """Whether a run that stops now can be continued."""
        return self._recorded.rows > 0

    def _resumable(self) -> Progress | None:
        if self._journal is None:
            return None
        progress, self.begun_anew = self._journal.read()
        if progress and os.fstat(self._file.fileno()).st_size < progress.size_bytes:
            self.begun_anew = "上次写出的半成品不完整"
            return None
        return progress

    def _begin(self, before: Progress | None) -> None:
        if before is None:
            if self._journal:
                self._journal.remove()
            heading = self._format.heading()
            if os.fstat(self._file.fileno()).st_size:
                self._file.truncate(0)
            _write_all(self._file, heading)
            before = Progress(0, len(heading))
        else:
            self._file.truncate(before.size_bytes)
            self._file.seek(before.size_bytes)
        self.progress = self._before_last = self._recorded = before

    def _record(self, journal: Journal) -> None:
        """Write down what is done, after it is safely on the disk."""
        os.fsync(self._file.fileno())
        journal.write(self.progress)
        self._recorded, self._recorded_at = self.progress, time.monotonic()

    def _keep(self) -> None:
        """Record what a run that fails has done; on a full disk its last rows make room for the record."""
        for progress in (self.progress, self._before_last):
            if self._journal and progress.rows:
                self.progress = progress
                with contextlib.suppress(OSError):
                    self._file.truncate(progress.size_bytes)
                    self._record(self._journal)
                    return
        self.progress = self._recorded

    def _finish(self) -> None:
        """Give the file its form and its name."""
        if self._format.kind in (".csv", ".jsonl"):
            self.partial.replace(self.path)
            return
        made = self.path.with_name(self.path.name + ".new")
        try:
            if self._format.kind == ".xlsx":
                finish_workbook(self.partial, made, self._format)
            else:
                from risk_screen.bulk.parquet import ParquetTable, write_parquet  # noqa: PLC0415 - an extra

                source = self._original.source if self._original else None
                typed = source if isinstance(source, ParquetTable) else None
                write_parquet(made, self._format, read_lines(self.partial), original=typed)
            with made.open("rb") as file:
                os.fsync(file.fileno())
            made.replace(self.path)
        finally:
            made.unlink(missing_ok=True)

    def _forget(self) -> None:
        self.partial.unlink(missing_ok=True)
        if self._journal:
            self._journal.remove()

    def _lock(self) -> None:
        if sys.platform == "win32":
            return
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise OutputError(f"另一个筛查正在写 {self.path.name}：请等它结束，或换一个 --output。") from None
        except OSError:  # a file system without locks
            return

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Say in words what the system refused."""
        try:
            yield
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, f"系统错误 {error.errno}")
            raise OutputError(f"无法写入 {self.path.name}：{reason}，请换一个 --output，或处理后重试。") from error


def _write_all(file: BinaryIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
