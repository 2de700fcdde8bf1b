"""Write one row per screened row, in order; the file appears under its name only when it is whole."""

import csv
import errno
import io
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import orjson

from risk_screen.bulk.reading import KINDS
from risk_screen.bulk.results import COLUMNS, Result
from risk_screen.errors import RiskScreenError

# A cell a spreadsheet program would run as a formula; plain numbers, signed or not, are none.
_FORMULA: Final = re.compile(r"(?![+-]?[0-9.]+$)[=+\-@\t\r]")

_REASONS: Final = {
    errno.ENOENT: "目录不存在",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EISDIR: "这是一个目录",
    errno.EACCES: "没有写权限",
    errno.EPERM: "没有写权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.ENAMETOOLONG: "文件名太长",
}


class OutputError(RiskScreenError):
    """A result file that cannot be written."""

    code = "output_unwritable"


class ResultFile:
    """A .csv (UTF-8 with BOM, as spreadsheet programs expect) or .jsonl file of results.

    Rows go to ``NAME.partial`` and the file is moved to its name on success; on failure neither is left.

    Raises
    ------
    OutputError
        Unknown kind, a folder that is missing or cannot be written to, a full disk.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in KINDS:
            raise OutputError(
                f"不支持的输出类型 {path.suffix or '（无扩展名）'}：--output 请用 {'、'.join(KINDS)} 结尾。"
            )
        self.path = path
        self._partial = path.with_name(path.name + ".partial")
        self._is_csv = path.suffix.lower() == ".csv"

    def __enter__(self) -> Self:
        with self._told():
            self._file = self._partial.open("wb")
            if self._is_csv:
                text = io.TextIOWrapper(self._file, encoding="utf-8", newline="", write_through=True)
                text.write("\ufeff")
                self._csv = csv.writer(text)
                self._csv.writerow(COLUMNS)
        return self

    def write(self, results: Iterable[Result]) -> None:
        """Write results."""
        with self._told():
            if self._is_csv:
                self._csv.writerows(_cells(result) for result in results)
            else:
                self._file.writelines(_line(result) for result in results)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._told():
                if kind is None:
                    self._file.flush()
                    os.fsync(self._file.fileno())
                self._file.close()
                if kind is None:
                    self._partial.replace(self.path)
        finally:
            self._partial.unlink(missing_ok=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in words what the system refused."""
        try:
            yield
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, f"系统错误 {error.errno}")
            raise OutputError(f"无法写入 {self.path.name}：{reason}，请换一个 --output，或处理后重试。") from error


def _cells(result: Result) -> Iterable[object]:
    """Make the cells of a row; only the id is the user's own, everything else begins with our words."""
    guarded = f"'{result.id}" if _FORMULA.match(result.id) else result.id
    return {**result._asdict(), "id": guarded, "findings": result.findings.decode()}.values()


def _line(result: Result) -> bytes:
    return orjson.dumps({**result._asdict(), "findings": orjson.Fragment(result.findings)}) + b"\n"
