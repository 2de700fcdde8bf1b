"""The pages of those who work with it, each for the role it is for: looks, keyboard, no JavaScript; a whole round."""

import re
from collections.abc import Callable

import pytest
from looking import assert_page_is_good, tab_to
from office import COMPANY, CREDIT_CODE, FLYER, OTHER_CODE, Office
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from risk_screen.access.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Open = Callable[..., Page]
BUREAU, FORCE, LEAD, ADMIN = Role.APPROVAL_BUREAU, Role.TASK_FORCE, Role.TASK_FORCE_LEAD, Role.SYSTEM_ADMIN
# Name of the picture → who it is for, address, and somebody it is not for.
PAGES = {
    "screening": (Role.GRID_WORKER, "/", None),
    "consultations": (FORCE, "/consultations", Role.GRID_WORKER),
    "consultations-all": (BUREAU, "/consultations?state=all", Role.AUDITOR),
    "waiting": (FORCE, "/waiting", BUREAU),
    "records": (Role.ANALYST, "/assessments", ADMIN),
    "enterprises": (BUREAU, "/enterprises", Role.GRID_WORKER),
    "holds": (FORCE, "/holds", Role.ANALYST),
    "hold-draft": (FORCE, "/holds/draft", BUREAU),
    "accounts": (ADMIN, "/accounts", LEAD),
    "keys": (ADMIN, "/keys", Role.AUDITOR),
    "audit": (Role.AUDITOR, "/audit", ADMIN),
}
EMPTY = {
    "consultations-empty": (FORCE, "/consultations?state=superseded", "还没有"),
    "records-empty": (BUREAU, "/assessments?words=从来没有过", "没有找到"),
    "waiting-empty": (FORCE, "/waiting?route=verify", "没有等待核查的"),
    "audit-empty": (Role.AUDITOR, "/audit?actor=nobody", "没有找到"),
    "enterprise-unknown": (BUREAU, "/enterprises?credit_code=91370303MA3C0F2B46", "统一社会信用代码不对"),
    "not-found-page": (FORCE, "/consultations/none", "没有这一页"),
}


@pytest.fixture(scope="module", autouse=True)
def busy(office: Office) -> None:
    """One registration to consult on and one flyer to look into, so that no list is empty."""
    office.screened(**COMPANY)
    office.screened(**FLYER)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_good_for_whom_it_is_and_closed_to_others(visit_as: Open, name: str) -> None:
    role, address, other = PAGES[name]
    page = visit_as(role, address)
    expect(page.locator("h1")).not_to_have_text("没有权限")
    assert_page_is_good(page, name)
    if other is not None:
        expect(visit_as(other, address).locator("h1")).to_have_text("没有权限")


@pytest.mark.parametrize("name", EMPTY)
def test_where_nothing_is_the_page_says_so(visit_as: Open, name: str) -> None:
    role, address, said = EMPTY[name]
    page = visit_as(role, address)
    expect(page.locator("main")).to_contain_text(said)
    assert_page_is_good(page, name)


def key_from_page(page: Page, office: Office) -> TestClient:
    """The bureau's program with a key that the administrator has made on the page."""
    page.get_by_label("哪个系统用").fill("审批系统")
    for title in ("筛查企业登记", "查看筛查结果", "查看会商", "反馈登记结果"):
        page.get_by_label(title, exact=True).check()
    page.get_by_label("代表哪个单位").fill("bureau")
    page.get_by_label("允许的来源").fill("127.0.0.1")
    page.get_by_role("button", name="新建").click()
    headers = {"authorization": f"Bearer {page.locator('.secret').inner_text().strip()}"}
    return TestClient(office.app, base_url=office.address, headers=headers, client=("127.0.0.1", 50000))


@pytest.mark.parametrize("java_script", [True, False])
def test_a_whole_round_from_the_bureaus_program_to_the_answer_and_back(
    visit_as: Open, office: Office, *, java_script: bool
) -> None:
    def open_as(role: Role, address: str) -> Page:
        return visit_as(role, address, java_script_enabled=java_script)

    def look_at(page: Page, name: str) -> None:
        if java_script:
            assert_page_is_good(page, name)

    admin = open_as(ADMIN, "/keys")
    program = key_from_page(admin, office)
    look_at(admin, "key-given")
    name = f"张店{'银河' if java_script else '星河'}财富投资有限公司"
    consultation = program.post("/v1/screenings", json=COMPANY | {"name": name}).links["consultation"]["url"]

    force = open_as(FORCE, "/consultations")
    force.get_by_role("link", name=name).click()
    look_at(force, "consultation")
    force.get_by_label("有异议", exact=True).check()
    force.get_by_role("button", name="发出答复").click()
    expect(force.get_by_role("alert")).to_contain_text("要写明理由")
    look_at(force, "consultation-refused")
    force.get_by_role("textbox", name="理由").fill("名称含“财富”“投资”，申请人无金融许可。")
    force.get_by_role("button", name="发出答复").click()
    expect(force.locator("main")).to_contain_text("等待负责人确认")
    expect(force.get_by_role("button", name="确认并发出")).to_have_count(0)
    look_at(force, "consultation-proposed")

    bureau = open_as(BUREAU, "/consultations")
    bureau.get_by_role("link", name=name).click()
    expect(bureau.locator("main")).not_to_contain_text("申请人无金融许可")
    assert program.get(consultation).json()["answers"] == []

    lead = open_as(LEAD, "/consultations")
    lead.get_by_role("link", name=name).click()
    look_at(lead, "consultation-to-confirm")
    lead.get_by_role("button", name="确认并发出").click()
    expect(lead.get_by_role("status")).to_contain_text("已办理")

    bureau.reload()
    expect(bureau.locator("main")).to_contain_text("申请人无金融许可")
    look_at(bureau, "consultation-answered")
    assert program.get(consultation).json()["answers"][0]["answer"] == "objection"

    bureau.get_by_role("link", name="登记结果").click()
    bureau.get_by_label("不予登记").check()
    bureau.get_by_role("button", name="反馈").click()
    expect(bureau.get_by_role("status")).to_contain_text("已记下")
    look_at(bureau, "outcome")
    force.reload()
    expect(force.get_by_role("link", name="登记结果：不予登记")).to_be_visible()


@pytest.mark.parametrize("java_script", [True, False])
def test_a_registered_enterprise_is_held_by_two_people_and_the_bureau_prints_the_letter(
    visit_as: Open, office: Office, *, java_script: bool
) -> None:
    code, name = (CREDIT_CODE, "张店东湖投资有限公司") if java_script else (OTHER_CODE, "张店西湖投资有限公司")
    screened = office.screened(**COMPANY | {"name": name})
    bureau = visit_as(BUREAU, f"/assessments/{screened}/outcome", java_script_enabled=java_script)
    bureau.get_by_label("已登记", exact=True).check()
    bureau.get_by_label("统一社会信用代码").fill(code)
    bureau.get_by_role("button", name="反馈").click()

    force = visit_as(FORCE, f"/assessments/{screened}", java_script_enabled=java_script)
    force.get_by_role("link", name="看企业").click()
    force.get_by_role("link", name="起草暂缓登记建议").click()
    expect(force.get_by_label("单位名称")).to_have_value(name)
    force.get_by_label("变更登记").check()
    force.get_by_label("案号或线索编号").fill("线索 2026-17")
    force.get_by_label("理由").fill("正在核查。")
    force.get_by_label("抬头").fill("张店区行政审批服务局")
    force.get_by_label("收函单位").fill("bureau")
    force.get_by_role("button", name="保存草稿").click()
    expect(force.locator("main")).to_contain_text("等待负责人签发")
    expect(force.get_by_role("button", name="签发", exact=True)).to_have_count(0)

    lead = visit_as(LEAD, "/enterprises", java_script_enabled=java_script)
    lead.get_by_label("统一社会信用代码").fill(code)
    lead.get_by_role("button", name="查找").click()
    if java_script:
        assert_page_is_good(lead, "enterprise")
    lead.get_by_role("link", name="还没有编号").click()
    if java_script:
        assert_page_is_good(lead, "hold-to-sign")
    lead.get_by_role("button", name="签发").click()
    expect(lead.locator("main")).to_contain_text("已签发")
    if java_script:
        assert_page_is_good(lead, "hold-signed")

    bureau.goto("/holds")
    bureau.get_by_role("link", name=name).click()
    bureau.get_by_role("link", name="看建议函，打印").click()
    expect(bureau.get_by_role("article")).to_contain_text("建议暂停为该单位办理变更登记")
    if java_script:
        assert_page_is_good(bureau, "hold-letter")
    bureau.emulate_media(media="print")
    expect(bureau.get_by_role("article")).to_be_visible()
    expect(bureau.locator("header.top, nav.places, footer").filter(visible=True)).to_have_count(0)

    lead.get_by_label("为什么解除").fill("已核清。")
    lead.get_by_role("button", name="解除").click()
    expect(lead.locator("main")).to_contain_text("已解除")


def test_the_keyboard_is_enough_to_report_an_outcome_and_to_draft_a_hold(visit_as: Open, office: Office) -> None:
    screened = office.screened(**COMPANY | {"name": "张店南湖投资有限公司"})
    page = visit_as(BUREAU, f"/assessments/{screened}/outcome")
    tab_to(page, "input[name=outcome]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.locator("main")).to_contain_text("申请人改了名称")
    page = visit_as(FORCE, "/holds/draft")
    for field, text in {"subject_name": "甲公司", "procedures": "", "case_reference": "线索 1"}.items():
        tab_to(page, f"[name={field}]")
        page.keyboard.insert_text(text) if text else page.keyboard.press("Space")
    for field, text in {"reasons": "正在核查", "addressee": "某局", "party": "bureau"}.items():
        tab_to(page, f"[name={field}]")
        page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()


def test_the_keyboard_is_enough_to_answer(visit_as: Open, office: Office) -> None:
    name = "张店键盘投资有限公司"
    office.screened(**COMPANY | {"name": name})
    page = visit_as(FORCE, "/consultations")
    tab_to(page, ".records li:last-child a")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)
    tab_to(page, "input[name=answer]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#reasons")
    page.keyboard.insert_text("名称含“投资”。")
    tab_to(page, "#conditions")
    page.keyboard.insert_text("去掉“投资”。")
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.locator("main")).to_contain_text("有条件同意")


def test_the_bureau_asks_for_a_consultation_of_its_own_accord(visit_as: Open) -> None:
    page = visit_as(BUREAU, "/?channel=registration")
    page.get_by_label("企业名称").fill("张店老街面馆")
    page.get_by_role("button", name="筛查这家企业").click()
    page.get_by_role("link", name="会商与登记结果").click()
    page.get_by_role("link", name="提出会商").click()
    assert_page_is_good(page, "asking")
    tab_to(page, "#request")
    page.keyboard.insert_text("申请人一个月内改名三次。")
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.locator("main")).to_contain_text("申请人一个月内改名三次")


@pytest.mark.parametrize("java_script", [True, False])
def test_a_worker_screens_a_flyer_and_says_that_the_result_is_wrong(visit_as: Open, *, java_script: bool) -> None:
    page = visit_as(Role.GRID_WORKER, java_script_enabled=java_script)
    page.get_by_label("宣传文本").fill(FLYER["text"])
    page.get_by_role("button", name="筛查这段文字").click()
    page.get_by_role("link", name="结果不对？告诉分析员").click()
    page.get_by_label("误报").check()
    page.get_by_label("为什么").fill("已经核过，是正规民宿")
    page.get_by_role("button", name="告诉分析员").click()
    expect(page.locator("#labels")).to_contain_text("已经核过，是正规民宿")
    if java_script:
        assert_page_is_good(page, "record")


def test_the_keyboard_is_enough_to_find_a_record_and_to_say_what_is_wrong(visit_as: Open) -> None:
    page = visit_as(BUREAU, "/assessments")
    tab_to(page, "#words")
    page.keyboard.insert_text("财富")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("words="))
    tab_to(page, ".records a")
    page.keyboard.press("Enter")
    expect(page.locator("#labels")).to_be_attached()
    tab_to(page, "input[name=verdict]")
    page.keyboard.press("Space")
    tab_to(page, "#comment")
    page.keyboard.insert_text("老字号，名称沿用多年")
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.locator("#labels")).to_contain_text("名称沿用多年")


@pytest.mark.parametrize("java_script", [True, False])
def test_an_administrator_adds_somebody_changes_them_and_takes_them_out(visit_as: Open, *, java_script: bool) -> None:
    page = visit_as(ADMIN, "/accounts", java_script_enabled=java_script)
    name = "zhao.liu" if java_script else "sun.qi"
    page.get_by_label("登录名").fill(name)
    page.get_by_label("姓名").fill("赵六")
    page.get_by_label("网格员", exact=True).check()
    page.get_by_label("镇街", exact=True).last.fill("north")
    page.get_by_role("button", name="新建").click()
    expect(page.locator(".secret")).to_contain_text("/invite#")
    if java_script:
        assert_page_is_good(page, "account-link")
    page.get_by_role("link", name="完成").click()
    page.get_by_label("姓名").fill("赵小六")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")
    if java_script:
        assert_page_is_good(page, "account")
    page.get_by_role("button", name="停用这个账号").click()
    expect(page.locator("main")).to_contain_text("已停用")


def test_the_keyboard_is_enough_to_add_an_account_and_to_revoke_a_key(visit_as: Open, office: Office) -> None:
    page = visit_as(ADMIN, "/accounts")
    tab_to(page, "#sign_in_name")
    page.keyboard.type("zhou.ba")
    tab_to(page, "#display_name")
    page.keyboard.insert_text("周八")
    tab_to(page, "input[value=analyst]")
    page.keyboard.press("Space")
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.locator(".secret")).to_contain_text("/invite#")
    page.goto("/keys")
    tab_to(page, ".records button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已停用")


def test_the_auditor_finds_who_read_what_and_checks_the_chain(visit_as: Open) -> None:
    page = visit_as(Role.AUDITOR, "/audit")
    tab_to(page, "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("前后相接")
    assert_page_is_good(page, "audit-checked")
    expect(page.locator("main")).not_to_contain_text(re.compile("财富|返13万"))
