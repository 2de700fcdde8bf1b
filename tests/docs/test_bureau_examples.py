"""The clients of docs/examples work against a service that really runs, from the first screening to the last event."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from markdown_files import ROOT, page

from people import key_with
from receivers import answering, receiving
from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission, Role
from risk_screen.casework.consultation import AnswerKind
from risk_screen.operations.asking import Asking
from risk_screen.operations.consulting import Said, answer_consultation
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database

sys.path.insert(0, str(ROOT / "tests" / "faults"))
from running_service import Setting, serving

EXAMPLES = ROOT / "docs" / "examples"
MEMBER = Identity(Actor("person", "p-1", "task_force"), frozenset({Role.TASK_FORCE}))
RARE_NAME = "淄博𠮷鑫投资有限公司"
CODE = "91350100M000100Y43"
NO_JAVA = pytest.mark.skipif(shutil.which("java") is None, reason="NOT RUN: java example (needs a JDK)")
PYTHON = (sys.executable, "-B", str(EXAMPLES / "bureau.py"))
Client = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Setting, str]]:
    folder = tmp_path_factory.mktemp("bureau")
    database = f"sqlite:///{folder / 'bureau.db'}"
    store = Store(open_database(database))
    steps = page("docs/integration.md").section("五分钟：第一次调用")
    permissions = map(Permission, re.findall(r"--permission ([a-z_.]+)", steps))
    key = key_with(store, *permissions, party="审批局").text
    store.close()
    setting = Setting(folder, database, key)
    with serving(setting) as running:
        yield setting, running.address


@pytest.fixture(scope="module", params=["python", pytest.param("java", marks=NO_JAVA)])
def language(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    if request.param == "python":
        return PYTHON
    classes = str(tmp_path_factory.mktemp("classes"))
    subprocess.run(["javac", "-encoding", "UTF-8", "-d", classes, str(EXAMPLES / "Bureau.java")], check=True)
    return ("java", "-Xshare:auto", "-Dfile.encoding=UTF-8", "-cp", classes, "Bureau")


@NO_JAVA
def test_the_java_client_starts_from_its_one_file() -> None:
    command = ["java", "-Dfile.encoding=UTF-8", str(EXAMPLES / "Bureau.java"), "outcome", "x", "withdrawn"]
    outside = {"RISK_SCREEN_KEY": "rs_test", "LC_ALL": "C.UTF-8"}
    with receiving(answering(404)) as front:
        outside["RISK_SCREEN_URL"] = f"http://127.0.0.1:{front.port}"
        done = subprocess.run(command, env=os.environ | outside, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (1, "404 unknown：应答不是 risk-screen 的\n")


def client_of(language: tuple[str, ...], address: str, key: str) -> Client:
    outside = {"RISK_SCREEN_URL": address, "RISK_SCREEN_KEY": key, "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"}

    def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
        command = [*language, *map(str, arguments)]
        return subprocess.run(command, env=os.environ | outside, capture_output=True, encoding="utf-8", check=False)

    return run


def said(client: Client, *arguments: object) -> list[str]:
    done = client(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_client_goes_the_whole_way(service: tuple[Setting, str], language: tuple[str, ...], tmp_path: Path) -> None:
    setting, address = service
    client = client_of(language, address, setting.key)
    number = f"DJ-{Path(language[-1]).stem}"
    first, *shown = said(client, "screen", number, RARE_NAME, "投资咨询")
    route, assessment_id, consultation_id = first.split()
    assert route == "consult"
    assert shown[1].endswith(" 投资")
    assert said(client, "screen", number, RARE_NAME, "投资咨询")[0] == first
    assert "“投资”" in said(client, "advice", assessment_id)[0]
    store = Store(open_database(setting.database))
    answer_consultation(
        store, Asking(MEMBER), consultation_id, Said(AnswerKind.CONDITIONS, "须核实出资", "改为“自有资金投资”")
    )
    store.close()
    assert said(client, "consultation", consultation_id, 0)[0] == "answered conditions -"
    assert said(client, "label", assessment_id, "false_alarm", '自有资金，"只投"本集团\n') == ["given"]
    assert said(client, "outcome", assessment_id, "withdrawn") == ["201 withdrawn"]
    assert said(client, "outcome", assessment_id, "withdrawn") == ["200 withdrawn"]
    kinds = [line.split()[1] for line in said(client, "events", tmp_path / "cursor", 0) if assessment_id in line]
    assert kinds[0] == "screening.stored"
    assert kinds[-1] == "registration.reported"
    assert said(client, "events", tmp_path / "cursor", 0) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("outcome", "nothing", "withdrawn"), "404 assessment_not_found"),
        (("screen", "DJ-0", " ", " "), "422 text_blank"),
    ],
)
def test_a_refusal_is_told_and_not_tried_again(
    service: tuple[Setting, str], language: tuple[str, ...], arguments: tuple[str, ...], code: str
) -> None:
    setting, address = service
    done = client_of(language, address, setting.key)(*arguments)
    assert done.returncode == 1
    assert code in done.stderr


def test_a_cursor_of_another_database_is_told_and_left(
    service: tuple[Setting, str], language: tuple[str, ...], tmp_path: Path
) -> None:
    setting, address = service
    client = client_of(language, address, setting.key)
    said(client, "screen", "DJ-9", "老王面馆", "餐饮服务")
    (tmp_path / "cursor").write_text("999999", encoding="ascii")
    done = client("events", tmp_path / "cursor", 0)
    assert done.returncode == 0
    assert "cursor_unknown" in done.stderr
    assert done.stdout.startswith("1 screening.stored")
    assert int((tmp_path / "cursor").read_text(encoding="ascii")) < 999999


def failing_then_taking(*failures: int) -> Callable[[BaseHTTPRequestHandler], None]:
    fail = answering(*failures, headers={"retry-after": "0"})
    take = answering(200, body=b'{"state":"given"}')
    left = list(failures)

    def behave(request: BaseHTTPRequestHandler) -> None:
        (fail if left else take)(request)
        if left:
            left.pop()

    return behave


def test_what_may_pass_is_tried_again_under_the_same_key(language: tuple[str, ...]) -> None:
    with receiving(failing_then_taking(503, 429, 500)) as front:
        client = client_of(language, f"http://127.0.0.1:{front.port}", "rs_test")
        assert said(client, "label", "x", "false_alarm", "误报") == ["given"]
        assert len(front.received) == 4
        assert len({(one.headers["idempotency-key"], one.body) for one in front.received}) == 1


def test_the_routes_the_page_promises_are_the_routes(service: tuple[Setting, str]) -> None:
    setting, address = service
    client = client_of(PYTHON, address, setting.key)
    table = page("docs/integration.md").section("测试数据")
    promised = re.findall(r"^\| (\S+) \| (\S+) \| `(\w+)`", table, re.M)
    assert len(promised) == 4
    for number, (name, scope, route) in enumerate(promised):
        assert said(client, "screen", f"PAGE-{number}", name, scope)[0].split()[0] == route
