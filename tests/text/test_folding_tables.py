"""The tables are read, closed and refused when broken; the shipped ones are what their generator makes."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from risk_screen.text.folding_tables import BIT_OF_STEP, RADICALS, FoldingTableError, parse_tables, read_rows

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules" / "folding"
CONTENTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(RULES.glob("*.tsv"))}


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_folding_tables", ROOT / "tools" / "build_folding_tables.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_chain_of_steps_is_followed_to_its_end_and_all_its_steps_are_kept() -> None:
    tables = parse_tables({"width.tsv": "Ａ\tA", "case.tsv": "A\ta", "invisible.tsv": "U+200B..U+200C\t"})
    assert tables.outputs == {0xFF21: "a", 0x41: "a", 0x200B: "", 0x200C: ""}
    assert tables.steps[0xFF21] == BIT_OF_STEP["width"] | BIT_OF_STEP["case"]


def test_comments_notes_and_other_files_are_not_read() -> None:
    tables = parse_tables({"width.tsv": "# head\n\nU+3000\tU+0020\tblank", "README.md": "no table"})
    assert tables.outputs == {0x3000: " "}


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ({"shape.tsv": "a\tb"}, "shape"),
        ({"homophone.tsv": "a\tb"}, "homophone"),
        ({"width.tsv": "ab\tc"}, "一个字符"),
        ({"width.tsv": "\tc"}, "一个字符"),
        ({"width.tsv": "U+XY\tc"}, "第 1 行"),
        ({"width.tsv": "a\tU+0041,U+0042"}, "第 1 行"),
        ({"width.tsv": "a\tb", "case.tsv": "a\tc"}, "U+0061"),
        ({"width.tsv": "a\tb\nb\ta"}, "没有终点"),
        ({"width.tsv": "a\taa"}, "没有终点"),
        ({"split_character.tsv": "亻呆本\t保"}, "亻呆本"),
        ({"split_character.tsv": "亻寸\t付\n阝付\t附"}, "亻寸"),
        ({"split_character.tsv": "木木\t林"}, "偏旁"),
        ({"split_character.tsv": "亻呆\t保", "lookalike.tsv": "呆\t待"}, "其他步骤"),
    ],
)
def test_a_broken_table_is_refused_with_its_name(contents: dict[str, str], says: str) -> None:
    with pytest.raises(FoldingTableError, match=re.escape(says)) as refused:
        parse_tables(contents)
    assert refused.value.code == "folding_table"


def test_shipped_tables_name_their_source() -> None:
    assert len(CONTENTS) == 14
    readme = (RULES / "README.md").read_text(encoding="utf-8")
    for name, content in CONTENTS.items():
        assert "Source: " in content, name
        assert f"`{name}`" in readme


def test_shipped_tables_are_closed_and_leave_plain_chinese_alone() -> None:
    tables = parse_tables(CONTENTS)
    changed = set(tables.outputs)
    assert not any(ord(ch) in changed for output in tables.outputs.values() for ch in output)
    assert not any(ord(ch) in changed for ch in tables.separators)
    kept = "投资理财基金保本高息返利年化收益,。;、()!?“”《》0123456789abcdefghijklmnopqrstuvwxyz%\n "
    assert not any(ord(ch) in changed for ch in kept)
    assert all(RADICALS.intersection(pair) for pair in tables.split_characters)


def test_no_simplified_character_is_changed_but_those_listed() -> None:
    tables = parse_tables(CONTENTS)
    simplified = [chr(c) for c in range(0x4E00, 0xA000) if len(chr(c).encode("gb2312", "ignore")) == 2]
    assert len(simplified) == 6763
    changed = {ch for ch in simplified if ord(ch) in tables.outputs}
    assert changed == set("壹贰叁柒捌玖佰仟後於徵夥麽菸醣麴")


def test_shipped_generated_tables_are_what_the_generator_makes() -> None:
    made = generator().generated()
    assert set(made) == {name for name, content in CONTENTS.items() if "do not edit" in content}
    for name, rows in made.items():
        shipped = {ord(source): output for source, output in read_rows(name, CONTENTS[name])}
        newer = {code: output for code, output in rows.items() if code not in shipped}
        assert shipped == {code: output for code, output in rows.items() if code in shipped}
        assert len(newer) < 200, "only characters newer than the tables may be missing"
