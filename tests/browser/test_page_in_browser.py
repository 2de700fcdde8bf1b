"""The page in a grid worker's hands: small screens, keyboard only, no JavaScript, no network, screen readers."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from looking import assert_axe_finds_nothing, assert_no_sideways_scrolling, assert_targets_are_large, tab_to
from playwright.sync_api import Page, Route, expect

from risk_screen.web.examples import EXAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Open = Callable[..., Page]
OF = {example.key: example for example in EXAMPLES}
FLYER = OF["care-home-flyer"].fields["text"]
COMPANY = OF["wealth-company"].fields
WIDTHS = pytest.mark.parametrize("width", [320, 360, 1280])


def screen_flyer(page: Page, text: str = FLYER) -> None:
    page.get_by_label("宣传文本").fill(text)
    page.get_by_role("button", name="筛查这段文字").click()
    expect(page.locator(".verdict")).to_be_visible()


def screen_company(page: Page) -> None:
    page.get_by_role("link", name="企业登记").click()
    page.get_by_label("企业名称").fill(COMPANY["name"])
    page.get_by_label("经营范围").fill(COMPANY["business_scope"])
    page.get_by_role("button", name="筛查这家企业").click()
    expect(page.locator(".verdict")).to_be_visible()


@WIDTHS
def test_a_flyer_is_pasted_screened_and_explained(visit: Open, screenshots: Path, width: int) -> None:
    page = visit(width=width)
    page.screenshot(path=screenshots / f"form-{width}.png", full_page=True)
    screen_flyer(page)
    expect(page.locator("#result")).to_be_in_viewport()
    expect(page.locator("#result .level")).to_have_text(re.compile("^(橙色|红色)"))
    expect(page.locator("mark").first).to_be_visible()
    assert_no_sideways_scrolling(page)
    page.locator(".sum-of-parts summary").click()
    assert_no_sideways_scrolling(page)
    page.screenshot(path=screenshots / f"flyer-{width}.png", full_page=True)


@WIDTHS
def test_a_registration_is_screened_from_its_own_tab(visit: Open, screenshots: Path, width: int) -> None:
    page = visit(width=width)
    screen_company(page)
    expect(page.locator("#name")).to_have_value(COMPANY["name"])
    expect(page.get_by_label("宣传文本")).to_be_hidden()
    assert_no_sideways_scrolling(page)
    page.screenshot(path=screenshots / f"registration-{width}.png", full_page=True)


def test_a_mark_leads_to_its_reason_and_back(visit: Open) -> None:
    page = visit()
    screen_flyer(page)
    page.get_by_role("link", name="看理由1", exact=True).first.click()
    expect(page.locator("#reason-1")).to_be_in_viewport()
    page.get_by_role("link", name="在原文中看理由1", exact=True).click()
    expect(page.locator("#mark-1")).to_be_in_viewport()


def test_a_harmless_advertisement_is_blue_and_says_what_that_means(visit: Open, screenshots: Path) -> None:
    page = visit()
    screen_flyer(page, OF["noodle-shop"].fields["text"])
    expect(page.locator("#result .level")).to_have_text("蓝色（低）")
    expect(page.locator(".verdict")).to_contain_text("不等于没有风险")
    page.screenshot(path=screenshots / "harmless-360.png", full_page=True)


PAGES = {
    "empty": lambda page: None,
    "flyer": screen_flyer,
    "registration": screen_company,
    "error": lambda page: page.get_by_role("button", name="筛查这段文字").click(),
    "docs": lambda page: page.goto("/docs"),
    "not-found": lambda page: page.goto("/nowhere"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(visit: Open, screenshots: Path, name: str, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    PAGES[name](page)
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true; }")
    page.screenshot(path=screenshots / f"{name}-{scheme}.png", full_page=True)
    assert_axe_finds_nothing(page)


def test_the_keyboard_is_enough(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#text")
    page.keyboard.insert_text(FLYER)
    tab_to(page, "#marketing button")
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_focused()
    tab_to(page, "sup a")
    page.keyboard.press("Enter")
    expect(page.locator("li:target")).to_be_in_viewport()


def test_everything_works_without_javascript(visit: Open) -> None:
    page = visit(java_script_enabled=False)
    page.get_by_text("点一个例子试试").first.click()
    page.get_by_role("link", name=OF["care-home-flyer"].title).click()
    expect(page.get_by_label("宣传文本")).to_have_value(FLYER)
    page.get_by_role("button", name="筛查这段文字").click()
    expect(page.locator("#result")).to_be_in_viewport()
    page.get_by_role("link", name="企业登记").first.click()
    page.get_by_label("企业名称").fill(COMPANY["name"])
    page.get_by_role("button", name="筛查这家企业").click()
    expect(page.locator(".verdict")).to_be_visible()


def test_an_empty_form_leads_to_the_field(visit: Open) -> None:
    page = visit()
    page.get_by_role("button", name="筛查这段文字").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("宣传文本")).to_be_focused()


def test_an_example_fills_the_form_without_a_round_trip(visit: Open) -> None:
    page = visit("/?channel=registration")
    page.get_by_text("点一个例子试试").last.click()
    page.get_by_role("link", name=OF["catering-company"].title).click()
    expect(page.get_by_label("企业名称")).to_have_value(OF["catering-company"].fields["name"])
    expect(page.get_by_label("经营范围")).to_have_value(OF["catering-company"].fields["business_scope"])
    assert "example" not in page.url


def test_the_counter_counts_characters_and_warns(visit: Open) -> None:
    page = visit()
    page.get_by_label("宣传文本").fill("保本💰")
    expect(page.locator(".count")).to_have_text("已有 3 字，最多 100,000 字。")
    page.get_by_label("宣传文本").fill("长" * 100_001)
    expect(page.locator(".count")).to_contain_text("超过上限")


def test_without_network_the_text_stays(visit: Open) -> None:
    page = visit()
    page.context.set_offline(True)
    page.get_by_label("宣传文本").fill(FLYER)
    page.get_by_role("button", name="筛查这段文字").click()
    expect(page.get_by_role("status").first).to_contain_text("没有网络")
    page.context.set_offline(False)
    page.get_by_role("button", name="筛查这段文字").click()
    expect(page.locator(".verdict")).to_be_visible()


def test_a_text_that_was_not_received_is_restored(visit: Open) -> None:
    page = visit()

    def drop(route: Route) -> None:
        route.abort("connectionreset") if route.request.method == "POST" else route.continue_()

    page.route("**/*", drop)
    page.get_by_label("宣传文本").fill(FLYER)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="筛查这段文字").click()
    page.unroute("**/*")
    page.goto("/")
    expect(page.get_by_label("宣传文本")).to_have_value(FLYER)
    expect(page.get_by_role("status").first).to_contain_text("已经恢复")
    screen_flyer(page)
    page.goto("/")
    expect(page.get_by_label("宣传文本")).to_have_value("")


def test_a_form_is_sent_once_and_says_that_it_is_under_way(visit: Open) -> None:
    page = visit()
    submit_twice = """form => [1, 2].map(() => {
        const event = new SubmitEvent("submit", { cancelable: true });
        form.dispatchEvent(event);
        return event.defaultPrevented;
    })"""
    assert page.locator("#marketing").evaluate(submit_twice) == [False, True]
    expect(page.get_by_role("status").first).to_have_text("正在筛查……")


def test_what_is_touched_is_large_enough(visit: Open) -> None:
    page = visit()
    screen_flyer(page)
    assert_targets_are_large(page)


def test_a_print_shows_the_result_and_not_the_form(visit: Open) -> None:
    page = visit()
    screen_flyer(page)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#marketing")).to_be_hidden()
    expect(page.locator(".sum-of-parts table")).to_be_visible()


def test_injected_html_does_not_run(visit: Open) -> None:
    page = visit()
    screen_flyer(page, "保本保息<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">")
    assert "ran" not in page.title()
    assert page.locator(".text img, .text script").count() == 0
