from pathlib import Path

import pytest
from rulebooks import TABLES, dumped, file_of, rule, sources

from risk_screen.rules.errors import RulebookError
from risk_screen.rules.finding import ENVIRONMENT, find_rules_directory
from risk_screen.rules.loading import assemble_directory, load_rulebook
from risk_screen.rules.schema import Rule

SHIPPED = Path(__file__).parents[2] / "rules"


def laid_out(directory: Path, *rules: dict[str, object], **local: str) -> Path:
    """Write the small rulebook into a folder; ``local`` are files of the district."""
    files = dict(sources(*rules).yaml) | {f"folding/{name}": text for name, text in TABLES.items()}
    files |= {f"local/{name}": text for name, text in local.items()}
    for file, text in files.items():
        path = directory / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(ENVIRONMENT, raising=False)


def test_the_folder_given_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, named = laid_out(tmp_path / "given"), laid_out(tmp_path / "named")
    monkeypatch.setenv(ENVIRONMENT, str(named))
    assert find_rules_directory(given) == given
    assert find_rules_directory() == named


def test_the_working_folder_comes_before_the_package(tmp_path: Path) -> None:
    assert find_rules_directory().resolve() == SHIPPED.resolve()
    laid_out(tmp_path / "rules")
    assert find_rules_directory() == Path("rules")


def test_a_folder_called_rules_that_is_none_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "example.yaml").write_text("a: b", encoding="utf-8")
    assert find_rules_directory().resolve() == SHIPPED.resolve()


@pytest.mark.parametrize("make", [False, True])
def test_a_folder_that_is_named_but_no_rulebook_is_an_error(tmp_path: Path, make: bool) -> None:
    missing = tmp_path / "missing"
    if make:
        missing.mkdir()
    with pytest.raises(RulebookError) as caught:
        find_rules_directory(missing)
    assert caught.value.code == "rulebook_not_found"
    assert "missing" in caught.value.detail


def test_all_errors_of_a_folder_are_raised_at_once(tmp_path: Path) -> None:
    directory = laid_out(tmp_path / "rules", rule(weight=7), rule("marketing.other", status="on"))
    with pytest.raises(RulebookError) as caught:
        load_rulebook(directory)
    assert {problem.code for problem in caught.value.problems} == {"RB016", "RB012"}


def test_notices_do_not_stop_loading(tmp_path: Path) -> None:
    assert load_rulebook(laid_out(tmp_path / "rules", rule(unless=[]))).rules


def test_a_file_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    directory = laid_out(tmp_path / "rules")
    (directory / file_of("marketing.example")).write_bytes(dumped(rule()).encode("gbk"))
    assert "RB005" in {problem.code for problem in assemble_directory(directory).problems}


def test_the_fingerprint_follows_the_content_not_the_comments(tmp_path: Path) -> None:
    book = load_rulebook(laid_out(tmp_path / "a"))
    commented = laid_out(tmp_path / "b")
    path = commented / "rulebook.yaml"
    path.write_text("# 说明\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_rulebook(commented).sha256 == book.sha256
    assert load_rulebook(laid_out(tmp_path / "c", rule(weight=12))).sha256 != book.sha256
    assert book.label == f"1+{book.sha256[:12]}"


def only(directory: Path) -> Rule:
    (found,) = load_rulebook(directory).rules
    return found


def test_a_local_rule_replaces_the_shipped_one(tmp_path: Path) -> None:
    local = {file_of("marketing.example"): dumped(rule(status="retired"))}
    assert only(laid_out(tmp_path / "rules", **local)).status == "retired"


def test_a_local_rule_may_be_added(tmp_path: Path) -> None:
    local = {file_of("marketing.ours"): dumped(rule("marketing.ours"))}
    book = load_rulebook(laid_out(tmp_path / "rules", **local))
    assert [found.id for found in book.rules] == ["marketing.example", "marketing.ours"]


def test_local_words_are_added_to_contexts_and_lexicons(tmp_path: Path) -> None:
    words = {"name": "words", "version": 1, "title": "词", "source": "测试", "terms": ["甲"]}
    directory = laid_out(
        tmp_path / "rules",
        rule(match={"lexicon": "words"}),
        **{"contexts.yaml": "warning:\n- {words: [当心], governs: after}\n", "lexicons/words.yaml": "terms: [乙]\n"},
    )
    (directory / "lexicons").mkdir()
    (directory / "lexicons" / "words.yaml").write_text(dumped(words), encoding="utf-8")
    book = load_rulebook(directory)
    assert [line.term for line in book.lexicons["words"].terms] == ["甲", "乙"]
    assert book.contexts.warning[-1].words == ("当心",)
    assert len(book.contexts.warning) > 1


def test_a_local_policy_replaces_the_keys_it_gives(tmp_path: Path) -> None:
    lpr = "lpr: {value: 0.05, source: 本地, since: 2026-11-01}\n"
    policy = load_rulebook(laid_out(tmp_path / "rules", **{"policy.yaml": lpr})).policy
    assert (policy.lpr.value, policy.always_consult.words) == (0.05, ("投资", "资产"))


def test_an_error_in_a_local_file_is_shown_in_that_file(tmp_path: Path) -> None:
    local = {"contexts.yaml": "# 本地\nwarning:\n- {words: [当心], governs: afte}\n"}
    problems = assemble_directory(laid_out(tmp_path / "rules", **local)).problems
    assert [(p.file, p.line, p.code) for p in problems] == [("local/contexts.yaml", 3, "RB012")]


def test_the_list_of_licensed_names_is_read_and_folded(tmp_path: Path) -> None:
    local = {"licensed_institutions.csv": "code,name\n1,招商銀行股份有限公司\n2,\n"}
    assert load_rulebook(laid_out(tmp_path / "rules", **local)).licensed_names == frozenset({"招商银行股份有限公司"})
    assert load_rulebook(laid_out(tmp_path / "other")).licensed_names is None
