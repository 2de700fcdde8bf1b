"""Result files: whole or not there at all, and safe to open in a spreadsheet program."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import assessment, flyer_assessment
from risk_screen.bulk.results import COLUMNS, Result, failed, result_of
from risk_screen.bulk.writing import OutputError, ResultFile
from risk_screen.screening.wording import sentence_of

RESULTS = [result_of("A", flyer_assessment()), result_of("B", assessment()), failed("C", "text_blank", "没有内容。")]


def written(path: Path, results: list[Result] = RESULTS) -> list[dict[str, object]]:
    with ResultFile(path) as file:
        file.write(results)
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_csv_opens_in_a_spreadsheet_program(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    first, second, third = written(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfid,score,level,route,annual_rate,reasons,findings,error,")
    flyer = flyer_assessment()
    assert (first["id"], first["score"], first["annual_rate"]) == ("A", str(flyer.score), "0.18")
    assert first["reasons"] == sentence_of(flyer)
    assert json.loads(str(first["findings"])) == flyer.to_dict()["reasons"]
    assert (second["findings"], second["annual_rate"], second["error"]) == ("[]", "", "")
    assert (third["score"], third["level"], third["error"]) == ("", "", "text_blank：没有内容。")


def test_jsonl_keeps_numbers_and_lists(tmp_path: Path) -> None:
    first, second, third = written(tmp_path / "out.jsonl")
    assert tuple(first) == COLUMNS
    assert first["findings"] == flyer_assessment().to_dict()["reasons"]
    assert (first["annual_rate"], second["annual_rate"], third["score"]) == (0.18, None, None)
    assert third["findings"] == []


@pytest.mark.parametrize("row_id", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_an_id_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path, row_id: str) -> None:
    (row,) = written(tmp_path / "out.csv", [failed(row_id, "x", "y")])
    assert row["id"] == "'" + row_id


@pytest.mark.parametrize("row_id", ["-12", "+8613800000000", "3.5", "甲-1", "A=B", ""])
def test_an_id_that_is_none_stays_as_it_is(tmp_path: Path, row_id: str) -> None:
    (row,) = written(tmp_path / "out.csv", [failed(row_id, "x", "y")])
    assert row["id"] == row_id


def test_every_text_cell_but_the_id_begins_with_words_of_the_program() -> None:
    for result in RESULTS:
        for cell in (result.level, result.route, result.reasons, result.error):
            assert not (cell or "").startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, SystemExit, ValueError])
def test_a_run_that_is_stopped_leaves_nothing(tmp_path: Path, name: str, stopped_by: type[BaseException]) -> None:
    def stops() -> Iterator[Result]:
        yield from RESULTS
        raise stopped_by

    with pytest.raises(stopped_by):
        written(tmp_path / name, stops())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_stopped_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), ResultFile(path):
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.CSVX"])
def test_an_unknown_kind_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"--output 请用 \.csv、\.jsonl 结尾"):
        ResultFile(tmp_path / name)


def test_a_missing_or_closed_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    refused = {
        tmp_path / "missing" / "out.csv": "目录不存在",
        tmp_path / "file" / "out.csv": "路径中有一段不是目录",
        tmp_path / ("长" * 100 + ".csv"): "文件名太长",
    }
    for path, reason in refused.items():
        with pytest.raises(OutputError, match=reason):
            written(path)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.csv.partial").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="磁盘已满"):
        written(tmp_path / "out.csv", RESULTS * 500)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_would_replace_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(OutputError):
        written(tmp_path / "out.csv")
    assert list((tmp_path / "out.csv").iterdir()) == []
