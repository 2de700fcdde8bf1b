"""``risk-screen serve``: on this machine only, on a free port, and it stops when told to."""

import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import orjson
import pytest
from command_line import Cli

Process = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def address_of(running: "subprocess.Popen[bytes]") -> str:
    """Read what the service prints until it says where it is."""
    for line in running.stdout:  # type: ignore[union-attr]
        if found := re.search(r"网页：(http://\S+/) ", line.decode()):
            return found[1]
    raise AssertionError(running.stderr.read().decode())  # type: ignore[union-attr]


def stop(running: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    running.send_signal(how)
    out, err = running.communicate()
    return running.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_page_and_api_and_stops_cleanly(
    process: Process, tmp_path: Path, taken_port: int, how: signal.Signals
) -> None:
    running = process("serve", "--port", taken_port)
    address = address_of(running)
    assert f":{taken_port}/" not in address
    with httpx2.Client(base_url=address, timeout=60) as client:
        answer = client.post("/v1/screenings", json={"channel": "marketing", "text": "保本"})
        assert answer.status_code == 200
        assert client.get(f"/v1/screenings/{answer.json()['id']}").content == answer.content
        assert client.get("/readyz").status_code == 200
        assert "<html" in client.get("/").text
        assert client.get("/", headers={"accept": "text/html"}).status_code == 200
    assert (tmp_path / "var" / "risk_screen.db").is_file()
    code, out, err = stop(running, how)
    assert (code, out.splitlines()[-1]) == (0, "已停止。")
    told, *lines = err.splitlines()
    assert told == f"端口 {taken_port} 被占用或不允许使用，改用 {address.rstrip('/').rpartition(':')[2]}。"
    assert [orjson.loads(line)["route"] for line in lines][:2] == ["/v1/screenings", "/v1/screenings/{assessment_id}"]
    assert not (tmp_path / "var" / "risk_screen.pid").exists()


def test_what_was_stored_is_there_after_a_restart(process: Process) -> None:
    first = process("serve", "--port", "18470")
    address = address_of(first)
    answer = httpx2.post(f"{address}v1/screenings", json={"channel": "marketing", "text": "保本"})
    stop(first)
    second = process("serve", "--port", "18470")
    again = httpx2.get(f"{address_of(second)}v1/screenings/{answer.json()['id']}")
    stop(second)
    assert again.content == answer.content


def test_the_demonstration_comes_first(process: Process) -> None:
    running = process("serve", "--demo", "--port", "18480")
    seen = []
    for line in running.stdout:  # type: ignore[union-attr]
        seen.append(line.decode())
        if "网页：" in seen[-1]:
            break
    stop(running)
    text = "".join(seen)
    assert text.index("示例：企业登记") < text.index("示例：宣传文本") < text.index("网页：")


REFUSED = [
    (["--host", "0.0.0.0"], "serve_refused", "127.0.0.1"),
    (["--host", "192.168.1.1"], "serve_refused", "127.0.0.1"),
    (["--port", "0"], "option_invalid", "1 到 65535"),
    (["--port", "65536"], "option_invalid", "1 到 65535"),
    (["--port", "x"], "option_invalid", "1 到 65535"),
    (["--database", "x"], "database_unusable", "地址写法不对"),
    (["--database", "sqlite:////proc/x.db"], "database_unusable", "打不开"),
]


@pytest.mark.parametrize(("arguments", "code", "says"), REFUSED)
def test_what_cannot_be_served_is_refused_in_words(cli: Cli, arguments: list[str], code: str, says: str) -> None:
    outcome = cli("serve", *arguments)
    assert outcome.code == 2
    assert outcome.err.startswith(f"错误 [{code}]")
    assert says in outcome.err


def test_when_every_port_is_taken_that_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch, taken_port: int) -> None:
    monkeypatch.setattr("risk_screen.cli.listening.PORTS_TRIED", 1)
    outcome = cli("serve", "--port", taken_port)
    assert (outcome.code, outcome.err.split("：")[0]) == (
        2,
        f"错误 [serve_refused] 端口 {taken_port} 到 {taken_port} 都被占用或不允许使用",
    )
