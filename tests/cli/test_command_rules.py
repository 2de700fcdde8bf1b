"""``risk-screen rules``: every problem with its place, examples that do not hold, a rule read aloud."""

import sys
from pathlib import Path

import pytest
from command_line import Cli

sys.path.insert(0, str(Path(__file__).parents[1] / "rules"))

from rulebooks import TABLES, dumped, rule, sources


def laid_out(directory: Path, *rules: dict[str, object]) -> Path:
    """Write a small complete rulebook."""
    for name, text in sources(*rules).yaml.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (directory / "folding").mkdir()
    for name, text in TABLES.items():
        (directory / "folding" / name).write_text(text, encoding="utf-8")
    return directory


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return laid_out(tmp_path / "rules", rule(), rule("marketing.other", title="另一条"))


def test_a_clean_rulebook_passes_once_its_lock_is_written(cli: Cli, book: Path) -> None:
    first = cli("rules", "lint", "--rules", book)
    assert first.code == 1
    assert "RB081" in first.out
    written = cli("rules", "lint", "--rules", book, "--write-lock")
    assert (written.code, written.out) == (0, f"{book}：没有错误。\n")
    assert cli("rules", "lint", "--rules", book) == written


def test_every_problem_is_listed_with_its_place_and_the_lock_is_not_written(cli: Cli, book: Path) -> None:
    broken = rule(weight=7, characteristic="greed")
    (book / "marketing" / "example.yaml").write_text(dumped(broken) + "colour: red\n", encoding="utf-8")
    outcome = cli("rules", "lint", "--rules", book, "--write-lock")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert all(line.startswith("marketing/example.yaml:") for line in lines[:-1])
    assert {line.split()[2] for line in lines[:-1]} == {"RB010", "RB012", "RB016"}
    assert lines[-1] == f"{book}：3 处错误。"
    assert not (book / "rulebook.lock").exists()


def test_notices_alone_are_no_failure(cli: Cli, book: Path) -> None:
    (book / "marketing" / "example.yaml").write_text(dumped(rule(unless=None)), encoding="utf-8")
    outcome = cli("rules", "lint", "--rules", book, "--write-lock")
    assert outcome.code == 0
    assert "提示 RB090" in outcome.out
    assert outcome.out.endswith("没有错误，1 处提示。\n")


def test_a_lock_that_cannot_be_read_is_told(cli: Cli, book: Path) -> None:
    (book / "rulebook.lock").write_bytes(b"\xff\xfe\x00")
    outcome = cli("rules", "lint", "--rules", book)
    assert outcome.code == 2
    assert outcome.err.startswith("错误 [lock_unusable]")


@pytest.mark.parametrize("command", [("lint",), ("test",), ("explain", "x")])
def test_a_folder_that_is_no_rulebook_is_told(cli: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    for directory in (tmp_path, tmp_path / "missing"):
        outcome = cli("rules", *command, "--rules", directory)
        assert outcome.code == 2
        assert outcome.err.startswith("错误 [rulebook_not_found]")


def test_the_folder_may_come_from_the_environment(cli: Cli, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_SCREEN_RULES", str(book))
    assert cli("rules", "test").out == "2 条规则的 8 个例子全部符合。\n"


def test_examples_that_do_not_hold_are_listed(cli: Cli, book: Path) -> None:
    (book / "marketing" / "example.yaml").write_text(dumped(rule(unless=[])), encoding="utf-8")
    outcome = cli("rules", "test", "--rules", book)
    assert outcome.code == 1
    first, last = outcome.out.splitlines()
    assert first.startswith("marketing.example 不应计分的第 1 个例子：")
    assert last == "8 个例子中有 1 个不符。"


def test_a_rule_is_read_aloud(cli: Cli, book: Path) -> None:
    outcome = cli("rules", "explain", "marketing.other", "--rules", book)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("marketing.other　另一条\n")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("marketing.exampel", "是不是 marketing.example"),
        ("example", "marketing.example"),
        ("完全不同", "目录名.文件名"),
    ],
)
def test_an_unknown_rule_is_met_with_a_guess(cli: Cli, book: Path, asked: str, says: str) -> None:
    outcome = cli("rules", "explain", asked, "--rules", book)
    assert outcome.code == 2
    assert outcome.err.startswith("错误 [rule_unknown]")
    assert says in outcome.err
