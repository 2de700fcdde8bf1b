"""README.md and README.zh-CN.md say the same: equal headings, blocks, tables, pictures and links."""

import re

from markdown_files import Block, page

ENGLISH, CHINESE = page("README.md"), page("README.zh-CN.md")
READING_CHARACTERS = 12_000
TWINS = {"README.md", "README.zh-CN.md"}


def without_remarks(block: Block) -> tuple[str, str]:
    """A block without what follows # in shell lines: the remarks are in the language of the page."""
    if block.language in {"sh", "console"}:
        return block.language, re.sub(r"\s+# .*$", "", block.content, flags=re.M)
    return block.language, block.content


def test_headings_are_equal_in_number_and_depth() -> None:
    assert [depth for depth, _ in ENGLISH.headings] == [depth for depth, _ in CHINESE.headings]


def test_blocks_are_equal() -> None:
    assert [without_remarks(b) for b in ENGLISH.blocks] == [without_remarks(b) for b in CHINESE.blocks]


def test_tables_have_equally_many_rows_and_columns() -> None:
    def sizes(tables: list[list[str]]) -> list[list[int]]:
        return [[row.count("|") for row in table] for table in tables]

    assert sizes(ENGLISH.tables) == sizes(CHINESE.tables)


def test_links_and_pictures_are_equal() -> None:
    assert [t for t in ENGLISH.targets if t not in TWINS] == [t for t in CHINESE.targets if t not in TWINS]


def test_numbers_are_equal() -> None:
    def figures(prose: str) -> list[str]:
        return sorted(re.findall(r"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])", "\n".join(re.findall(r"^\|.*", prose, re.M))))

    assert figures(ENGLISH.prose) == figures(CHINESE.prose)


def test_each_names_the_other() -> None:
    assert "README.zh-CN.md" in ENGLISH.targets
    assert "README.md" in CHINESE.targets


def test_a_readme_is_read_in_minutes() -> None:
    assert max(len(ENGLISH.text), len(CHINESE.text)) < READING_CHARACTERS
