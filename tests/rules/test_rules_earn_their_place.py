"""Every rule changes the level or route of a text of our own corpus; one that changes none is dropped or merged."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from risk_screen import Screener
from risk_screen.classifier.scoring import ModelOpinion
from risk_screen.rules.context import Evidence, weigh_in_context
from risk_screen.rules.loading import load_rulebook
from risk_screen.rules.matching import find_matches
from risk_screen.screening.assessment import Versions
from risk_screen.screening.deciding import decide
from risk_screen.screening.submission import FIELDS_OF_CHANNEL, Submission

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "models" / "corpus"
RULES = ROOT / "rules"
NO_VERSIONS = Versions("", "", "", "")
FOLDERS = {"marketing": "marketing", "registration": "registrations"}


def rows_of(channel: str) -> Iterator[dict[str, str]]:
    for path in sorted((CORPUS / FOLDERS[channel]).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield {field: json.loads(line)[field] for field in FIELDS_OF_CHANNEL[channel]}


def deciding_rules(screener: Screener, submission: Submission, rules: set[str]) -> set[str]:
    """Those of ``rules`` without which this submission is shown or sent elsewhere, the classifier asked or not."""
    fields = screener.read(submission)
    findings = find_matches(fields, screener.book, submission.channel, submission.facts)
    evidence = weigh_in_context(findings, fields, screener.book)
    present = rules & {item.match.rule.id for item in evidence}
    if not present:
        return set()
    opinion = screener.classifiers[submission.channel].opinion(fields)
    policy = screener.policy.channels[submission.channel]

    def decision(items: Sequence[Evidence], opinion: ModelOpinion) -> tuple[str, str]:
        decided = decide(fields, findings, items, opinion, policy=policy, versions=NO_VERSIONS)
        return decided.level, decided.route

    return {
        code
        for asked in (opinion, replace(opinion, decibans=0.0))
        for code in present
        if decision(evidence, asked) != decision([e for e in evidence if e.match.rule.id != code], asked)
    }


@pytest.mark.parametrize("channel", ["marketing", "registration"])
def test_every_rule_changes_a_decision_in_the_corpus(channel: str) -> None:
    screener = Screener.load(RULES)
    active = {rule.id for rule in load_rulebook(RULES).rules if rule.status == "active" and channel in rule.channel}
    for row in rows_of(channel):
        if not active:
            break
        active -= deciding_rules(screener, Submission.of(channel, row), active)
    assert not active, f"没有改变任何级别或去向的规则：{'、'.join(sorted(active))}"
