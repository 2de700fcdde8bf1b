"""``risk-screen batch`` takes as much memory for many rows as for few."""

import contextlib
import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Process = Callable[..., "subprocess.Popen[bytes]"]
MANY = 50_000
TEXT = "本店新张，欢迎惠顾。" * 30
# The texts of the many rows alone take 45 MB as a file and the result more.
MOST_GROWTH_KILOBYTES = 24_000


def table_of(path: Path, count: int) -> None:
    rows = ({"id": str(n), "text": f"{n}{TEXT}"} for n in range(count))
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path, row_group_size=10_000)
        return
    with path.open("w", encoding="utf-8") as file:
        if path.suffix == ".csv":
            file.write("id,text\n")
            file.writelines(f"{row['id']},{row['text']}\n" for row in rows)
        else:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def peak_kilobytes(running: "subprocess.Popen[bytes]") -> int:
    """The most memory that the process or one of its workers has held, as the system notes it while they run."""
    peaks = [0]
    while running.poll() is None:
        for process_id in (running.pid, *children_of(running.pid)):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process_id}/status").read_text())
                peaks.append(int(found[1]) if found else 0)
        time.sleep(0.005)
    assert running.returncode == 0
    return max(peaks)


def children_of(process_id: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "output", "workers", "few"),
    [
        ("in.csv", "out.csv", 2, 2_000),
        ("in.jsonl", "out.xlsx", 1, 2_000),
        ("in.parquet", "out.parquet", 1, 10_000),  # its library takes some thousand rows to have all it keeps
    ],
)
def test_memory_does_not_grow_with_the_rows(  # noqa: PLR0917 - a table of cases
    process: Process, tmp_path: Path, source: str, output: str, workers: int, few: int
) -> None:
    peaks = []
    for count in (few, MANY):
        table_of(tmp_path / source, count)
        arguments = ("batch", source, "-c", "marketing", "-o", output, "--overwrite", "--workers", workers)
        peaks.append(peak_kilobytes(process(*arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    assert peaks[1] - peaks[0] < MOST_GROWTH_KILOBYTES, peaks
