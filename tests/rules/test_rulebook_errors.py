"""A planted bad case for every error code; each must be seen, at its place, with words that say what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rulebooks import BASE, assembled, dumped, lexicon, rule, sources

from risk_screen.rules.assembling import Sources, assemble
from risk_screen.rules.errors import TITLES, Problem, RulebookError
from risk_screen.rules.finding import find_rules_directory
from risk_screen.rules.locking import compare, entries, write
from risk_screen.rules.marked_yaml import MAX_CHARACTERS, MAX_DEPTH

FILE = "marketing/example.yaml"
RULE = dumped(rule())


def of_text(text: str, file: str = FILE) -> list[Problem]:
    return assembled(files={file: text}).problems


def of_rule(**changes: Any) -> list[Problem]:
    return assembled(rule(**changes)).problems


def of_match(match: dict[str, Any], rule_id: str = "marketing.example") -> list[Problem]:
    return assembled(rule(rule_id, match=match)).problems


def of_file(file: str, old: str, new: str) -> list[Problem]:
    assert old in BASE[file]
    return assembled(files={file: BASE[file].replace(old, new, 1)}).problems


def of_lock(change: Callable[[str], str]) -> list[Problem]:
    before = assembled(files={FILE: RULE})
    after = assembled(files={FILE: change(RULE)})
    return list(compare(after.documents, write(entries(before.documents))))


BAD: list[tuple[str, str, Callable[[], list[Problem]]]] = [
    ("RB001", "an open quotation mark", lambda: of_text(RULE + "source: '没有结束\n")),
    ("RB001", "two documents", lambda: of_text(RULE + "---\n" + RULE)),
    ("RB001", "a list as a key", lambda: of_text(RULE + "[a, b]: 1\n")),
    ("RB002", "an anchor", lambda: of_text(RULE.replace("title: 示例", "title: &a 示例"))),
    ("RB002", "an alias", lambda: of_text(RULE + "source: *a\n")),
    ("RB002", "a tag", lambda: of_text(RULE.replace("title: 示例", "title: !!python/object:os.system 示例"))),
    ("RB003", "a key given twice", lambda: of_text(RULE + "title: 又一个\n")),
    ("RB004", "a file too large", lambda: of_text(RULE + "#" * MAX_CHARACTERS)),
    ("RB004", "nested too deep", lambda: of_text(RULE + "source: " + "[" * (MAX_DEPTH + 5))),
    ("RB005", "a control character", lambda: of_text(RULE + "source: '\x01'\n")),
    ("RB006", "a list at the top", lambda: of_text("- a\n- b\n")),
    ("RB006", "an empty file", lambda: of_text("")),
    ("RB010", "an unknown key", lambda: of_rule(unles=[])),
    ("RB010", "an unknown key of a condition", lambda: of_match({"terms": ["保本"], "not_befor": ["色"]})),
    ("RB011", "a key missing", lambda: of_rule(blind_spots=None)),
    ("RB012", "not in the list", lambda: of_rule(status="activ")),
    ("RB013", "a number for a title", lambda: of_rule(title=12)),
    ("RB014", "an empty list", lambda: of_rule(basis=[])),
    ("RB014", "near over too many characters", lambda: of_match({"near": {"within": 900, "of": [A, A]}})),
    ("RB015", "a bad id", lambda: of_rule(id="marketing.Example")),
    ("RB015", "pinyin of another length", lambda: of_file("evasions.yaml", "bao ben", "bao")),
    ("RB016", "a weight between the bands", lambda: of_rule(weight=7)),
    ("RB020", "a file of another name", lambda: assembled(files={"marketing/other.yaml": RULE}).problems),
    ("RB021", "an id twice", lambda: assembled(files={"marketing/other.yaml": RULE}).problems),
    ("RB022", "an unknown lexicon", lambda: of_match({"lexicon": "guarante"})),
    ("RB023", "an unknown law", lambda: of_rule(basis=[{"law": "条列", "article": 9}])),
    ("RB024", "an unknown article", lambda: of_rule(basis=[{"law": "条例", "article": 99}])),
    ("RB024", "an article left out", lambda: of_rule(basis=[{"law": "条例"}])),
    ("RB025", "a repealed article", lambda: of_rule(basis=[{"law": "条例", "article": 2}])),
    ("RB025", "a law not yet in force", lambda: of_rule(basis=[{"law": "通知"}], valid_from="2025-01-01")),
    ("RB026", "a lexicon of another name", lambda: of_lexicon(name="other")),
    ("RB027", "a line without a source", lambda: of_lexicon(source=None)),
    ("RB028", "a word twice", lambda: of_match({"terms": ["保本", "保 本"]})),
    ("RB028", "a guard twice", lambda: of_match({"terms": ["保本"], "not_before": ["色", "色"]})),
    ("RB030", "two main keys", lambda: of_match({"terms": ["保本"], "pattern": "保本"})),
    ("RB030", "no main key", lambda: of_match({"field": "text"})),
    ("RB031", "a fact without a test", lambda: of_match({"all": [A, {"fact": {"field": "x"}}]})),
    ("RB032", "a side key at the wrong key", lambda: of_match({"any": [A], "in_word": True})),
    ("RB033", "none outside all", lambda: of_match({"any": [A, {"none": [A]}]})),
    ("RB033", "context in match", lambda: of_match({"context": "warning"})),
    ("RB033", "fact in any", lambda: of_match({"any": [A, {"fact": {"field": "x", "equals": 1}}]})),
    ("RB033", "all in near", lambda: of_match({"near": {"within": 3, "of": [A, {"all": [A, A]}]}})),
    ("RB033", "unless over the whole field", lambda: of_rule(unless=[{"all": [A, A]}])),
    ("RB034", "nothing to quote", lambda: of_match({"all": [{"none": [A]}, {"fact": {"field": "x", "equals": 1}}]})),
    ("RB035", "all over two fields", lambda: of_match({"all": [NAME, SCOPE]}, "registration.example")),
    ("RB036", "a field the rule does not read", lambda: of_match(NAME)),
    ("RB037", "a promise of anything", lambda: of_match({"promise": {}})),
    ("RB040", "one example", lambda: of_rule(examples={"hit": HIT[:1], "miss": MISS})),
    ("RB041", "an example without text", lambda: of_rule(examples={"hit": [*HIT, {"quote": "保本"}], "miss": MISS})),
    ("RB042", "a field of another channel", lambda: of_rule(fields=["name"])),
    ("RB042", "an example of another channel", lambda: of_rule(examples={"hit": HIT, "miss": [*MISS, OTHER]})),
    ("RB051", "levels that fall", lambda: of_file("policy.yaml", "value: 20", "value: 90")),
    ("RB052", "a level without a route", lambda: of_file("policy.yaml", "    low: proceed\n", "")),
    ("RB053", "a route of the other channel", lambda: of_file("policy.yaml", "low: proceed", "low: archive")),
    ("RB060", "a word boundary", lambda: of_match({"pattern": r"\b保本"})),
    ("RB060", "any digit", lambda: of_match({"pattern": r"年化\d"})),
    ("RB061", "look-behind", lambda: of_match({"pattern": "(?<!环)保本"})),
    ("RB061", "a back reference", lambda: of_match({"pattern": r"(保)\1"})),
    ("RB062", "no upper bound", lambda: of_match({"pattern": "保.*本"})),
    ("RB062", "no upper bound in braces", lambda: of_match({"pattern": "保.{2,}本"})),
    ("RB063", "an open bracket", lambda: of_match({"pattern": "(保本"})),
    ("RB064", "a full-width comma", lambda: of_match({"pattern": "保本，保息"})),
    ("RB064", "a capital letter", lambda: of_match({"pattern": "RWA"})),
    ("RB064", "a traditional character in a class", lambda: of_match({"pattern": "[穩稳]赚"})),
    ("RB065", "an empty match", lambda: of_match({"pattern": "(保本)?"})),
    ("RB066", "a word of nothing", lambda: of_match({"terms": ["\u200b"]})),
    ("RB070", "no policy", lambda: assembled(files={"policy.yaml": None}).problems),
    ("RB071", "no such folder", lambda: list(not_found().problems)),
    ("RB072", "a rule in no folder", lambda: assembled(files={"other/x.yaml": RULE}).problems),
    ("RB072", "another ending", lambda: assembled(files={"marketing/x.yml": RULE}).problems),
    ("RB073", "a broken folding table", lambda: with_table("nonsense.tsv", "a\tb\n")),
    ("RB080", "a change without a version", lambda: of_lock(lambda text: text.replace("weight: 9", "weight: 12"))),
    ("RB081", "a version without a lock", lambda: of_lock(lambda text: text.replace("version: 1", "version: 2"))),
    ("RB081", "a new file", lambda: list(compare(assembled().documents, None))),
    ("RB090", "a flyer rule without contexts", lambda: of_rule(unless=[])),
    ("RB091", "a lexicon nobody reads", lambda: assembled(files=lexicon("spare", "保本")).problems),
]
A = {"terms": ["保本"]}
NAME = {"terms": ["保本"], "field": "name"}
SCOPE = {"terms": ["保本"], "field": "business_scope"}
HIT = [{"text": "保本付息", "quote": "保本付息"}] * 2
MISS = [{"text": "你好", "because": "无关"}] * 2
OTHER = {"name": "你好", "because": "无关"}


def of_lexicon(**changes: Any) -> list[Problem]:
    content = {"name": "words", "version": 1, "title": "词", "source": "测试", "terms": ["保本"]} | changes
    content = {key: value for key, value in content.items() if value is not None}
    return assembled(files={"lexicons/words.yaml": dumped(content)}).problems


def not_found() -> RulebookError:
    with pytest.raises(RulebookError) as caught:
        find_rules_directory(Path("/nowhere/rules"))
    return caught.value


def with_table(name: str, content: str) -> list[Problem]:
    good = sources()
    return assemble(Sources(good.yaml, {**good.tables, name: content})).problems


@pytest.mark.parametrize(("code", "plant"), [(c, plant) for c, _, plant in BAD], ids=[f"{c} {n}" for c, n, _ in BAD])
def test_a_planted_error_is_seen(code: str, plant: Callable[[], list[Problem]]) -> None:
    found = {problem.code: problem for problem in plant()}
    assert code in found, [str(problem) for problem in found.values()]
    problem = found[code]
    assert str(problem).startswith(f"{problem.file}:{problem.line}:{problem.column}: ")
    assert any("\u4e00" <= character <= "\u9fff" for character in problem.message)


def test_every_code_has_a_planted_case() -> None:
    assert {code for code, _, _ in BAD} == set(TITLES)


def test_the_small_rulebook_is_clean() -> None:
    assert assembled().problems == []


def test_all_errors_are_reported_at_once_each_at_its_place() -> None:
    text = (
        RULE.replace("weight: 9", "weight: 7").replace("status: active", "status: on").replace("law: 条例", "law: 法")
    )
    found = assembled(files={FILE: text + "colour: red\n", "lexicons/words.yaml": "name: words\nterms: []\n"}).problems
    lines = text.splitlines()
    places = {problem.code: problem.line for problem in found if problem.file == FILE}
    assert places == {
        "RB016": lines.index("weight: 7") + 1,
        "RB012": lines.index("status: on") + 1,
        "RB010": len(lines) + 1,
    }
    assert {problem.file for problem in found} == {FILE, "lexicons/words.yaml"}


def test_errors_across_files_are_at_their_line() -> None:
    text = RULE.replace("law: 条例", "law: 条列")
    (problem,) = assembled(files={FILE: text}).problems
    assert text.splitlines()[problem.line - 1][problem.column - 1 :].startswith("law: 条列")
    assert "是否想写 条例" in problem.message


@pytest.mark.parametrize(
    ("change", "suggestion"),
    [
        (("unless:", "unles:"), "是否想写 unless"),
        (("status: active", "status: activ"), "是否想写 active"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_what_was_meant(change: tuple[str, str], suggestion: str) -> None:
    messages = [problem.message for problem in of_text(RULE.replace(*change))]
    assert any(suggestion in message for message in messages)


def test_the_error_lists_every_problem_in_order() -> None:
    problems = [Problem("b.yaml", 1, 1, "RB010", "乙"), Problem("a.yaml", 2, 1, "RB010", "甲")]
    error = RulebookError(problems)
    assert [problem.file for problem in error.problems] == ["a.yaml", "b.yaml"]
    assert error.code == "rulebook_invalid"
    assert "a.yaml:2:1: 错误 RB010 甲\nb.yaml:1:1" in error.detail


def test_a_notice_does_not_stop_the_rulebook() -> None:
    assembly = assembled(rule(unless=[]))
    assert [problem.severity for problem in assembly.problems] == ["notice"]
    assert assembly.rulebook is not None


def test_yes_and_no_are_words() -> None:
    assembly = assembled(rule(match={"terms": ["保本付息"]}), files={FILE: RULE.replace("title: 示例", "title: no")})
    assert assembly.rulebook is not None
    assert assembly.rulebook.rules[0].title == "no"
