"""Write one row per screened row, in order; the file appears under its name only when it is whole."""

import csv
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from risk_screen.bulk.reading import KINDS, TableError

COLUMNS: Final = (
    "id",
    "score",
    "level",
    "route",
    "annual_rate",
    "reasons",
    "findings",
    "error",
    "rulebook_version",
    "model_version",
    "policy_version",
    "program_version",
)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class ResultFile:
    """A .csv (UTF-8 with BOM, as spreadsheet programs expect) or .jsonl file of results.

    Rows go to ``NAME.partial`` and the file is moved to its name on success; on failure nothing stands under the name.

    Raises
    ------
    TableError
        Unknown kind, or a folder that cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in KINDS:
            raise TableError(
                f"不支持的输出类型 {path.suffix or '（无扩展名）'}：--output 请用 {'、'.join(KINDS)} 结尾。"
            )
        self.path = path
        self._partial = path.with_name(path.name + ".partial")
        self._is_csv = path.suffix.lower() == ".csv"

    def __enter__(self) -> Self:
        try:
            self._file: IO[str] = self._partial.open(
                "w", encoding="utf-8-sig" if self._is_csv else "utf-8", newline="" if self._is_csv else "\n"
            )
        except OSError as error:
            raise TableError(f"无法写入 {self.path.name}：请检查目录是否存在、是否有写权限。") from error
        self._csv = csv.writer(self._file)
        if self._is_csv:
            self._csv.writerow(COLUMNS)
        return self

    def write(self, results: Iterable[Mapping[str, Any]]) -> None:
        """Write results (mappings with the keys of COLUMNS)."""
        if self._is_csv:
            self._csv.writerows([[_cell(result[column]) for column in COLUMNS] for result in results])
        else:
            self._file.writelines(json.dumps(result, ensure_ascii=False) + "\n" for result in results)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        if kind is None:
            self._partial.replace(self.path)
        else:
            self._partial.unlink(missing_ok=True)


def _cell(value: Any) -> Any:
    """One CSV cell: lists as JSON, nothing for None, and no cell that a spreadsheet would run as a formula."""
    if value is None:
        return ""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
