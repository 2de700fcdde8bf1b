"""Rulebooks for tests: a small one that is complete, and what a test changes of it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from risk_screen.rules.assembling import Assembly, Sources, assemble
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.compiling import compile_rulebook
from risk_screen.rules.context import Evidence, weigh_in_context
from risk_screen.rules.matching import Findings, find_matches
from risk_screen.rules.reading import Field, read_field
from risk_screen.rules.schema import FIELDS_OF_CHANNEL

TABLES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[2] / "rules" / "folding").glob("*.tsv"))
}
SMALL = Path(__file__).parent / "small_rulebook"
BASE: dict[str, str] = {path.name: path.read_text(encoding="utf-8") for path in sorted(SMALL.glob("*.yaml"))}


class _PlainDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def dumped(content: Any) -> str:
    """YAML without aliases, keys in the order given."""
    return yaml.dump(content, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False)


def rule(rule_id: str = "marketing.example", **changes: Any) -> dict[str, Any]:
    """A valid rule; its examples fit the channel, not the condition."""
    channel = rule_id.split(".", maxsplit=1)[0]
    field = "text" if channel == "marketing" else "business_scope"
    plain = {
        "id": rule_id,
        "title": "示例",
        "status": "active",
        "version": 1,
        "channel": [channel],
        "fields": list(FIELDS_OF_CHANNEL[channel]),
        "characteristic": "inducement",
        "weight": 9,
        "basis": [{"law": "条例", "article": 9}],
        "match": {"terms": ["保本付息"]},
        "unless": [{"context": ["warning", "negation", "report"]}],
        "blind_spots": "无",
        "examples": {
            "hit": [{field: "保本付息", "quote": "保本付息"}, {field: "本品保本付息", "quote": "保本付息"}],
            "miss": [{field: "谨防保本付息", "because": "警示"}, {field: "你好", "because": "无关"}],
        },
    }
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def file_of(rule_id: str) -> str:
    """Where a rule lies."""
    return rule_id.replace(".", "/", 1) + ".yaml"


def sources(*rules: dict[str, Any], files: dict[str, str | None] | None = None, listed: str | None = None) -> Sources:
    """The small rulebook with these rules; ``files`` adds, replaces or (None) removes files."""
    texts: dict[str, str | None] = dict(BASE)
    texts |= {file_of(r["id"]): dumped(r) for r in rules or (rule(),)}
    texts |= files or {}
    return Sources({file: text for file, text in texts.items() if text is not None}, TABLES, listed)


def assembled(*rules: dict[str, Any], files: dict[str, str | None] | None = None) -> Assembly:
    """Put the small rulebook together."""
    return assemble(sources(*rules, files=files))


def lexicon(name: str, *terms: Any) -> dict[str, str | None]:
    """A lexicon file."""
    content = {"name": name, "version": 1, "title": name, "source": "测试", "terms": list(terms)}
    return {f"lexicons/{name}.yaml": dumped(content)}


def compiled(
    *rules: dict[str, Any], files: dict[str, str | None] | None = None, listed: str | None = None
) -> CompiledRulebook:
    """Compile the small rulebook with these rules."""
    return _compiled(dumped([list(rules), files or {}, listed]))


@cache
def _compiled(key: str) -> CompiledRulebook:
    rules, files, listed = yaml.safe_load(key)
    assembly = assemble(sources(*rules, files=files, listed=listed))
    assert assembly.rulebook is not None, "\n".join(map(str, assembly.problems))
    return compile_rulebook(assembly.rulebook)


def read(book: CompiledRulebook, **fields: str) -> tuple[Field, ...]:
    """Read the fields of one submission."""
    channel = "marketing" if "text" in fields else "registration"
    return tuple(read_field(name, text, book, channel) for name, text in fields.items())


def findings(book: CompiledRulebook, facts: dict[str, object] | None = None, **fields: str) -> Findings:
    """What rules find, before its context is read."""
    channel = "marketing" if "text" in fields else "registration"
    return find_matches(read(book, **fields), book, channel, facts or {})


def evidence(book: CompiledRulebook, facts: dict[str, object] | None = None, **fields: str) -> tuple[Evidence, ...]:
    """Read the fields and weigh what rules find."""
    found = findings(book, facts, **fields)
    return weigh_in_context(found, tuple(reading.field for reading in found.readings.values()), book)


def quotes(book: CompiledRulebook, outcome: str = "hit", **fields: str) -> list[str]:
    """Quotes of the evidence of one outcome, each from first to last piece."""
    return [
        item.match.field.folded.quote(item.match.pieces[0][0], item.match.pieces[-1][1])
        for item in evidence(book, **fields)
        if item.outcome == outcome
    ]
