"""Signing in, and what each role sees and does on its pages; over the shipped rulebook."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from people_on_pages import PASSWORD, browser, give_account, let_in_without_second_factor, signed_in

from risk_screen import Screener
from risk_screen.access.roles import Role
from risk_screen.api.app import create_app
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database
from risk_screen.web.pages import add_pages

SCREENER = Screener.load()
COMPANY = {"channel": "registration", "name": "张店财富投资有限公司", "business_scope": "家具销售"}
FLYER = {"channel": "marketing", "text": "投10万一年返13万，保本保息，月息2分，介绍亲友有奖"}
PLACES = ("/consultations", "/waiting", "/assessments", "/enterprises", "/holds", "/accounts", "/keys", "/audit")
CONSULTING = {"/consultations", "/assessments", "/enterprises", "/holds"}
SEEN = {
    Role.APPROVAL_BUREAU: CONSULTING,
    Role.GRID_WORKER: {"/assessments"},
    Role.TOWN_OFFICE: {"/assessments"},
    Role.TASK_FORCE: CONSULTING | {"/waiting"},
    Role.TASK_FORCE_LEAD: CONSULTING | {"/waiting"},
    Role.ANALYST: {"/assessments"},
    Role.AUDITOR: {"/audit"},
    Role.SYSTEM_ADMIN: {"/accounts", "/keys"},
    Role.REPORTER_CUSTODIAN: set(),
}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    app = create_app(SCREENER, Store(open_database(f"sqlite:///{tmp_path}/people.db")))
    add_pages(app)
    let_in_without_second_factor(app)
    give_account(app, "force", Role.TASK_FORCE)
    give_account(app, "lead", Role.TASK_FORCE_LEAD)
    give_account(app, "bureau", Role.APPROVAL_BUREAU, party="bureau-1")
    return app


def link_in(text: str, start: str) -> str:
    found = re.search(rf'href="({start}[^"?#]+)"', text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_places_and_no_others(app: FastAPI, role: Role) -> None:
    give_account(app, "somebody", role, party="b", town="t")
    client = signed_in(app, "somebody")
    shown = client.get("/me").text
    assert {place for place in PLACES if f'href="{place}"' in shown} == SEEN[role]
    assert {place for place in PLACES if client.get(place).status_code == 200} == SEEN[role]
    assert all(client.get(place).status_code == 403 for place in set(PLACES) - SEEN[role])


def test_who_has_not_signed_in_is_led_there_and_back(app: FastAPI) -> None:
    client = browser(app)
    asked = client.get("/assessments?level=high")
    assert (asked.url.path, asked.url.query) == ("/sign-in", b"next=/assessments%3Flevel%3Dhigh")
    sent = {"name": "force", "password": PASSWORD, "next": "/assessments?level=high"}
    assert str(client.post("/sign-in", data=sent).url).endswith("/assessments?level=high")


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_nobody_is_led_to_another_site(app: FastAPI, elsewhere: str) -> None:
    answer = browser(app).post(
        "/sign-in", data={"name": "force", "password": PASSWORD, "next": elsewhere}, follow_redirects=False
    )
    assert answer.headers["location"] == "/"


def test_a_wrong_password_is_refused_and_not_shown_again(app: FastAPI) -> None:
    answer = browser(app).post("/sign-in", data={"name": "force", "password": "wrong-one-1A", "next": ""})
    assert answer.status_code == 422
    assert "登录名、密码或动态码不对" in answer.text
    assert "wrong-one-1A" not in answer.text


def test_a_form_of_another_site_does_nothing(app: FastAPI) -> None:
    client = signed_in(app, "force")
    answer = client.post("/sign-out", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert client.get("/me").url.path == "/me"


def test_signing_out_ends_the_session(app: FastAPI) -> None:
    client = signed_in(app, "force")
    client.post("/sign-out")
    assert client.get("/me").url.path == "/sign-in"


def test_the_bureau_asks_the_task_force_answers_and_the_bureau_reads_it(app: FastAPI) -> None:
    bureau, force = signed_in(app, "bureau"), signed_in(app, "force")
    assert "会商" in bureau.post("/", data=COMPANY).text
    waiting = force.get("/consultations").text
    assert "张店财富投资有限公司" in waiting
    place = link_in(waiting, "/consultations/")
    version = re.search(r'name="version" value="(\d+)"', force.get(place).text)
    assert version is not None
    sent = {"version": version[1], "answer": "conditions", "conditions": "名称去掉“财富”“投资”", "reasons": ""}
    refused = force.post(f"{place}/answer", data=sent)
    assert refused.status_code == 422
    assert "名称去掉“财富”“投资”" in refused.text
    answered = force.post(f"{place}/answer", data={**sent, "reasons": "名称含金融字样"})
    assert "已办理" in answered.text
    assert "名称含金融字样" in bureau.get(place).text
    assert "没有等待答复的会商" in force.get("/consultations").text


def test_an_answer_to_what_was_not_seen_is_refused(app: FastAPI) -> None:
    signed_in(app, "bureau").post("/", data=COMPANY)
    force = signed_in(app, "force")
    place = link_in(force.get("/consultations").text, "/consultations/")
    answer = force.post(f"{place}/answer", data={"version": "99", "answer": "no_objection"})
    assert answer.status_code == 422
    assert "已经变了" in answer.text


def test_an_answer_without_a_choice_is_no_objection_of_either_kind(app: FastAPI) -> None:
    signed_in(app, "bureau").post("/", data=COMPANY)
    force = signed_in(app, "force")
    place = link_in(force.get("/consultations").text, "/consultations/")
    answer = force.post(f"{place}/answer", data={"version": "1", "answer": "", "reasons": "写了理由"})
    assert answer.status_code == 422
    assert "待答复" in force.get(place).text


def test_a_flyer_for_the_task_force_waits_in_its_list_and_can_be_called_wrong(app: FastAPI) -> None:
    give_account(app, "worker", Role.GRID_WORKER, town="t-1")
    worker, force = signed_in(app, "worker"), signed_in(app, "force")
    worker.post("/", data=FLYER)
    place = link_in(force.get("/waiting").text, "/assessments/")
    said = worker.post(f"{place}/labels", data={"verdict": "false_alarm", "comment": "已经核过，是正规民宿"})
    assert "已经核过，是正规民宿" in said.text
    assert worker.post(f"{place}/labels", data={"verdict": "", "comment": "写了一半"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("words=财富", True), ("words=理发", False), ("level=low", False), ("since=2026-01-01", True),
     ("until=2020-01-01", False), ("channel=registration&route=consult", True), ("since=nonsense", True),
     ("words=%25", False), ("level=made-up", True)],
)  # fmt: skip
def test_records_are_found_by_what_is_remembered(app: FastAPI, query: str, is_found: bool) -> None:
    bureau = signed_in(app, "bureau")
    bureau.post("/", data=COMPANY)
    assert ("张店财富投资有限公司" in bureau.get(f"/assessments?{query}").text) is is_found


def test_a_record_of_others_is_not_there(app: FastAPI) -> None:
    give_account(app, "worker", Role.GRID_WORKER, town="t-1")
    give_account(app, "neighbour", Role.GRID_WORKER, town="t-1")
    worker = signed_in(app, "worker")
    worker.post("/", data=FLYER)
    place = link_in(worker.get("/assessments").text, "/assessments/")
    neighbour = signed_in(app, "neighbour")
    assert neighbour.get(place).status_code == 404
    assert "没有找到" in neighbour.get("/assessments").text


@pytest.mark.parametrize(
    "address", ["/assessments?words=a%00b", "/consultations/%00", "/assessments/a%00b", "/waiting?cursor=%00"]
)
def test_what_no_database_can_be_asked_for_is_not_there(app: FastAPI, address: str) -> None:
    assert signed_in(app, "force").get(address).status_code == 404


def test_an_administrator_adds_somebody_whose_link_works_once(app: FastAPI) -> None:
    give_account(app, "root", Role.SYSTEM_ADMIN)
    root = signed_in(app, "root")
    sent = {"sign_in_name": "wang", "display_name": "王", "roles": ["grid_worker"], "town": "t-1", "party": ""}
    shown = root.post("/accounts", data=sent).text
    token = re.search(r"/invite#([\w-]+)", shown)
    assert token is not None
    chosen = {"token": token[0], "new": PASSWORD, "again": PASSWORD}
    assert browser(app).post("/invite", data={**chosen, "again": "other"}).status_code == 422
    assert browser(app).post("/invite", data=chosen).url.path == "/"
    assert browser(app).post("/invite", data=chosen).status_code == 422
    assert signed_in(app, "wang").get("/").status_code == 200


def test_a_disabled_account_is_out_at_once(app: FastAPI) -> None:
    give_account(app, "root", Role.SYSTEM_ADMIN)
    root, force = signed_in(app, "root"), signed_in(app, "force")
    place = next(one for one in re.findall(r'href="(/accounts/[^"]+)"', root.get("/accounts").text)
                 if "（force）" not in one and "force" in root.get(one).text)  # fmt: skip
    version = re.search(r'name="version" value="(\d+)"', root.get(place).text)
    assert version is not None
    root.post(f"{place}/disable", data={"version": version[1]})
    assert force.get("/me").url.path == "/sign-in"


def test_a_key_is_shown_once_and_revoked(app: FastAPI) -> None:
    give_account(app, "root", Role.SYSTEM_ADMIN)
    root = signed_in(app, "root")
    sent = {"name": "审批系统", "permissions": "registration.screen", "networks": "127.0.0.1", "requests": "60",
            "days": "30", "party": "bureau-1", "town": ""}  # fmt: skip
    assert "网段写得不对" in root.post("/keys", data={**sent, "networks": "here"}).text
    key = re.search(r"rs_[0-9a-f_]+", root.post("/keys", data=sent).text)
    assert key is not None
    program = {"authorization": f"Bearer {key[0]}", "accept": "application/json"}
    assert browser(app).post("/v1/screenings", json=COMPANY, headers=program).status_code == 200
    assert key[0] not in root.get("/keys").text
    place = re.search(r'action="(/keys/[^"]+/revoke)"', root.get("/keys").text)
    assert place is not None
    root.post(place[1])
    assert browser(app).post("/v1/screenings", json=COMPANY, headers=program).status_code == 401


def test_the_auditor_sees_what_was_done_and_that_nothing_was_changed(app: FastAPI) -> None:
    give_account(app, "watcher", Role.AUDITOR)
    signed_in(app, "bureau").post("/", data=COMPANY)
    watcher = signed_in(app, "watcher")
    assert "screening.store" in watcher.get("/audit?action=screening").text
    assert "screening.store" not in watcher.get("/audit?action=session").text
    assert "前后相接" in watcher.post("/audit").text
    assert "财富" not in watcher.get("/audit").text


def test_a_password_is_changed_by_its_owner_only_with_the_old_one(app: FastAPI) -> None:
    client = signed_in(app, "force")
    new = "Wv8$mmRt?3cx"
    assert client.post("/me/password", data={"old": "no", "new": new, "again": new}).status_code == 422
    assert "密码已更换" in client.post("/me/password", data={"old": PASSWORD, "new": new, "again": new}).text
