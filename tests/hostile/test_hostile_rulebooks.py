"""`rules lint` over folders that would blow up, never end or mislead: an answer with file, line and code."""

import os
import shutil
from pathlib import Path

import pytest
from rulebooks import SMALL, TABLES, dumped, rule

from risk_screen.rules.checking import lint
from risk_screen.rules.errors import Problem

FILE = "local/marketing/example.yaml"
LIST = "local/licensed_institutions.csv"
RULE = dumped(rule())
LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
WORDS = [f"{chr(code)}{chr(code + 1)}保" for code in range(0x4E00, 0x4E00 + 10_000)]


def linted(folder: Path, content: str | bytes, file: str = FILE) -> list[Problem]:
    """Errors of a small rulebook with one file more, the lock left out."""
    rules = folder / "rules"
    shutil.copytree(SMALL, rules)
    (rules / "folding").mkdir(exist_ok=True)
    for name, table in TABLES.items():
        (rules / "folding" / name).write_text(table, encoding="utf-8")
    (rules / file).parent.mkdir(parents=True, exist_ok=True)
    (rules / file).write_bytes(content.encode() if isinstance(content, str) else content)
    return [p for p in lint(rules) if p.severity == "error" and p.code != "RB081"]


def with_pattern(pattern: str) -> str:
    return dumped(rule(match={"pattern": pattern}))


REFUSED: list[tuple[str, str | bytes, str, str]] = [
    ("billion laughs", LAUGHS, "RB002", "锚点"),
    ("lists in lists in one line", RULE + "source: " + "[" * 200_000, "RB004", "嵌套超过"),
    ("mappings in mappings", RULE + "source: " + "{a: " * 100_000, "RB004", "嵌套超过"),
    ("fifty megabytes", RULE + "#" + "x" * 50_000_000, "RB004", "8 MB"),
    ("one megabyte", RULE + "#" + "x" * 1_000_000, "RB004", "524,288"),
    ("sixty thousand entries", RULE + "source: [" + "a," * 60_000 + "]", "RB004", "60,000"),
    ("a key given twice", RULE + "title: 又一个\n", "RB003", "写了两次"),
    ("bytes of all kinds", bytes(range(256)) * 100, "RB005", "UTF-8"),
    ("half a character", RULE.encode() + b"source: '\xed\xa0\x80'\n", "RB005", "UTF-8"),
    ("half a character, escaped", RULE + 'source: "\\ud800"\n', "RB001", "invalid Unicode"),
    ("a number of 5,000 digits", RULE.replace("version: 1", "version: " + "9" * 5_000), "RB014", "version"),
    ("a weight that is no number", RULE.replace("weight: 9", "weight: .nan"), "RB016", "weight"),
    ("an endless weight", RULE.replace("weight: 9", "weight: 1e999"), "RB016", "weight"),
    ("an exponential pattern", with_pattern("(a|a)+保"), "RB062", "没有上限"),
    ("repetitions of repetitions", with_pattern("保((.{0,100}){0,100}){0,100}本"), "RB063", "repetition"),
    ("more repetitions than RE2 takes", with_pattern("保.{0,1001}本"), "RB063", "repetition"),
    ("ten thousand alternatives in a pattern", with_pattern("|".join(WORDS)), "RB014", "2000"),
    ("five thousand brackets", with_pattern("(" * 5_000 + "保" + ")" * 5_000), "RB014", "2000"),
    ("a word of 100,000 characters", dumped(rule(match={"terms": ["保" * 100_000]})), "RB014", "60"),
]


@pytest.mark.parametrize(("content", "code", "says"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_a_bomb_is_refused_at_its_place(tmp_path: Path, content: str | bytes, code: str, says: str) -> None:
    found = linted(tmp_path, content)
    assert {(p.file, p.code) for p in found} == {(FILE, code)}
    assert all(says in p.message and len(p.message) < 400 for p in found)


def test_ten_thousand_words_are_no_bomb(tmp_path: Path) -> None:
    assert {p.code for p in linted(tmp_path, dumped(rule(match={"terms": WORDS})))} <= {"RB028"}


def test_a_folder_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    assert linted(tmp_path, RULE) == []
    (tmp_path / "rules" / "local" / "again").symlink_to(tmp_path / "rules")
    assert [p for p in lint(tmp_path / "rules") if p.severity == "error" and p.code != "RB081"] == []


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    linted(tmp_path, RULE)
    path = tmp_path / "rules" / "local" / "marketing" / "odd.yaml"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
    assert [p for p in lint(tmp_path / "rules") if p.severity == "error" and p.code != "RB081"] == []


@pytest.mark.parametrize(
    ("listed", "code", "says"),
    [
        ("name\n" + "某某银行股份有限公司\n" * 600_000, "RB004", "8 MB"),
        ("name\n" + "某" * 140_000 + "\n", "RB014", "第 2 行"),
        ("名称\n招商银行股份有限公司\n", "RB011", "缺少列 name"),
        ("", "RB011", "缺少列 name"),
    ],
)
def test_a_licence_list_that_cannot_be_used_is_not_taken_for_an_empty_one(
    tmp_path: Path, listed: str, code: str, says: str
) -> None:
    (found,) = linted(tmp_path, listed, LIST)
    assert (found.file, found.code) == (LIST, code)
    assert says in found.message
