"""Does an evasive spelling change the decision? Pitches and harmless texts of our own corpus, rewritten by family.

A pair is a text and its rewriting (benchmarks/rewriting.py); where the rewriting changes nothing there is no pair.

Pitches: 200 without evasions that are routed (verify or site_check). Disguised, each with probability one half, are
the words the rules expect to be disguised (``listed``: those under an ``evasion`` condition), or whatever counted in
the pitch as it stands, ordinary words too (``counted``: a writer who reads our mind). Kept: still routed. Beside it the
same without the reading by sound (no evasions.yaml), and of the disguised words those that are read as they were.
Harmless: 200 texts that are not routed; three in ten of all their words are offered. New alarms: routed when rewritten.
"""

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import jieba
from rewriting import FAMILIES, Span, chinese_words, rewrite

from risk_screen import Assessment, Screener
from risk_screen.learning.corpus import read_corpus
from risk_screen.rules.expressions import Expression
from risk_screen.rules.rulebook import Rulebook
from risk_screen.screening.policy import ROUTED
from risk_screen.screening.submission import Submission

SEED = 20261122
HARMLESS_SHARE = 0.3
"""Share of the words of a harmless text that are offered for rewriting: about as many as count in a pitch."""


@dataclass(frozen=True)
class Pair:
    """A text and its rewriting by one family, with the words that were offered for it or are gone."""

    family: str
    text_id: str
    written: str
    rewritten: str
    words: tuple[str, ...]


def main() -> None:
    arguments = _arguments()
    jieba.setLogLevel("ERROR")
    screener = Screener.load()
    book = replace(screener.book, evasions=None)
    deaf = Screener(book, screener.policy, screener.classifiers, program=screener.program)
    print(f"rulebook {screener.book.version}, model {screener.classifiers['marketing'].version}, seed {SEED}")
    pitches, harmless = _texts(screener, arguments.count)
    print(f"{len(pitches)} routed pitches, {len(harmless)} harmless texts that are not routed")
    for disguised in arguments.disguised:
        print(f"\n{disguised:<16} {'kept':<37} {'without reading by sound':<37} {'words read':<17} new alarms")
        for family in arguments.only or FAMILIES:
            pairs = list(_pairs(family, pitches, screener, disguised))
            alarms = list(_pairs(family, harmless, screener, "any"))
            cells = (
                _share([_is_routed(screener, pair.rewritten) for pair in pairs]),
                _share([_is_routed(deaf, pair.rewritten) for pair in pairs]),
                _words_read(screener, pairs),
                _share([_is_routed(screener, pair.rewritten) for pair in alarms]),
            )
            print(f"{family:<16} {cells[0]:<37} {cells[1]:<37} {cells[2]:<17} {cells[3]}", flush=True)
            if arguments.show:
                _show(screener, pairs, alarms)


def _texts(screener: Screener, count: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Ids and texts: pitches without evasions that are routed, harmless texts that are not."""
    corpus = read_corpus(Path("models/corpus"), "marketing")
    plain = corpus[corpus["evasion"].map(len) == 0]
    chosen: dict[int, list[tuple[str, str]]] = {0: [], 1: []}
    for row in plain.sample(frac=1, random_state=SEED).itertuples():
        if len(chosen[row.label]) < count and _is_routed(screener, row.text) == bool(row.label):
            chosen[row.label].append((row.id, row.text))
    return chosen[1], chosen[0]


def _pairs(family: str, texts: list[tuple[str, str]], screener: Screener, disguised: str) -> Iterator[Pair]:
    listed = listed_words(screener.book.rulebook)
    for name, text in texts:
        random = Random(f"{SEED} {family} {name}")
        words = chinese_words(text)
        if disguised == "listed":
            words = [(start, end) for start, end in words if text[start:end] in listed]
        elif disguised == "counted":
            words = _touching(words, list(_places(screener.screen("marketing", text=text))))
        else:
            words = [word for word in words if random.random() < HARMLESS_SHARE]
        rewritten = rewrite(text, family, words, random)
        if rewritten != text:
            yield Pair(family, name, text, rewritten, tuple(text[start:end] for start, end in words))


def listed_words(book: Rulebook) -> frozenset[str]:
    """Words of the terms of all ``evasion`` conditions, as jieba cuts them: those the rules expect to be disguised."""
    rules = (rule for rule in book.rules if "marketing" in rule.channel)
    terms = {term for rule in rules for inner in _disguised(rule.match) for term in terms_of(inner, book)}
    return frozenset(term[start:end] for term in terms for start, end in chinese_words(term))


def _disguised(expression: Expression) -> Iterator[Expression]:
    if expression.evasion is not None:
        yield expression.evasion.of
    for operand in expression.operands():
        yield from _disguised(operand)


def terms_of(expression: Expression, book: Rulebook) -> Iterator[str]:
    """Plain words of a condition and of all it is made of, those of its lexicons too."""
    yield from expression.terms or ()
    if expression.lexicon in book.lexicons:
        yield from (line.term for line in book.lexicons[expression.lexicon].terms)
    for operand in expression.operands():
        yield from terms_of(operand, book)


def _places(assessment: Assessment) -> Iterator[Span]:
    """What counted: reasons, promises, the words that spoke for the classifier's opinion."""
    found: Any
    for found in (*assessment.reasons, *assessment.promises, *assessment.model.terms):
        yield from found.spans


def _touching(words: list[Span], places: list[Span]) -> list[Span]:
    return [(start, end) for start, end in words if any(s < end and start < e for s, e in places)]


def _is_routed(screener: Screener, text: str) -> bool:
    return screener.screen("marketing", text=text).route in ROUTED


def _words_read(screener: Screener, pairs: list[Pair]) -> str:
    """Of the words that are not there as they were, how many the program reads all the same."""
    disguised, read = 0, 0
    for pair in pairs:
        folded = screener.read(Submission.of("marketing", {"text": pair.rewritten}))[0].folded.text
        for word in Counter(pair.words):
            missing = pair.written.count(word) - pair.rewritten.count(word)
            disguised += max(0, missing)
            read += min(max(0, missing), max(0, folded.count(word) - pair.rewritten.count(word)))
    return f"{read}/{disguised} = {read / disguised:.2f}" if disguised else "-"


def _share(hits: list[bool]) -> str:
    """Count, share and 95 % Wilson interval."""
    total, count = len(hits), sum(hits)
    if not total:
        return "-"
    p, z = count / total, 1.96
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{count}/{total} = {p:.3f} [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}]"


def _show(screener: Screener, pitches: list[Pair], harmless: list[Pair]) -> None:
    changed = [pair for pair in pitches if not _is_routed(screener, pair.rewritten)]
    changed += [pair for pair in harmless if _is_routed(screener, pair.rewritten)]
    for pair in changed:
        print(f"  {pair.text_id} {pair.rewritten!r}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="texts of each label")
    parser.add_argument("--disguised", nargs="*", default=["listed", "counted"], choices=["listed", "counted"])
    parser.add_argument("--only", nargs="*", choices=FAMILIES, help="only these families")
    parser.add_argument("--show", action="store_true", help="print the rewritten texts whose decision changed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
