"""The programs under test behind one face: the peers in their processes, and ours three times."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import daachorse
from peers_install import Running
from peers_worker import timed

from risk_screen import Assessment, Screener
from risk_screen.screening.policy import ROUTED

Words = list[str]
BETWEEN_NAME_AND_SCOPE = "，"
WORD_SENSE_CHARACTERS = (2, 3)
"""Lengths of terms whose sense the rulebook judges (docs/rules.md)."""


@dataclass
class Program:
    """A program under test; what it has no answer to is None.

    Attributes
    ----------
    times : callable
        Microseconds of each text of a kind.
    words : callable or None
        Reported words of each text.
    speaks : callable or None
        Whether anything is reported that touches a stretch of a text, for ours as a whole.
    flags : callable or None
        Whether each text is flagged, for programs that judge a text.
    taken : dict
        Kind of text → rounds → microseconds of each text.
    """

    name: str
    folds: str
    times: Callable[[str, list[str]], list[float]]
    words: Callable[[list[str]], list[Words]] | None = None
    speaks: Callable[[str, int, int], bool] | None = None
    flags: Callable[[list[str]], list[bool]] | None = None
    taken: dict[str, list[list[float]]] = field(default_factory=dict)


def peer(running: Running) -> Program:
    """A peer in its own process."""
    judges = running.peer.package == "scikit-learn"
    return Program(
        f"{running.peer.package} {running.version}",
        running.peer.folds,
        times=lambda _, texts: running.ask(do="time", texts=texts),
        words=None if judges else lambda texts: running.ask(do="ask", texts=texts),
        flags=(lambda texts: [chance >= 0.5 for chance in running.ask(do="ask", texts=texts)]) if judges else None,
    )


def ours(screener: Screener, words: Words) -> Iterator[Program]:
    """Folding with the same list; that with every place; spellings by context and word sense; the whole walk."""
    folds = "width, traditional, case, invisible, emoji, digits, look-alikes, separators, split characters"
    yield _finding("ours: folding, same list", folds, _folded(screener, words))
    yield _finding("ours: and each hit's place as written", "the same", _placed(screener, words))
    folds = "the same, and by context sound, pinyin, initials; word sense"
    yield _finding("ours: and spellings by context, word sense", folds, _sensed(screener, words))
    yield Program(
        "ours: the whole walk",
        "the same; rules, rates, classifier, score, JSON",
        times=lambda kind, texts: timed(lambda text: _screened(screener, text, kind).to_json(), texts),
        speaks=lambda text, start, end: _speaks(_screened(screener, text), start, end),
        flags=lambda texts: [_screened(screener, text).route in ROUTED for text in texts],
    )


def _finding(name: str, folds: str, find: Callable[[str], Words]) -> Program:
    return Program(name, folds, lambda _, texts: timed(find, texts), lambda texts: [find(text) for text in texts])


def _folded(screener: Screener, words: Words) -> Callable[[str], Words]:
    fold = screener.book.folding.fold
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(words)
    return lambda text: [words[value] for _, _, value in automaton.find_overlapping(fold(text).text)]


def _placed(screener: Screener, words: Words) -> Callable[[str], Words]:
    fold = screener.book.folding.fold
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(words)

    def find(text: str) -> Words:
        read = fold(text)
        found = [(words[value], read.spans(start, end)) for start, end, value in automaton.find_overlapping(read.text)]
        return [word for word, _ in found]

    return find


def _sensed(screener: Screener, words: Words) -> Callable[[str], Words]:
    book = screener.book
    evasions = book.evasions
    assert evasions is not None
    automaton = daachorse.CharwiseDoubleArrayAhoCorasick(words)

    def find(text: str) -> Words:
        read = evasions.read(book.folding.fold(text)).text
        return [
            words[value]
            for start, end, value in automaton.find_overlapping(read)
            if end - start not in WORD_SENSE_CHARACTERS or book.segmenter.allows(read, start, end)
        ]

    return find


def _screened(screener: Screener, text: str, kind: str = "flyer") -> Assessment:
    if kind == "registration":
        name, _, scope = text.partition(BETWEEN_NAME_AND_SCOPE)
        return screener.screen("registration", name=name, business_scope=scope)
    return screener.screen("marketing", text=text)


def _speaks(assessment: Assessment, start: int, end: int) -> bool:
    found: tuple[Any, ...] = (*assessment.reasons, *assessment.promises)
    spans = (span for item in found for span in item.spans)
    return any(first < end and start < last for first, last in spans)
