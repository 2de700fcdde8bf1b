"""Check a rulebook: lint its files, keep its lock, run the examples every rule carries."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from risk_screen.rules import locking
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.compiling import compile_rulebook
from risk_screen.rules.context import Evidence, weigh_in_context
from risk_screen.rules.errors import Problem
from risk_screen.rules.loading import assemble_directory, read_lock, write_lock
from risk_screen.rules.matching import Match, find_matches
from risk_screen.rules.reading import read_field
from risk_screen.rules.rulebook import Rulebook
from risk_screen.rules.schema import FIELDS_OF_CHANNEL, Hit, Miss, Rule


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What became of one example of a rule.

    Attributes
    ----------
    rule_id : str
    kind : {"hit", "miss"}
    number : int
        From 1, in the order of the file.
    passed : bool
    message : str
        Chinese sentence; what happened instead when it did not pass.
    """

    rule_id: str
    kind: Literal["hit", "miss"]
    number: int
    passed: bool
    message: str


def lint(directory: Path) -> list[Problem]:
    """Check a rulebook folder and its lock.

    Returns
    -------
    list of Problem
        Errors and notices, sorted by file and line; empty when all is well.
    """
    assembly = assemble_directory(directory)
    return sorted([*assembly.problems, *locking.compare(assembly.documents, read_lock(directory))])


def renew_lock(directory: Path) -> list[Problem]:
    """Write rulebook.lock anew, unless a content changed without a new version or the rulebook has errors.

    Returns
    -------
    list of Problem
        What stood in the way; the lock is written only when it is empty.
    """
    assembly = assemble_directory(directory)
    found = [*assembly.problems, *locking.compare(assembly.documents, read_lock(directory))]
    in_the_way = sorted(p for p in found if p.severity == "error" and p.code != "RB081")
    if not in_the_way:
        write_lock(directory, locking.write(locking.entries(assembly.documents)))
    return in_the_way


def run_examples(rulebook: Rulebook) -> list[ExampleResult]:
    """Run the examples of every rule that is not retired, drafts included, each against its own rule only."""
    book = compile_rulebook(rulebook, statuses=frozenset({"draft", "shadow", "active"}), pending=True)
    rules = [rule for rule in rulebook.rules if rule.status != "retired"]
    return [result for rule in rules for result in _results(rule, book)]


def _results(rule: Rule, book: CompiledRulebook) -> Iterator[ExampleResult]:
    for number, hit in enumerate(rule.examples.hit, 1):
        evidence = _evidence(rule, hit, book)
        quotes = {quote for item in evidence if item.outcome == "hit" for quote in quotes_of(item.match)}
        passed = hit.quote in quotes
        yield ExampleResult(rule.id, "hit", number, passed, "" if passed else _why_missed(hit, evidence, quotes))
    for number, miss in enumerate(rule.examples.miss, 1):
        hits = [item.match for item in _evidence(rule, miss, book) if item.outcome == "hit"]
        quoted = "、".join(f"“{quotes_of(match)[0]}”" for match in hits)
        message = f"不应计分（{miss.because}），却命中了{quoted}" if hits else ""
        yield ExampleResult(rule.id, "miss", number, not hits, message)


def _evidence(rule: Rule, example: Hit | Miss, book: CompiledRulebook) -> list[Evidence]:
    channel = next(c for c in rule.channel if set(example.fields) <= set(FIELDS_OF_CHANNEL[c]))
    fields = tuple(read_field(name, text, book, channel) for name, text in example.fields.items())
    findings = find_matches(fields, book, channel, example.facts or {})
    return [item for item in weigh_in_context(findings, fields, book) if item.match.rule.id == rule.id]


def quotes_of(match: Match) -> list[str]:
    """What a match quotes: all of it, from the first piece to the last, then each piece."""
    whole = match.pieces[0][0], match.pieces[-1][1]
    return [match.field.folded.quote(*span) for span in (whole, *match.pieces)]


def _why_missed(hit: Hit, evidence: list[Evidence], quotes: set[str]) -> str:
    if quotes:
        return f"命中了，但引文不是“{hit.quote}”，而是{'、'.join(f'“{quote}”' for quote in sorted(quotes))}"
    exempted = [item.why for item in evidence if item.outcome == "exempted"]
    if exempted:
        return f"应当命中“{hit.quote}”，却被豁免：{exempted[0]}"
    return f"应当命中“{hit.quote}”，却没有命中"
