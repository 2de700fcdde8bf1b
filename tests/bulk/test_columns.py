"""Which column is which field, and what to do when that cannot be told."""

import pytest

from risk_screen.bulk.columns import TableError, fields_by_column

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
    ("registration", ["id", "编号", "name"], {}, "有 2 列都是 id"),
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
