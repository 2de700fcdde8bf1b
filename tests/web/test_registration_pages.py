"""What becomes of a registration, the enterprise behind it, and the hold a person signs; as those see it who do it."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from people_on_pages import give_account, let_in_without_second_factor, signed_in
from starlette.testclient import TestClient

from golden_files import check_golden
from risk_screen import Screener
from risk_screen.access.roles import Role
from risk_screen.api.app import create_app
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database
from risk_screen.web.pages import add_pages

SCREENER = Screener.load()
CODE = "91350100M000100Y43"
COMPANY = {"channel": "registration", "name": "张店财富投资有限公司", "business_scope": "家具销售"}
REGISTERED = {"version": "0", "outcome": "registered", "credit_code": CODE, "registered_name": "张店家具有限公司"}
HOLD = {
    "subject_name": "张店家具有限公司",
    "credit_code": CODE,
    "procedures": ["change", "cancellation"],
    "case_reference": "线索 2026-17",
    "reasons": "正在核查其向不特定对象吸收资金的情况。\n涉及三十余人。",
    "addressee": "张店区行政审批服务局",
    "party": "bureau-1",
}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
NUMERAL = "[〇一二三四五六七八九十]+"
TIME = re.compile(rf"\d{{4}}年\d+月\d+日( \d\d:\d\d(:\d\d)?)?|〔\d{{4}}〕|{NUMERAL}年{NUMERAL}月{NUMERAL}日")


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    app = create_app(SCREENER, Store(open_database(f"sqlite:///{tmp_path}/people.db")))
    add_pages(app)
    let_in_without_second_factor(app)
    give_account(app, "force", Role.TASK_FORCE)
    give_account(app, "lead", Role.TASK_FORCE_LEAD)
    give_account(app, "bureau", Role.APPROVAL_BUREAU, party="bureau-1")
    return app


@pytest.fixture
def bureau(app: FastAPI) -> TestClient:
    client = signed_in(app, "bureau")
    client.post("/", data=COMPANY)
    return client


@pytest.fixture
def outcome(bureau: TestClient) -> str:
    """Where the bureau says what became of its registration."""
    return link_in(bureau.get("/assessments").text, "/assessments/") + "/outcome"


def link_in(text: str, start: str) -> str:
    found = re.search(rf'href="({start}[^"?#]+)"', text)
    assert found is not None, text
    return found[1]


def version_in(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found is not None, text
    return found[1]


def words_of(page: str) -> str:
    """What a person reads of a page: without ids and times, a line for each piece of text."""
    main = page.partition('<main id="main" tabindex="-1">')[2].partition("</main>")[0]
    words = re.sub(r"<[^>]+>", "\n", TIME.sub("（时间）", ID.sub("（编号）", main)))
    return "\n".join(line for line in map(str.strip, words.splitlines()) if line) + "\n"


def drafted(client: TestClient, **changes: object) -> str:
    answer = client.post("/holds", data=HOLD | changes)
    assert "已办理" in answer.text, words_of(answer.text)
    return answer.url.path


def test_the_bureau_reports_what_became_of_it_and_the_task_force_reads_it(
    app: FastAPI, bureau: TestClient, outcome: str
) -> None:
    assert "还没有反馈登记结果" in bureau.get(outcome).text
    said = bureau.post(outcome, data=REGISTERED)
    check_golden("page_outcome.txt", words_of(said.text))
    seen = signed_in(app, "force").get(outcome).text
    assert "张店家具有限公司" in seen
    assert "<form" not in seen
    assert "登记结果：已登记" in bureau.get(outcome.removesuffix("/outcome")).text


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"outcome": ""}, "还没有填写：结果"), ({"credit_code": ""}, "“已登记”要写统一社会信用代码"),
     ({"credit_code": "91350100M000100Y44"}, "统一社会信用代码不对"), ({"version": "3"}, "已经变了"),
     ({"outcome": "withdrawn"}, "请去掉"), ({"correction_reason": "改"}, "不是更正")],
)  # fmt: skip
def test_a_report_that_does_not_fit_is_refused_and_stays_on_the_page(
    bureau: TestClient, outcome: str, changes: dict[str, str], why: str
) -> None:
    answer = bureau.post(outcome, data=REGISTERED | changes)
    assert answer.status_code == 422
    assert why in words_of(answer.text)
    assert "correction_reason）" not in answer.text, "names of fields are for programs"
    assert 'value="张店家具有限公司"' in answer.text
    assert "还没有反馈登记结果" in bureau.get(outcome).text


def test_a_report_is_corrected_with_a_reason_and_the_earlier_one_stays(bureau: TestClient, outcome: str) -> None:
    bureau.post(outcome, data={"version": "0", "outcome": "withdrawn"})
    corrected = {"version": "1", "outcome": "refused"}
    assert "请写明更正原因再送" in words_of(bureau.post(outcome, data=corrected).text)
    said = words_of(bureau.post(outcome, data=corrected | {"correction_reason": "报错了"}).text)
    assert said.index("不予登记") < said.index("申请人撤回") < said.index("已更正")


def test_the_bureau_asks_for_a_consultation_that_the_screening_did_not(app: FastAPI) -> None:
    bureau = signed_in(app, "bureau")
    bureau.post("/", data={"channel": "registration", "name": "张店面条馆", "business_scope": "餐饮服务"})
    place = link_in(bureau.get("/assessments").text, "/assessments/")
    assert "提出会商" in bureau.get(place).text
    assert "还没有填写：为什么要会商" in bureau.post(f"{place}/consultation", data={"request": " "}).text
    opened = bureau.post(f"{place}/consultation", data={"request": "申请人多次改名"})
    assert "申请人多次改名" in signed_in(app, "force").get(opened.url.path).text
    assert "提出会商" not in bureau.get(place).text
    assert opened.url.path in bureau.get(f"{place}/consultation").text


def test_a_consultation_is_asked_for_on_registrations_of_ones_own(app: FastAPI, bureau: TestClient) -> None:
    place = link_in(bureau.get("/assessments").text, "/assessments/")
    give_account(app, "other", Role.APPROVAL_BUREAU, party="bureau-2")
    assert signed_in(app, "other").post(f"{place}/consultation", data={"request": "看看"}).status_code == 404
    force = signed_in(app, "force")
    force.post("/", data={"channel": "marketing", "text": "保本保息，月息2分"})
    flyer = link_in(force.get("/assessments?channel=marketing").text, "/assessments/")
    assert force.get(f"{flyer}/consultation").status_code == 404
    assert "提出会商" not in force.get(flyer).text


def test_a_flyer_has_no_outcome(app: FastAPI) -> None:
    force = signed_in(app, "force")
    force.post("/", data={"channel": "marketing", "text": "保本保息，月息2分"})
    place = link_in(force.get("/assessments").text, "/assessments/")
    assert force.get(f"{place}/outcome").status_code == 404
    assert "登记结果" not in force.get(place).text


def test_an_enterprise_shows_its_names_screenings_answers_and_holds(
    app: FastAPI, bureau: TestClient, outcome: str
) -> None:
    bureau.post(outcome, data=REGISTERED)
    place = link_in(bureau.get(outcome.removesuffix("/outcome")).text, "/enterprises/")
    drafted(signed_in(app, "force"))
    lead = signed_in(app, "lead")
    check_golden("page_enterprise.txt", words_of(lead.get(place).text))
    assert lead.get("/enterprises", params={"credit_code": f" {CODE.lower()} "}).url.path == place
    assert "草稿" not in bureau.get(place).text


@pytest.mark.parametrize(
    ("code", "status", "why"), [("1", 422, "统一社会信用代码不对"), ("91370303MA3C0F2B45", 422, ""), ("", 200, "")]
)
def test_a_code_that_is_none_is_refused_in_words(
    app: FastAPI, bureau: TestClient, code: str, status: int, why: str
) -> None:
    answer = bureau.get("/enterprises", params={"credit_code": code})
    assert answer.status_code == status
    assert why in answer.text


def test_an_enterprise_that_is_not_known_or_not_theirs_is_not_there(
    app: FastAPI, bureau: TestClient, outcome: str
) -> None:
    bureau.post(outcome, data=REGISTERED)
    place = link_in(bureau.get(outcome.removesuffix("/outcome")).text, "/enterprises/")
    give_account(app, "other", Role.APPROVAL_BUREAU, party="bureau-2")
    other = signed_in(app, "other")
    assert other.get(place).status_code == 404
    assert "没有这个企业" in other.get("/enterprises", params={"credit_code": CODE}).text
    assert other.get(outcome).status_code == 404
    assert other.post(outcome, data=REGISTERED).status_code == 404


def test_a_hold_is_drafted_by_one_signed_by_another_and_lifted_with_a_reason(app: FastAPI, bureau: TestClient) -> None:
    force, lead = signed_in(app, "force"), signed_in(app, "lead")
    place = drafted(force)
    assert "不得外送" in force.get(f"{place}/letter").text
    assert bureau.get(place).status_code == 404
    assert "还没有暂缓登记建议" in bureau.get("/holds").text
    version = version_in(lead.get(place).text)
    signed = lead.post(f"{place}/sign", data={"version": version})
    check_golden("page_hold.txt", words_of(signed.text))
    assert place in bureau.get("/holds").text
    check_golden("page_letter.txt", words_of(bureau.get(f"{place}/letter").text))
    version = version_in(lead.get(place).text)
    assert "还没有填写：为什么解除" in lead.post(f"{place}/lift", data={"version": version, "reason": " "}).text
    assert "已解除" in lead.post(f"{place}/lift", data={"version": version, "reason": "已核清"}).text
    assert "已核清" in words_of(bureau.get(f"{place}/letter").text)


def test_who_drafted_a_hold_does_not_sign_it(app: FastAPI) -> None:
    lead = signed_in(app, "lead")
    place = drafted(lead)
    assert f"{place}/sign" not in lead.get(place).text
    assert "等待另一位负责人签发" in lead.get(place).text
    assert "须由不同的人办理" in lead.post(f"{place}/sign", data={"version": "1"}).text


def test_a_draft_is_put_aside_once_and_by_whoever_saw_it_last(app: FastAPI) -> None:
    force = signed_in(app, "force")
    place = drafted(force)
    assert "已经变了" in force.post(f"{place}/discard", data={"version": "7"}).text
    assert "已作废" in force.post(f"{place}/discard", data={"version": "1"}).text
    assert "不能再这样办理" in force.post(f"{place}/discard", data={"version": "2"}).text


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"reasons": " ", "addressee": ""}, "还没有填写：抬头、理由"), ({"procedures": []}, "暂停办理哪些登记"),
     ({"procedures": ["made-up"]}, "暂停办理哪些登记"), ({"credit_code": "1"}, "统一社会信用代码不对")],
)  # fmt: skip
def test_a_draft_that_is_incomplete_is_refused_and_what_was_typed_stays(
    app: FastAPI, changes: dict[str, object], why: str
) -> None:
    answer = signed_in(app, "force").post("/holds", data=HOLD | changes)
    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="bureau-1"' in answer.text


def test_a_character_that_no_database_keeps_is_refused(app: FastAPI) -> None:
    answer = signed_in(app, "force").post("/holds", data=HOLD | {"party": "a\x00b"})
    assert answer.status_code == 422
    assert "提交的内容读不出来" in answer.text


def test_a_draft_begun_at_an_enterprise_names_it(app: FastAPI, bureau: TestClient, outcome: str) -> None:
    bureau.post(outcome, data=REGISTERED)
    force = signed_in(app, "force")
    enterprise = link_in(force.get(outcome).text, "/enterprises/").rpartition("/")[2]
    form = force.get("/holds/draft", params={"enterprise": enterprise}).text
    assert 'value="张店家具有限公司"' in form
    assert f'value="{CODE}"' in form
    assert force.get("/holds/draft", params={"enterprise": "none"}).status_code == 404


@pytest.mark.parametrize("path", ["", "/letter", "/sign", "/lift", "/discard"])
def test_a_hold_that_is_not_there_is_not_there(app: FastAPI, path: str) -> None:
    lead = signed_in(app, "lead")
    sent = {"version": "1", "reason": "x"}
    answer = lead.get(f"/holds/none{path}") if path in ("", "/letter") else lead.post(f"/holds/none{path}", data=sent)
    assert answer.status_code == 404


def test_the_bureau_neither_drafts_nor_signs(app: FastAPI, bureau: TestClient) -> None:
    place = drafted(signed_in(app, "force"))
    assert bureau.get("/holds/draft").status_code == 403
    assert bureau.post("/holds", data=HOLD).status_code == 403
    assert bureau.post(f"{place}/sign", data={"version": "1"}).status_code == 403
    assert signed_in(app, "force").post(f"{place}/sign", data={"version": "1"}).status_code == 403
