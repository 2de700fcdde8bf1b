"""``risk-screen batch`` that was killed, stopped or ran into a full disk goes on where it was."""

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from risk_screen.cli.batch import TERMINATED

pytestmark = pytest.mark.slow
Process = Callable[..., "subprocess.Popen[bytes]"]
ROWS = 1_200
COMMAND = ["batch", "in.csv", "-c", "marketing", "-o"]


def slow_in_the_middle(path: Path) -> None:
    """The first chunk is quick, so that there is something to keep; the second takes time to be killed in."""
    texts = ["保本"] * 400 + [f"慢{n}" for n in range(400)] + ["保本"] * 400
    path.write_text("text\n" + "\n".join(texts) + "\n", encoding="utf-8")


def rows_recorded(folder: Path, output: str) -> int:
    try:
        return int(json.loads((folder / f"{output}.partial.json").read_bytes())["rows"])
    except FileNotFoundError:
        return 0


def started_and_recorded(process: Process, folder: Path, output: str, *options: object) -> "subprocess.Popen[bytes]":
    running = process(*COMMAND, output, *options, start_new_session=True)
    while not rows_recorded(folder, output):
        assert running.poll() is None
        time.sleep(0.01)
    return running


def finished(process: Process, output: str, *options: object) -> str:
    running = process(*COMMAND, output, *options)
    out, err = running.communicate()
    assert running.returncode == 0, err.decode()
    assert out.decode().startswith(f"共 {ROWS:,} 行：专班现场核查 {ROWS:,}。")
    return err.decode()


def children_of(process_id: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


@pytest.mark.parametrize(("output", "workers"), [("out.csv", 1), ("out.csv", 2), ("out.xlsx", 1), ("out.parquet", 2)])
def test_a_run_killed_outright_goes_on_and_gives_the_same_result(
    process: Process, tmp_path: Path, output: str, workers: int
) -> None:
    slow_in_the_middle(tmp_path / "in.csv")
    running = started_and_recorded(process, tmp_path, output, "--workers", workers)
    workers_left = children_of(running.pid)
    running.kill()
    running.communicate()
    done = rows_recorded(tmp_path, output)
    assert 0 < done < ROWS
    assert not (tmp_path / output).exists()
    while any(Path(f"/proc/{child}").exists() for child in workers_left):
        time.sleep(0.01)
    assert finished(process, output) == f"上次的筛查没有完成，从第 {done + 1:,} 行继续。\n"
    whole = f"whole{Path(output).suffix}"
    assert finished(process, whole) == ""
    if output != "out.xlsx":  # holds the time it was made
        assert (tmp_path / output).read_bytes() == (tmp_path / whole).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in.csv", output, whole])


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, TERMINATED)])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_is_stopped_says_how_to_go_on(
    process: Process, tmp_path: Path, sent: signal.Signals, code: int, workers: int
) -> None:
    slow_in_the_middle(tmp_path / "in.csv")
    running = started_and_recorded(process, tmp_path, "out.csv", "--workers", workers)
    os.killpg(running.pid, sent) if sent == signal.SIGINT else running.send_signal(sent)
    _, err = running.communicate()
    assert running.returncode == code
    done = rows_recorded(tmp_path, "out.csv")
    assert err.decode().startswith(f"已完成的 {done:,} 行保留在 out.csv.partial：再运行同样的命令就从那里继续")
    assert finished(process, "out.csv").startswith(f"上次的筛查没有完成，从第 {done + 1:,} 行继续。")


def test_another_input_begins_anew_and_says_why(process: Process, tmp_path: Path) -> None:
    slow_in_the_middle(tmp_path / "in.csv")
    running = started_and_recorded(process, tmp_path, "out.csv")
    running.kill()
    running.communicate()
    (tmp_path / "in.csv").write_text("text\n" + "稳赚\n" * ROWS, encoding="utf-8")
    assert finished(process, "out.csv") == "上次没有完成的筛查不能接着做（输入文件变了），从头开始。\n"
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").count("稳赚,") == ROWS


def test_restart_begins_anew(process: Process, tmp_path: Path) -> None:
    slow_in_the_middle(tmp_path / "in.csv")
    running = started_and_recorded(process, tmp_path, "out.csv")
    running.kill()
    running.communicate()
    assert finished(process, "out.csv", "--restart") == ""


def test_a_full_disk_loses_nothing(process: Process, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n" + "保本\n" * ROWS, encoding="utf-8")
    assert finished(process, "whole.csv") == ""
    limit = (tmp_path / "whole.csv").stat().st_size // 2

    def with_little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    running = process(*COMMAND, "out.csv", "--workers", 1, preexec_fn=with_little_room)
    _, err = running.communicate()
    kept, error = err.decode().splitlines()
    assert running.returncode == 2
    assert kept.startswith("已完成的 400 行保留在 out.csv.partial")
    assert error.startswith("错误 [output_unwritable] 无法写入 out.csv：文件超过了系统允许的大小")
    assert finished(process, "out.csv") == "上次的筛查没有完成，从第 401 行继续。\n"
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
