"""What every page is held to does find a page that is not so."""

import pytest
from looking import assert_axe_finds_nothing, assert_no_sideways_scrolling, assert_targets_are_large, tab_to
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BAD = {
    "too wide": ('<p style="width: 2000px">宽</p>', assert_no_sideways_scrolling),
    "a tiny button": ('<button style="height: 20px">按</button>', assert_targets_are_large),
    "a field without a label": ("<input name=a>", assert_axe_finds_nothing),
    "grey on grey": ('<p style="color: #aaa; background: #bbb">看不清</p>', assert_axe_finds_nothing),
    "focus that does not show": (
        "<style>a:focus { outline: none }</style><a href='/'>去</a>",
        lambda page: tab_to(page, "a"),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_page_that_is_not_good_is_found(browser: Browser, name: str) -> None:
    content, check = BAD[name]
    page = browser.new_page(viewport={"width": 360, "height": 720})
    page.set_content(f"<!doctype html><html lang=zh><title>坏</title><main><h1>坏</h1>{content}</main></html>")
    with pytest.raises(AssertionError):
        check(page)
    page.close()


def test_what_no_key_reaches_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<a href='/'>去</a><div id=far>点</div>")
    with pytest.raises(pytest.fail.Exception):
        tab_to(page, "#far", at_most=3)
    page.close()
