"""All regular expressions of a channel: which of them occur in a text, and where.

One pass finds the words that patterns cannot do without. A pattern is then looked for only in the sentences that hold
enough of them; an automaton for all patterns would have so many states that it is built anew with every text
(docs/performance.md).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import daachorse

from risk_screen.rules.gating import numbers_of
from risk_screen.rules.pattern_needs import Need, needs_of
from risk_screen.rules.regular_expression import BORDERS, RegularExpression
from risk_screen.text.blocks import hits_in_blocks
from risk_screen.text.folding import Span

MOST_NEEDS: Final = 3
"""Needs of a pattern that are looked for; the surest ones."""
_BORDER: Final = re.compile(f"[{BORDERS}]")


class PatternSet:
    """Tells which of many patterns may occur in a text, and where one of them does.

    Parameters
    ----------
    patterns : sequence of str
        Checked RE2 patterns; their index is their number.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._expressions: Final = [RegularExpression(pattern) for pattern in patterns]
        needs = [needs_of(pattern) for pattern in patterns]
        self._words: Final = _NeededWords(needs)
        self._local: Final = sum(1 << n for n, e in enumerate(self._expressions) if needs[n] and e.is_local)

    def __len__(self) -> int:
        return len(self._expressions)

    def chances(self, text: str) -> dict[int, list[Span]]:
        """Return the patterns that may occur, by number, with the stretches of text to look for them in."""
        found: dict[int, list[Span]] = {}
        words, local, seen = self._words, self._local, 0
        for start, end, met in words.met_between_borders(text):
            seen |= met
            for number in numbers_of(words.enough_for(met) & local):
                found.setdefault(number, []).append((start, end))
        if seen or not words.all_need_words:
            for number in numbers_of(words.enough_for(seen) & ~local):
                found[number] = [(0, len(text))]
        return found

    def spans(self, number: int, text: str, stretches: Iterable[Span]) -> list[Span]:
        """Return the places of one pattern in its stretches, left to right, not overlapping."""
        expression = self._expressions[number]
        return [span for start, end in stretches for span in expression.spans(text, start, end)]


class _NeededWords:
    """The words that patterns need, found in one pass.

    Every need of every pattern is a bit: bit ``k * patterns + n`` says that need ``k`` of pattern ``n`` is met. Needs
    that a pattern does not have are met from the start.
    """

    def __init__(self, needs: Sequence[Sequence[Need]]) -> None:
        self._patterns = len(needs)
        self.all_need_words: Final = all(needs)
        self._given = 0
        bits: dict[str, int] = {}
        for number, of_pattern in enumerate(needs):
            for place in range(MOST_NEEDS):
                bit = 1 << (place * len(needs) + number)
                if place >= len(of_pattern):
                    self._given |= bit
                else:
                    bits |= {word: bits.get(word, 0) | bit for word in of_pattern[place]}
        self._bits = list(bits.values())
        self._longest = max(map(len, bits), default=0)
        self._automaton: Any = daachorse.CharwiseDoubleArrayAhoCorasick(list(bits)) if bits else None

    def met_between_borders(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield each stretch between borders that holds words, with the bits of the needs met there.

        Where blocks of a long text meet, a stretch may be said to hold a word of the one before it as well.
        """
        if self._automaton is None:
            return
        bits, met, start = self._bits, 0, 0
        borders = (border.start() for border in _BORDER.finditer(text))
        border = next(borders, len(text))
        for offset, hits in hits_in_blocks(self._automaton, text, self._longest):
            for _, end, word in hits:
                if end > border - offset:
                    if met:
                        yield start, border, met
                    met = 0
                    while end > border - offset:
                        start, border = border + 1, next(borders, len(text))
                met |= bits[word]
        if met:
            yield start, border, met

    def enough_for(self, met: int) -> int:
        """Return the patterns all of whose needs are met, a bit each."""
        met |= self._given
        for _ in range(MOST_NEEDS - 1):
            met &= met >> self._patterns
        return met & ((1 << self._patterns) - 1)
