"""``risk-screen batch``: rows in, rows out, in order; a summary; nothing left of a run that was stopped."""

import csv
import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from command_line import Cli
from python_calamine import load_workbook

from builders import FLYER, flyer_assessment
from golden_files import check_golden
from risk_screen.bulk.results import COLUMNS
from risk_screen.cli.batch import TERMINATED

Process = Callable[..., "subprocess.Popen[bytes]"]


def results_in(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))
    if path.suffix == ".xlsx":
        heading, *rows = load_workbook(path).get_sheet_by_index(0).iter_rows()
        return [dict(zip(map(str, heading), row, strict=True)) for row in rows]
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def flyers(path: Path, count: int) -> Path:
    path.write_text("id,text\n" + "".join(f"F{n},保本保息\n" for n in range(count)), encoding="utf-8")
    return path


def table_of(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows to a file of any kind."""
    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
                for column, cell in enumerate(cells):
                    sheet.write_string(number, column, cell)


@pytest.mark.parametrize("source", ["in.csv", "in.xlsx", "in.jsonl", "in.parquet"])
@pytest.mark.parametrize("output", ["out.csv", "out.xlsx", "out.jsonl", "out.parquet"])
def test_every_row_comes_out_in_order_with_all_its_columns(cli: Cli, tmp_path: Path, source: str, output: str) -> None:
    rows = [{"备注": f"第{n}行", "id": f"F{n}", "text": "保本\n保息", "代码": "91370303MA3C123456"} for n in range(900)]
    table_of(tmp_path / source, rows)
    outcome = cli("batch", source, "--channel", "marketing", "--output", output)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"共 900 行：专班现场核查 900。结果已写入 {output}\n"
    written = results_in(tmp_path / output)
    assert [{name: row[name] for name in rows[0]} for row in written] == rows
    assert list(written[0]) == [*rows[0], *COLUMNS[1:]]
    assert {float(row["score"]) for row in written} == {flyer_assessment().score}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source, output])


def test_bad_rows_get_an_error_and_the_exit_code_says_so(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,文本\nA,保本\nB, \nC,甲,乙\nD,保本\n", encoding="utf-8")
    outcome = cli("batch", "in.csv", "-c", "marketing", "-o", "out.jsonl")
    assert outcome.code == 3
    assert outcome.out == "共 4 行：专班现场核查 2，未能筛查 2（见 error 列）。结果已写入 out.jsonl\n"
    errors = [row["error"].partition("：")[0] for row in results_in(tmp_path / "out.jsonl")]
    assert errors == ["", "text_blank", "row_malformed", ""]


def test_columns_of_other_names_are_mapped(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("编码,text,正文\nX-1,短,保本\n", encoding="utf-8")
    outcome = cli("batch", "in.csv", "-c", "marketing", "-o", "out.csv", "--map", "text=正文", "--map", "id=编码")
    assert outcome.code == 0
    assert results_in(tmp_path / "out.csv")[0]["id"] == "X-1"


def test_a_table_without_rows_gives_one_without_results(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text\n", encoding="utf-8")
    outcome = cli("batch", "in.csv", "-c", "marketing", "-o", "out.csv")
    assert (outcome.code, outcome.out) == (0, "共 0 行：没有数据。结果已写入 out.csv\n")
    assert results_in(tmp_path / "out.csv") == []


def test_an_existing_result_is_replaced_only_when_asked(cli: Cli, tmp_path: Path) -> None:
    flyers(tmp_path / "in.csv", 1)
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")
    refused = cli("batch", "in.csv", "-c", "marketing", "-o", "out.csv")
    assert refused.code == 2
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "old"
    assert cli("batch", "in.csv", "-c", "marketing", "-o", "out.csv", "--overwrite").code == 0
    assert len(results_in(tmp_path / "out.csv")) == 1


GOOD = ["in.csv", "-c", "marketing", "-o", "out.csv"]
REFUSED = [
    ([], "option_invalid"),
    (["in.csv"], "option_invalid"),
    (["in.csv", "-c", "marketing"], "option_invalid"),
    (["in.csv", "-c", "ads", "-o", "out.csv"], "unknown_channel"),
    (["in.csv", "-c", "registration", "-o", "out.csv"], "table_unreadable"),
    (["missing.csv", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["empty.csv", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["empty.jsonl", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["twice.csv", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["bare.csv", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["photo.csv", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["in.xlsx", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["old.xls", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["in.txt", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["in.parquet", "-c", "marketing", "-o", "out.csv"], "table_unreadable"),
    (["in.csv", "-c", "marketing", "-o", "out.txt"], "output_unwritable"),
    ([*GOOD, "--sheet", "登记"], "table_unreadable"),
    (["in.csv", "-c", "marketing", "-o", "missing/out.csv"], "output_unwritable"),
    (["in.csv", "-c", "marketing", "-o", "/proc/out.csv"], "output_unwritable"),
    (["in.csv", "-c", "marketing", "-o", "folder"], "option_invalid"),
    (["in.csv", "-c", "marketing", "-o", "in.csv", "--overwrite"], "option_invalid"),
    (["in.csv", "-c", "marketing", "-o", "same.csv", "--overwrite"], "option_invalid"),
    ([*GOOD, "--workers", "0"], "option_invalid"),
    ([*GOOD, "--workers", "many"], "option_invalid"),
    ([*GOOD, "--map", "text"], "option_invalid"),
    ([*GOOD, "--map", "name=x"], "option_invalid"),
    ([*GOOD, "--map", "text=a", "--map", "text=b"], "option_invalid"),
    ([*GOOD, "--map", "text=a", "--map", "id=a"], "option_invalid"),
    ([*GOOD, "--map", "text=正文"], "table_unreadable"),
]


def test_refusals_read_as_agreed_and_leave_nothing(cli: Cli, tmp_path: Path) -> None:
    flyers(tmp_path / "in.csv", 3)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "empty.jsonl").touch()
    for name in ("in.xlsx", "old.xls", "in.txt", "in.parquet"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "same.csv").hardlink_to(tmp_path / "in.csv")
    (tmp_path / "twice.csv").write_text("text,id,text\n甲,1,乙\n", encoding="utf-8")
    (tmp_path / "bare.csv").write_text(f"1,{FLYER.splitlines()[1]}\n", encoding="utf-8")
    (tmp_path / "photo.csv").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    read = []
    for arguments, code in REFUSED:
        outcome = cli("batch", *arguments)
        assert (outcome.code, outcome.out) == (2, ""), arguments
        assert outcome.err.startswith(f"错误 [{code}] "), (arguments, outcome.err)
        read.append(f"$ risk-screen batch {' '.join(arguments)}\n{outcome.err}")
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    check_golden("cli/refusals_batch.txt", "\n".join(read))


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, TERMINATED)])
def test_a_run_that_is_stopped_leaves_neither_result_nor_trace(
    process: Process, tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    (tmp_path / "in.csv").write_text("text\n" + "".join(f"慢{n}\n" for n in range(1_000)), encoding="utf-8")
    running = process("batch", "in.csv", "-c", "marketing", "-o", "out.csv", "--workers", 1)
    while not (tmp_path / "out.csv.partial").exists():
        time.sleep(0.02)
    running.send_signal(sent)
    _, err = running.communicate()
    assert running.returncode == code
    assert err.decode() == ("已中断。\n" if sent == signal.SIGINT else "")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_ctrl_c_at_the_terminal_stops_the_workers_too_without_a_trace(process: Process, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n" + "".join(f"慢{n}\n" for n in range(5_000)), encoding="utf-8")
    running = process("batch", "in.csv", "-c", "marketing", "-o", "out.csv", "--workers", 2, start_new_session=True)
    while not (tmp_path / "out.csv.partial").exists():
        time.sleep(0.02)
    time.sleep(0.5)  # the workers are starting: the worst moment to be interrupted
    os.killpg(running.pid, signal.SIGINT)
    _, err = running.communicate()
    assert (running.returncode, err.decode()) == (130, "已中断。\n")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_several_workers_write_what_one_writes(process: Process, tmp_path: Path) -> None:
    flyers(tmp_path / "in.csv", 1_500)
    for workers in (1, 2):
        running = process("batch", "in.csv", "-c", "marketing", "-o", f"{workers}.csv", "--workers", workers)
        _, err = running.communicate()
        assert (running.returncode, err) == (0, b"")
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_a_terminal_sees_the_progress(process: Process, tmp_path: Path) -> None:
    flyers(tmp_path / "in.csv", 50)
    ours, theirs = pty.openpty()
    running = process("batch", "in.csv", "-c", "marketing", "-o", "out.csv", stderr=theirs)
    os.close(theirs)
    out = running.stdout.read().decode()  # type: ignore[union-attr]
    assert running.wait() == 0
    seen = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "筛查中" in seen
    assert "50 行" in seen
    assert out.startswith("共 50 行")


def test_the_named_sheet_is_read_and_else_the_first_with_a_notice(cli: Cli, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "in.xlsx") as book:
        for name in ("第一", "第二"):
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, "文本")
            sheet.write_string(1, 0, f"{name}张")
    first = cli("batch", "in.xlsx", "-c", "marketing", "-o", "1.csv")
    assert first.err == "读的是工作表“第一”；另有 第二 没有读，要读请用 --sheet 指定。\n"
    second = cli("batch", "in.xlsx", "-c", "marketing", "-o", "2.csv", "--sheet", "第二")
    assert (second.code, second.err) == (0, "")
    assert [results_in(tmp_path / name)[0]["文本"] for name in ("1.csv", "2.csv")] == ["第一张", "第二张"]


def test_a_result_can_be_screened_again(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("编号,文本\nA,保本\n", encoding="utf-8")
    assert cli("batch", "in.csv", "-c", "marketing", "-o", "1.csv").code == 0
    assert cli("batch", "1.csv", "-c", "marketing", "-o", "2.csv").code == 0
    (row,) = results_in(tmp_path / "2.csv")
    assert (row["编号"], row["id"], row["原表_score"]) == ("A", "A", row["score"])


def test_a_file_from_a_chinese_spreadsheet_program_comes_back_whole(cli: Cli, tmp_path: Path) -> None:
    content = '登记表,,\r\n编号,文本,备注\r\n一,"保本,\r\n""保息""",=1+1\r\n二,稳赚,\r\n'
    for encoding in ("gb18030", "utf-8-sig"):
        (tmp_path / "in.csv").write_bytes(content.encode(encoding))
        outcome = cli("batch", "in.csv", "-c", "marketing", "-o", "out.csv", "--overwrite")
        assert (outcome.code, outcome.err) == (0, "列名在第 2 行，它上面的 1 行没有筛查。\n")
        first, second = results_in(tmp_path / "out.csv")
        assert (first["编号"], first["文本"], first["备注"]) == ("一", '保本,\r\n"保息"', "'=1+1")
        assert (second["编号"], second["文本"], second["备注"]) == ("二", "稳赚", "")
