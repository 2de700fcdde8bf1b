"""Result files: whole or not there at all; what a run has done is not lost, whatever stops it."""

import contextlib
import csv
import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import assessment, flyer_assessment
from risk_screen.bulk import writing
from risk_screen.bulk.batch import Screened
from risk_screen.bulk.formats import ResultFormat
from risk_screen.bulk.journal import DEPENDS_ON, Journal, Progress
from risk_screen.bulk.results import Result, failed, result_of
from risk_screen.bulk.writing import OutputError, ResultFile

RESULTS = [result_of("A", flyer_assessment()), result_of("B", assessment()), failed("C", "text_blank", "没有内容。")]
KINDS = (".csv", ".jsonl", ".xlsx", ".parquet")
NOBODY = 65_534


def written(path: Path, results: list[Result] = RESULTS) -> list[dict[str, object]]:
    with ResultFile(path) as file:
        file.write(results)
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def journal_of(path: Path, **changed: str) -> Journal:
    return Journal(path.with_name(path.name + ".partial.json"), dict.fromkeys(DEPENDS_ON, "1") | changed)


def chunk(path: Path, *numbers: int) -> Screened:
    rows = [((), result_of(str(n), flyer_assessment())) for n in numbers]
    return Screened(len(rows), ResultFormat(path.suffix).lines(rows), {"site_check": len(rows)})


def stopped_after(path: Path, *numbers: int) -> None:
    """A run that is stopped after some rows."""
    with contextlib.suppress(KeyboardInterrupt), ResultFile(path, journal=journal_of(path)) as file:
        file.append(chunk(path, *numbers))
        raise KeyboardInterrupt


def test_results_can_be_written_without_a_table(tmp_path: Path) -> None:
    assert [row["id"] for row in written(tmp_path / "out.csv")] == ["A", "B", "C"]
    assert [row["id"] for row in written(tmp_path / "out.jsonl")] == ["A", "B", "C"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, SystemExit, ValueError])
def test_a_run_without_a_journal_that_is_stopped_leaves_nothing(
    tmp_path: Path, kind: str, stopped_by: type[BaseException]
) -> None:
    def stops() -> Iterator[Result]:
        yield from RESULTS
        raise stopped_by

    with pytest.raises(stopped_by):
        written(tmp_path / f"out{kind}", stops())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_was_stopped_goes_on_and_ends_as_if_it_never_had(tmp_path: Path, kind: str) -> None:
    whole, path = tmp_path / f"whole{kind}", tmp_path / f"out{kind}"
    with ResultFile(whole) as file:
        file.append(chunk(path, 1, 2, 3))
    stopped_after(path, 1, 2)
    assert not path.exists()
    with ResultFile(path, journal=journal_of(path)) as file:
        assert (file.progress.rows, file.progress.counts, file.begun_anew) == (2, {"site_check": 2}, "")
        file.append(chunk(path, 3))
    assert file.progress.counts == {"site_check": 3}
    if kind != ".xlsx":  # holds the time it was made
        assert path.read_bytes() == whole.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([whole.name, path.name])


def test_rows_written_after_the_last_record_are_written_again(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    stopped_after(path, 1, 2)
    with (tmp_path / "out.jsonl.partial").open("ab") as partial:
        partial.write(b'{"id": "3", "sc')
    with ResultFile(path, journal=journal_of(path)) as file:
        file.append(chunk(path, 3))
    assert [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()] == ["1", "2", "3"]


def test_a_run_does_not_go_on_when_something_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    stopped_after(path, 1, 2)
    with ResultFile(path, journal=journal_of(path, rulebook="2")) as file:
        assert (file.progress.rows, file.begun_anew) == (0, "规则变了")
        file.append(chunk(path, 7))
    assert [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()] == ["7"]


def test_a_run_does_not_go_on_when_its_rows_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    stopped_after(path, 1, 2)
    os.truncate(tmp_path / "out.jsonl.partial", 10)
    with ResultFile(path, journal=journal_of(path)) as file:
        assert (file.progress.rows, file.begun_anew) == (0, "上次写出的半成品不完整")


def test_a_run_that_is_stopped_before_its_first_row_leaves_nothing(tmp_path: Path) -> None:
    stopped_after(tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_what_is_done_is_recorded_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.jsonl"
    with ResultFile(path, journal=journal_of(path)) as file:
        file.append(chunk(path, 1))
        assert not file.is_kept
        monkeypatch.setattr(writing, "RECORD_EVERY_SECONDS", 0.0)
        file.append(chunk(path, 2))
        assert file.is_kept
        progress, _ = journal_of(path).read()
        assert progress == file.progress


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    other = (
        "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True);"
        "sys.stdin.read()"
    )
    partial = tmp_path / "out.csv.partial"
    partial.write_bytes(b"of the other")
    with subprocess.Popen(
        [sys.executable, "-c", other, str(partial)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(OutputError, match="另一个筛查正在写"):
            written(tmp_path / "out.csv")
        holder.communicate()
    assert partial.read_bytes() == b"of the other"
    assert len(written(tmp_path / "out.csv")) == 3


def test_a_run_that_is_stopped_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")
    stopped_after(path, 1)
    assert path.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("name", ["out.xls", "out", "out.txt"])
def test_an_unknown_kind_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"--output 请用 \.csv、\.xlsx、\.jsonl、\.parquet 结尾"):
        ResultFile(tmp_path / name)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    refused = {
        tmp_path / "missing" / "out.csv": "目录不存在",
        tmp_path / "file" / "out.csv": "路径中有一段不是目录",
        tmp_path / ("长" * 100 + ".csv"): "文件名太长",
    }
    for path, reason in refused.items():
        with pytest.raises(OutputError, match=reason):
            written(path)


@contextlib.contextmanager
def closed_folder() -> Iterator[Path]:
    """A folder this process may read but not write to, even when it belongs to root."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o555)
        if os.geteuid():
            yield folder
            folder.chmod(0o755)
            return
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_that_is_read_only_is_told_and_keeps_what_it_has(kind: str) -> None:
    with closed_folder() as folder:
        path = folder / f"out{kind}"
        with (
            pytest.raises(OutputError, match="没有写权限，请换一个 --output"),
            ResultFile(path, journal=journal_of(path)),
        ):
            pass
        assert list(folder.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing_behind_without_a_journal(tmp_path: Path) -> None:
    (tmp_path / "out.csv.partial").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="磁盘已满"):
        written(tmp_path / "out.csv", RESULTS * 500)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [".xlsx", ".parquet"])
def test_a_disk_that_is_full_at_the_very_end_loses_nothing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"out{kind}"
    (tmp_path / f"out{kind}.new").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="磁盘已满"), ResultFile(path, journal=journal_of(path)) as file:
        file.append(chunk(path, 1, 2, 3))
    assert file.is_kept
    assert not path.exists()
    with ResultFile(path, journal=journal_of(path)) as file:
        assert file.progress.rows == 3
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_on_a_full_disk_the_last_rows_make_room_for_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.jsonl"
    write = Journal.write

    def write_if_there_is_room(journal: Journal, progress: Progress) -> None:
        if (tmp_path / "out.jsonl.partial").stat().st_size > len(chunk(path, 1).lines):
            raise OSError(errno.ENOSPC, "full")
        write(journal, progress)

    with monkeypatch.context() as full:
        full.setattr(Journal, "write", write_if_there_is_room)
        stopped_after(path, 1, 2)
        assert list(tmp_path.iterdir()) == []  # nothing was recorded, so nothing can be continued
        file = ResultFile(path, journal=journal_of(path))
        with contextlib.suppress(KeyboardInterrupt), file:
            file.append(chunk(path, 1))
            file.append(chunk(path, 2))
            raise KeyboardInterrupt
    assert (file.is_kept, file.progress.rows) == (True, 1)
    with ResultFile(path, journal=journal_of(path)) as file:
        assert file.progress.rows == 1
        file.append(chunk(path, 2))
    assert [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()] == ["1", "2"]


def test_a_file_that_would_replace_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(OutputError):
        written(tmp_path / "out.csv")
    assert list((tmp_path / "out.csv").iterdir()) == []
