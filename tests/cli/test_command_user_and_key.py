"""Accounts and keys from the command line, and a service that knows them."""

import re
import threading
from pathlib import Path

import httpx2
import pytest
from command_line import Cli
from test_command_serve import Process, address_of, stop

from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import audit_rows
from risk_screen.storage.database import open_database

DATABASE = "sqlite:///var/risk_screen.db"


def told(cli: Cli, *arguments: object) -> str:
    outcome = cli(*arguments)
    assert (outcome.code, outcome.err) == (0, ""), outcome
    return outcome.out


def test_an_account_is_made_shown_changed_disabled_and_reset(cli: Cli) -> None:
    made = told(cli, "user", "add", "wang.wu", "--display-name", "王五", "--role", "task_force")
    first = re.search(r"http://127\.0\.0\.1:8000/invite#([\w-]{43})", made)
    assert first is not None
    assert told(cli, "user", "list") == "wang.wu  待设密码  工作专班  无动态码\n"
    assert "镇街" in told(cli, "user", "roles", "WANG.WU", "--role", "town_office", "--town", "南城")
    assert told(cli, "user", "disable", "wang.wu").split()[1] == "停用"
    assert told(cli, "user", "enable", "wang.wu").split()[1] == "待设密码"
    again = told(cli, "user", "reset", "wang.wu")
    assert first[1] not in again
    assert "invite#" in again


def test_what_is_done_at_the_command_line_is_in_the_trail(cli: Cli) -> None:
    told(cli, "user", "add", "wang.wu", "--role", "auditor")
    told(cli, "key", "add", "登记系统", "--permission", "registration.screen", "--network", "10.1.2.3")
    store = Store(open_database(DATABASE))
    with store.reading() as connection:
        rows = [(row["actor_kind"], row["actor_id"], row["action"]) for row in audit_rows(connection)]
    store.close()
    assert rows == [("system", "command-line", "account.add"), ("system", "command-line", "key.add")]


REFUSED = [
    (["user", "add", "wang.wu", "--role", "boss"], "option_invalid"),
    (["user", "add", "wang.wu", "--role", "auditor", "--role", "analyst"], "account_invalid"),
    (["user", "add", "wang.wu", "--role", "town_office"], "account_invalid"),
    (["user", "disable", "nobody"], "account_not_found"),
    (["key", "add", "x", "--permission", "account.manage", "--network", "::/0"], "key_terms"),
    (["key", "add", "x", "--permission", "marketing.screen", "--network", "everywhere"], "option_invalid"),
    (["key", "add", "x", "--permission", "marketing.screen", "--network", "::/0", "--days", "4000"], "key_terms"),
    (["key", "revoke", "0" * 16], "key_not_found"),
    (["serve", "--host", "0.0.0.0"], "serve_refused"),
]


@pytest.mark.parametrize(("arguments", "code"), REFUSED)
def test_what_cannot_be_is_refused_in_words(cli: Cli, arguments: list[str], code: str) -> None:
    outcome = cli(*arguments)
    assert (outcome.code, outcome.err.split("]")[0]) == (2, f"错误 [{code}"), outcome


def test_a_word_that_is_no_choice_is_answered_with_the_choices(cli: Cli) -> None:
    said = cli("user", "add", "wang.wu", "--role", "boss").err
    assert "可以是 approval_bureau、grid_worker、" in said
    assert "boss" not in said


def test_a_key_works_until_it_is_revoked(cli: Cli, process: Process, tmp_path: Path) -> None:
    made = told(cli, "key", "add", "网格平台", "--permission", "marketing.screen", "--network", "127.0.0.1")
    key = made.rpartition("：")[2].strip()
    running = process("serve", "--port", "18520")
    with httpx2.Client(base_url=address_of(running), headers={"authorization": f"Bearer {key}"}, timeout=60) as client:
        assert client.post("/v1/screenings", json={"channel": "marketing", "text": "保本"}).status_code == 200
        told(cli, "key", "revoke", key.split("_")[1])
        answers = [client.post("/v1/screenings", json={}).status_code]
        while answers[-1] != 401 and len(answers) < 500:
            threading.Event().wait(0.05)  # every request is a line of the log, which nobody reads before the end
            answers.append(client.post("/v1/screenings", json={}).status_code)
    stop(running)
    assert answers[-1] == 401
    assert "已停用" in told(cli, "key", "list")


def test_the_first_start_prints_a_link_and_a_demonstration_its_accounts(process: Process) -> None:
    running = process("serve", "--demo", "--port", "18540")
    lines = []
    for line in running.stdout:  # type: ignore[union-attr]
        lines.append(line.decode())
        if "网页：" in lines[-1]:
            break
    text = "".join(lines)
    address = re.search(r"http://[\d.:]+/", text[text.index("网页：") :])
    assert address is not None
    link = re.search(r"/invite#([\w-]{43})", text)
    accounts = dict(re.findall(r"^  (demo-\S+) +(\S+)  ", text, re.M))
    assert link is not None
    assert len(accounts) == 9
    with httpx2.Client(base_url=address[0], timeout=60) as client:
        name = "demo-grid-worker"
        body = {"name": name, "password": accounts[name]}
        assert client.post("/v1/session", json=body).json()["stage"] == "full"
        assert client.post("/v1/session", json=body, headers={"x-forwarded-for": "127.0.0.1"}).status_code == 401
        chosen = {"token": link[1], "password": "Hua-Shan-2154m"}
        assert client.post("/v1/session/invite", json=chosen).json()["stage"] == "set_up_second_factor"
        assert client.post("/v1/session", json=body).status_code == 401
        client.cookies.clear()
        assert client.post("/v1/screenings", json={"channel": "marketing", "text": "保本"}).status_code == 401
    code, _, _ = stop(running)
    assert code == 0


def test_a_link_leads_to_the_service_that_runs_whatever_port_it_took(process: Process) -> None:
    running = process("serve", "--port", "18580")
    address = address_of(running)
    made, _ = process("user", "add", "li.si", "--role", "auditor").communicate()
    stop(running)
    later, _ = process("user", "reset", "li.si").communicate()
    assert f"{address}invite#" in made.decode()
    assert "http://127.0.0.1:8000/invite#" in later.decode()
