"""All regular expressions of a channel: which of them occur in a text, and where.

Only patterns whose necessary words stand in the text are looked for, one by one: an automaton for all of them would
have so many states that it is built anew with every text (docs/performance.md).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import daachorse

from risk_screen.rules.pattern_needs import Need, needs_of
from risk_screen.rules.regular_expression import RegularExpression
from risk_screen.text.folding import Span


class PatternSet:
    """Says which of many patterns occur in a text, and where one of them does.

    Parameters
    ----------
    patterns : sequence of str
        Checked RE2 patterns; their index is their number.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        needs = [needs_of(pattern) for pattern in patterns]
        self._words: Final = _Words(need for of_pattern in needs for need in of_pattern)
        self._expressions: Final = [RegularExpression(pattern) for pattern in patterns]
        self._needed: Final = [self._words.bits(of_pattern) for of_pattern in needs]

    def present(self, text: str) -> Sequence[int]:
        """Return the numbers of the patterns that occur."""
        met = self._words.met(text)
        could_occur = (number for number, needed in enumerate(self._needed) if needed & met == needed)
        return [number for number in could_occur if self._expressions[number].occurs(text)]

    def spans(self, index: int, text: str) -> list[Span]:
        """Return the places of one pattern, left to right, not overlapping."""
        return self._expressions[index].spans(text)


class _Words:
    """The needs of patterns, a bit each, and which of them a text meets."""

    def __init__(self, needs: Iterable[Need]) -> None:
        self._bits: dict[Need, int] = {}
        self._of_character: dict[str, int] = {}
        of_word: dict[str, int] = {}
        for need in needs:
            bit = self._bits.setdefault(need, 1 << len(self._bits))
            for word in need:
                table = self._of_character if len(word) == 1 else of_word
                table[word] = table.get(word, 0) | bit
        self._of_word = list(of_word.values())
        self._automaton: Any = daachorse.CharwiseDoubleArrayAhoCorasick(list(of_word)) if of_word else None

    def bits(self, needs: Iterable[Need]) -> int:
        """Return the bits of some needs together."""
        together = 0
        for need in needs:
            together |= self._bits[need]
        return together

    def met(self, text: str) -> int:
        """Return the bits of the needs that a text meets."""
        met = 0
        for character in self._of_character.keys() & set(text):
            met |= self._of_character[character]
        if self._automaton is not None:
            for number in {number for _, _, number in self._automaton.find_overlapping(text)}:
                met |= self._of_word[number]
        return met
