"""All regular expressions of a channel: which of them occur in a text, and where.

One pass finds the words that patterns cannot do without. A pattern is then looked for only in the sentences that hold
enough of them; an automaton for all patterns would have so many states that it is built anew with every text
(docs/performance.md).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import daachorse

from risk_screen.rules.pattern_needs import Need, needs_of
from risk_screen.rules.regular_expression import BORDERS, RegularExpression
from risk_screen.text.blocks import hits_in_blocks
from risk_screen.text.folding import Span

MOST_NEEDS: Final = 3
"""Needs of a pattern that are looked for; the surest ones."""
_MET_EVERYWHERE: Final = ","
"""A word that nearly every sentence holds: a need that it meets is looked for only where there is no other."""
_BORDER: Final = re.compile(f"[{BORDERS}]")


class Chances(NamedTuple):
    """What a text may hold; bit ``n`` of a number stands for pattern ``n``.

    Attributes
    ----------
    present : int
        Patterns that may occur in the text.
    stretches : list of (start, end, patterns)
        Where they may occur; those of one pattern rising and not overlapping but for a line end.
    """

    present: int
    stretches: list[tuple[int, int, int]]


class PatternSet:
    """Tells which of many patterns may occur in a text, and where one of them does.

    Parameters
    ----------
    patterns : sequence of str
        Checked RE2 patterns; their index is their number.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._expressions: Final = [RegularExpression(pattern) for pattern in patterns]
        needs = [_telling(needs_of(pattern)) for pattern in patterns]
        self._words: Final = _NeededWords(needs)
        apart = [bool(need) and expression for need, expression in zip(needs, self._expressions, strict=True)]
        self._local: Final = sum(1 << n for n, e in enumerate(apart) if e and e.is_local)
        self._in_line: Final = sum(1 << n for n, e in enumerate(apart) if e and e.is_in_line and not e.is_local)

    def __len__(self) -> int:
        return len(self._expressions)

    def chances(self, text: str) -> Chances:
        """Return the patterns that may occur, with the stretches of text to look for them in."""
        words, local, stretches = self._words, self._local, list[tuple[int, int, int]]()
        present = seen = on_line = 0
        line_end = -1
        for start, end, met in words.met_between_borders(text):
            if start > line_end:
                seen |= on_line
                present |= self._add_line(text, line_end, on_line, stretches)
                on_line, line_end = 0, _line_end(text, end)
            on_line |= met
            enough = words.enough_for(met) & local
            if enough:
                present |= enough
                stretches.append((start, end, enough))
        seen |= on_line
        present |= self._add_line(text, line_end, on_line, stretches)
        if seen or not words.all_need_words:
            anywhere = words.enough_for(seen) & ~(local | self._in_line)
            if anywhere:
                present |= anywhere
                stretches.append((0, len(text), anywhere))
        return Chances(present, stretches)

    def _add_line(self, text: str, end: int, met: int, stretches: list[tuple[int, int, int]]) -> int:
        """Add the line that ends there, between its line ends, for the patterns that may occur on it; return them."""
        enough = self._words.enough_for(met) & self._in_line if met else 0
        if enough:
            stretches.append((max(0, text.rfind("\n", 0, end)), min(end + 1, len(text)), enough))
        return enough

    def spans(self, number: int, text: str, chances: Chances) -> list[Span]:
        """Return the places of one pattern where it may occur, left to right; stretches that touch are read in one."""
        pattern = 1 << number
        together: list[Span] = []
        last = -1
        for start, end, patterns in chances.stretches:
            if patterns & pattern:
                if start <= last + 1 and together:
                    together[-1] = together[-1][0], end
                else:
                    together.append((start, end))
                last = end
        return self._expressions[number].spans_within(text, together)


def _telling(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    return tuple(need for need in needs if _MET_EVERYWHERE not in need) or needs


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


class _NeededWords:
    """The words that patterns need, found in one pass.

    Every need of every pattern is a bit: bit ``k * patterns + n`` says that need ``k`` of pattern ``n`` is met. Needs
    that a pattern does not have are met from the start.
    """

    def __init__(self, needs: Sequence[Sequence[Need]]) -> None:
        self._patterns = len(needs)
        self._every_pattern = (1 << len(needs)) - 1
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
            limit = border - offset
            for _, end, word in hits:
                if end > limit:
                    if met:
                        yield start, border, met
                    met = 0
                    while end > limit:
                        start, border = border + 1, next(borders, len(text))
                        limit = border - offset
                met |= bits[word]
        if met:
            yield start, border, met

    def enough_for(self, met: int) -> int:
        """Return the patterns all of whose needs are met, a bit each."""
        met |= self._given
        for _ in range(MOST_NEEDS - 1):
            met &= met >> self._patterns
        return met & self._every_pattern
