"""Which column is which field, and what to do when that cannot be told."""

import pytest

from risk_screen.bulk.columns import Heading, TableError, fields_by_column, find_heading, names_in_result

FOUND = [
    ("marketing", ["id", "text"], {}, {"id": "id", "text": "text"}),
    ("marketing", ["编号", "文本"], {}, {"编号": "id", "文本": "text"}),
    ("marketing", [" Text ", "其他"], {}, {" Text ": "text"}),
    ("marketing", ["内容"], {}, {"内容": "text"}),
    ("marketing", ["text", "text_joined"], {"text": "text_joined"}, {"text_joined": "text"}),
    ("marketing", ["text", "name", "name"], {}, {"text": "text"}),
    ("registration", ["企业名称", "经营范围"], {}, {"企业名称": "name", "经营范围": "business_scope"}),
    ("registration", ["NAME", "scope", "text"], {}, {"NAME": "name", "scope": "business_scope"}),
    ("registration", ["经营范围"], {}, {"经营范围": "business_scope"}),
    ("registration", ["x", "y"], {"id": "x", "name": "y"}, {"x": "id", "y": "name"}),
    ("registration", ["name", "名称"], {"name": "名称"}, {"名称": "name"}),
    ("registration", ["编号", "id", "name"], {}, {"id": "id", "name": "name"}),
    ("marketing", ["企业\n名称", "宣传 文本", "文　本"], {}, {"文　本": "text"}),
]


@pytest.mark.parametrize(("channel", "columns", "renamed", "expected"), FOUND)
def test_columns_are_known_by_name_alias_or_wish(
    channel: str, columns: list[str], renamed: dict[str, str], expected: dict[str, str]
) -> None:
    assert fields_by_column(columns, channel, renamed) == expected


REFUSED = [
    ("marketing", [], {}, "没有找到可筛查的列"),
    ("marketing", ["name", "scope"], {}, "现有的列是 name、scope"),
    ("marketing", ["", "x"], {}, "（空）、x"),
    ("marketing", ["text"], {"text": "正文"}, "没有列“正文”"),
    ("marketing", ["text", "text"], {}, "有 2 列都是 text（text、text）"),
    ("marketing", ["text", "文本", "内容"], {}, "有 3 列都是 text（text、文本、内容）"),
    ("marketing", ["正文", "正文"], {"text": "正文"}, "有 2 列都是 text（正文、正文）"),
    ("registration", [f"列{n}" for n in range(30)], {}, "等 30 列"),
]


@pytest.mark.parametrize(("channel", "columns", "renamed", "says"), REFUSED)
def test_columns_that_cannot_be_told_are_refused_in_words(
    channel: str, columns: list[str], renamed: dict[str, str], says: str
) -> None:
    with pytest.raises(TableError) as caught:
        fields_by_column(columns, channel, renamed)
    assert says in caught.value.detail
    assert "--map" in caught.value.detail


def test_a_file_without_a_heading_is_told_so_and_its_first_text_is_not_repeated() -> None:
    with pytest.raises(TableError, match="第一行应当是列名") as caught:
        fields_by_column(["1", "张三承诺投资十万元一年返还十三万元保本保息"], "marketing", {})
    assert "张三" not in caught.value.detail


def test_the_heading_is_the_first_row_that_names_a_field() -> None:
    rows = [["登记表", "", ""], ["", " 企业名称 ", "备注"], ["", "企业名称", "名称"]]
    assert find_heading(rows, "registration", {}) == Heading(("", "企业名称", "备注"), {1: "name"}, 1)


def test_when_no_row_is_a_heading_the_message_is_about_the_fullest() -> None:
    with pytest.raises(TableError, match="现有的列是 甲、乙、丙"):
        find_heading([["标题", "", ""], ["甲", "乙", "丙"], ["1", "2", "3"]], "registration", {})


OURS = ("id", "score", "error")
NAMES = [
    (["编号", "text"], None, ("编号", "text")),
    (["id", "text"], 0, ("id", "text")),
    (["id", "编号"], None, ("原表_id", "编号")),
    (["score", "原表_score", "score"], None, ("原表_score", "原表_score_2", "原表_score_3")),
    (["甲", "甲", "", ""], None, ("甲", "甲_2", "列3", "列4")),
]


@pytest.mark.parametrize(("columns", "kept", "names"), NAMES)
def test_the_columns_of_the_input_keep_their_names_unless_one_is_taken(
    columns: list[str], kept: int | None, names: tuple[str, ...]
) -> None:
    assert names_in_result(columns, OURS, kept=kept) == names
