"""What every page must be: no sideways scrolling, nothing that axe finds, targets for a thumb, focus that shows."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = Path(__file__).parents[2] / "test-results"
"""Where pictures for people are left; git ignores it."""
WIDTHS = (360, 1280)
SMALLEST_TARGET = 44
TARGETS = (
    "button, summary, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox]), .choices label, "
    "header.top a, nav a, .examples a, .again, .back, .records h2 a, .number"
)
TOO_SMALL = """([selector, smallest]) => [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.getBoundingClientRect(), one.outerHTML])
    .filter(([box]) => box.height < smallest - 0.5 || box.width < smallest - 0.5)
    .map(([box, html]) => `${Math.round(box.width)}×${Math.round(box.height)} ${html.slice(0, 90)}`)"""
# What shows that the keyboard is here: an outline of its own.
FOCUS = "getComputedStyle(document.activeElement).outlineStyle"
MOST_TABS = 60


def assert_page_is_good(page: Page, name: str) -> None:
    """Look at a page on a phone and on a desk, by day and by night; pictures of it are left for people."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        assert_no_sideways_scrolling(page)
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": WIDTHS[0], "height": 720})
    assert_targets_are_large(page)
    assert_axe_finds_nothing(page)
    page.emulate_media(color_scheme="dark")
    assert_axe_finds_nothing(page, "color-contrast")
    page.emulate_media(color_scheme="light")


def assert_no_sideways_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def assert_targets_are_large(page: Page) -> None:
    assert page.evaluate(TOO_SMALL, [TARGETS, SMALLEST_TARGET]) == []


def assert_axe_finds_nothing(page: Page, *rules: str) -> None:
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    results = Axe().run(page, options=options)
    assert results.violations_count == 0, results.generate_report()


def tab_to(page: Page, selector: str, at_most: int = MOST_TABS) -> None:
    """Press Tab until the focus is there, and see that it shows."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(FOCUS) != "none"
            return
    pytest.fail(f"{selector} is not reached by the keyboard")
