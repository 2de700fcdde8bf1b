"""Signing in, step by step, as a person does it the first time and later: with a link, a second factor, or neither."""

import re
from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from looking import assert_page_is_good, tab_to
from office import Office
from playwright.sync_api import Page, expect

from people import OFFICE, PASSWORD
from risk_screen.access.roles import Role
from risk_screen.access.totp import code_at, step_at
from risk_screen.operations.accounts import Administration, Person, add_account

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Open = Callable[..., Page]


@pytest.fixture(autouse=True)
def opened(office: Office) -> Office:
    """Until somebody has an account there is nothing to sign in to."""
    return office


def invited(app: FastAPI, name: str, role: Role) -> str:
    """The address in the link that somebody is given."""
    made = add_account(Administration(app.state.store, OFFICE), name, Person("张三", frozenset({role}), "", "north"))
    return f"/invite#{made.token}"


def choose_password(page: Page) -> None:
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输一遍").fill(PASSWORD)
    page.get_by_role("button", name="设密码").click()


def give_name_and_password(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def give_code(page: Page, code: str, button: str) -> None:
    page.get_by_label("动态码").fill(code)
    page.get_by_role("button", name=button).click()


def secret_on(page: Page) -> str:
    return page.locator(".secret").inner_text().strip()


def test_who_is_new_chooses_a_password_binds_a_phone_and_signs_in_again(visit: Open, app: FastAPI) -> None:
    page = visit(invited(app, "li.si", Role.TASK_FORCE))
    assert "#" not in page.url, "the code does not stay in the address"
    assert_page_is_good(page, "invite")
    choose_password(page)
    expect(page.get_by_role("heading", name="绑定动态码")).to_be_visible()
    secret = secret_on(page)
    give_code(page, "000000", "绑定")
    expect(page.get_by_role("alert")).to_be_visible()
    assert secret_on(page) == secret, "what was scanned still holds"
    assert_page_is_good(page, "sign-in-bind")
    key = b32decode(secret + "=" * (-len(secret) % 8))
    give_code(page, code_at(key, step_at(app.state.store.now())), "绑定")
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    codes = page.locator(".secret li").all_inner_texts()
    assert_page_is_good(page, "recovery-codes")
    page.get_by_role("link", name="我已保存，继续").click()
    page.get_by_role("link", name="张三").click()
    page.get_by_role("button", name="退出登录").click()
    give_name_and_password(page, "li.si")
    expect(page.get_by_role("heading", name="动态码")).to_be_visible()
    assert_page_is_good(page, "sign-in-code")
    give_code(page, "000000", "继续")
    expect(page.get_by_role("alert")).to_be_visible()
    give_code(page, codes[0], "继续")
    expect(page.get_by_role("link", name="张三")).to_be_visible()


def test_the_keyboard_is_enough_to_sign_in(visit: Open) -> None:
    page = visit("/assessments?level=high", width=1280)
    assert_page_is_good(page, "sign-in")
    tab_to(page, "#name")
    page.keyboard.type(Role.GRID_WORKER.value)
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/assessments\?level=high$"))


def test_a_wrong_password_is_refused_in_words_and_not_shown_again(visit: Open) -> None:
    page = visit("/sign-in")
    give_name_and_password(page, Role.GRID_WORKER.value, "wrong-one-1A")
    expect(page.get_by_role("alert")).to_contain_text("不对")
    expect(page.get_by_label("登录名")).to_have_value(Role.GRID_WORKER.value)
    expect(page.get_by_label("密码")).to_have_value("")
    assert_page_is_good(page, "sign-in-refused")


def test_who_must_change_a_password_is_led_to_it(visit: Open, office: Office) -> None:
    gate = office.app.state.gate
    account = office.accounts[Role.TOWN_OFFICE]
    now, gate.store.now = gate.store.now, lambda: now() + timedelta(days=200)
    try:
        page = visit("/sign-in")
        give_name_and_password(page, account.sign_in_name)
        expect(page.get_by_role("heading", name="更换密码")).to_be_visible()
        assert_page_is_good(page, "sign-in-change-password")
    finally:
        gate.store.now = now


def test_without_javascript_the_link_is_pasted_and_signing_in_works(visit: Open, app: FastAPI) -> None:
    link = invited(app, "wang.wu", Role.GRID_WORKER)
    page = visit("/invite", java_script_enabled=False)
    page.get_by_label("链接里的代码").fill(f"http://127.0.0.1{link}")
    choose_password(page)
    expect(page.get_by_label("宣传文本")).to_be_visible()
    page.get_by_role("link", name="张三").click()
    page.get_by_role("button", name="退出登录").click()
    give_name_and_password(page, "wang.wu")
    expect(page.get_by_label("宣传文本")).to_be_visible()


def test_one_signs_out_everywhere_else_and_changes_a_password(visit: Open, visit_as: Open) -> None:
    visit_as(Role.ANALYST)
    page = visit_as(Role.ANALYST, "/me")
    assert_page_is_good(page, "me")
    page.get_by_role("button", name="退出这一处").first.click()
    expect(page.get_by_role("status")).to_contain_text("已退出那一处登录")
    page.get_by_label("现在的密码").fill("wrong-one-1A")
    page.get_by_label("新密码").fill(PASSWORD + "x")
    page.get_by_label("再输一遍").fill(PASSWORD + "x")
    page.get_by_role("button", name="更换密码").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto("/me/factor")
    assert_page_is_good(page, "me-factor")
