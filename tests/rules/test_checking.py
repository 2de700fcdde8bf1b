from pathlib import Path

import pytest
from rulebooks import assembled, compiled, dumped, evidence, file_of, rule
from test_loading import laid_out

from risk_screen.rules.checking import lint, quotes_of, renew_lock, run_examples
from risk_screen.rules.errors import Problem
from risk_screen.rules.explaining import explain
from risk_screen.rules.locking import LOCK_FILE

HIT = [{"text": "保本付息", "quote": "保本付息"}, {"text": "本品保本付息", "quote": "保本付息"}]
MISS = [{"text": "谨防保本付息", "because": "警示"}, {"text": "你好", "because": "无关"}]


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def rewrite(directory: Path, **changes: object) -> None:
    (directory / file_of("marketing.example")).write_text(dumped(rule(**changes)), encoding="utf-8")


def test_a_rulebook_with_a_fresh_lock_is_clean(tmp_path: Path) -> None:
    directory = laid_out(tmp_path)
    assert codes(lint(directory)) == {"RB081"}
    assert renew_lock(directory) == []
    assert lint(directory) == []


def test_a_change_of_behaviour_needs_a_new_version(tmp_path: Path) -> None:
    directory = laid_out(tmp_path)
    renew_lock(directory)
    rewrite(directory, weight=12)
    assert codes(lint(directory)) == {"RB080"}
    assert codes(renew_lock(directory)) == {"RB080"}
    rewrite(directory, weight=12, version=2)
    assert codes(lint(directory)) == {"RB081"}
    assert renew_lock(directory) == []
    assert lint(directory) == []


def test_a_change_of_words_about_a_rule_needs_none(tmp_path: Path) -> None:
    directory = laid_out(tmp_path)
    renew_lock(directory)
    rewrite(
        directory, title="另一个标题", blind_spots="有", question="为什么？", source="会议", check_on_site=["看合同"]
    )
    assert lint(directory) == []


def test_a_rule_taken_away_is_noticed(tmp_path: Path) -> None:
    directory = laid_out(tmp_path, rule(), rule("marketing.other"))
    renew_lock(directory)
    (directory / file_of("marketing.other")).unlink()
    assert codes(lint(directory)) == {"RB081"}


def test_a_draft_is_not_locked(tmp_path: Path) -> None:
    directory = laid_out(tmp_path, rule(), rule("marketing.other", status="draft"))
    renew_lock(directory)
    assert "other" not in (directory / LOCK_FILE).read_text(encoding="utf-8")
    assert lint(directory) == []


def test_the_lock_is_not_written_over_errors(tmp_path: Path) -> None:
    directory = laid_out(tmp_path, rule(weight=7))
    assert codes(renew_lock(directory)) == {"RB016"}
    assert not (directory / LOCK_FILE).exists()


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, []),
        ({"status": "draft"}, []),
        ({"valid_from": "2030-01-01"}, []),
        ({"match": {"terms": ["稳赚不赔"]}}, [("hit", 1), ("hit", 2)]),
        ({"unless": []}, [("miss", 1)]),
        ({"examples": {"hit": [*HIT, {"text": "保本付息", "quote": "保本"}], "miss": MISS}}, [("hit", 3)]),
        ({"examples": {"hit": [*HIT, {"text": "谨防保本付息", "quote": "保本付息"}], "miss": MISS}}, [("hit", 3)]),
    ],
)
def test_examples_are_run(changes: dict[str, object], failed: list[tuple[str, int]]) -> None:
    book = assembled(rule(**changes)).rulebook
    assert book is not None
    results = run_examples(book)
    assert [(result.kind, result.number) for result in results if not result.passed] == failed
    assert all(bool(result.message) != result.passed for result in results)


def test_examples_of_a_retired_rule_are_not_run() -> None:
    book = assembled(rule(status="retired")).rulebook
    assert book is not None
    assert run_examples(book) == []


def test_a_match_quotes_all_of_it_and_every_piece() -> None:
    near = {"near": {"within": 4, "of": [{"terms": ["保证"]}, {"terms": ["本金"]}]}}
    (found,) = evidence(compiled(rule(match=near, unless=[])), text="保 证您的本金")
    assert quotes_of(found.match) == ["保 证您的本金", "保 证", "本金"]


def test_a_rule_is_explained_with_its_law() -> None:
    match = {
        "any": [
            {"terms": ["保本付息"], "not_before": ["吗"]},
            {"near": {"within": 8, "of": [{"terms": ["保证"]}, {"terms": ["本金"]}]}},
            {"all": [{"promise": {"annual_rate_at_least": 0.12}}, {"none": [{"pattern": "国债"}]}], "same": "sentence"},
            {"at_least": {"count": 2, "of": [{"lexicon": "always_consult"}]}},
            {"evasion": {"of": {"identifier": {"kind": "wechat"}}}},
        ]
    }
    book = assembled(rule(match=match, flags=["verify"], question="谁来还？", check_on_site=["看合同"])).rulebook
    assert book is not None
    assert explain(book, "marketing.example").splitlines() == [
        "marketing.example　示例",
        "状态：在用，第 1 版；用于宣传文本，读宣传文本",
        "分量：9 分贝（这些字在查实案件里约多见 7.9 倍），指向利诱性",
        "找什么：出现“保本付息”（后面不紧跟“吗”）；或者相隔不超过 8 个字有：出现“保证”；出现“本金”；"
        "或者同一句里同时承诺回报，年化不低于 12%，且本句没有：符合正则 国债；"
        "或者至少有 2 个不同的词：出现政策里一律会商的词“投资、资产”；"
        "或者要还原规避写法才读得出：出现联系方式或账号（wechat）",
        "不算数：警示语、被否定、报道、通报或判决的口吻",
        "标记：网格员核实",
        "现场查：看合同",
        "现场问：谁来还？",
        "看不到：无",
        "依据：",
        "　《防范和处置非法集资条例》（国务院令第737号）第9条：名称和经营范围中不得包含……",
    ]


def test_a_rule_that_does_not_exist_cannot_be_explained() -> None:
    book = assembled().rulebook
    assert book is not None
    with pytest.raises(KeyError):
        explain(book, "marketing.nothing")
