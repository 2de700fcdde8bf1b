"""What the pages show the program to print is what it prints today."""

import difflib

import pytest
import refresh_examples
from markdown_files import page


@pytest.mark.slow
@pytest.mark.parametrize("name", refresh_examples.PAGES)
def test_examples_print_what_the_page_shows(name: str) -> None:
    shown = refresh_examples.without_versions(page(name).text)
    printed = refresh_examples.without_versions(refresh_examples.refreshed(page(name).text))
    lag = "\n".join(
        difflib.unified_diff(shown.splitlines(), printed.splitlines(), "shown", "printed", lineterm="", n=1)
    )
    assert lag == "", "run: python tools/refresh_examples.py"


@pytest.mark.parametrize("name", refresh_examples.PAGES)
def test_a_page_has_examples(name: str) -> None:
    assert refresh_examples.BLOCK.search(page(name).text)


def test_output_that_lags_is_noticed() -> None:
    block = "```pycon\n>>> 1 + 1\n3\n```"
    assert refresh_examples.refreshed(block) == "```pycon\n>>> 1 + 1\n2\n```"


def test_versions_alone_make_no_difference() -> None:
    one = "规则 2026.11+34dbc7dc3c5b · 模型 2026-11-22-8033d404 · 政策 1 · 程序 0.1.0；"
    other = "规则 2026.12+aaaabbbbcccc · 模型 2026-12-01-00000000 · 政策 2 · 程序 0.2.0；"
    assert refresh_examples.without_versions(one) == refresh_examples.without_versions(other)
    assert refresh_examples.without_versions("分数 86.0") != refresh_examples.without_versions("分数 86.1")
