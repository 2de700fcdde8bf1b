"""All regular expressions of a channel in one automaton; spans only for those that occur."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import re2

from risk_screen.rules.patterns import negated_classes_end_at_lines, quiet_options
from risk_screen.text.folding import Span


class PatternSet:
    """Says which of many patterns occur in a text, in one pass, and where one of them does.

    Parameters
    ----------
    patterns : sequence of str
        Checked RE2 patterns; their index is their number.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        options = quiet_options()
        options.never_capture = True
        bounded = [negated_classes_end_at_lines(pattern).encode() for pattern in patterns]
        self._single: Final[list[Any]] = [re2.compile(pattern, options) for pattern in bounded]
        self._set: Any = None
        if bounded:
            self._set = re2.Set.SearchSet(options)
            for pattern in bounded:
                self._set.Add(pattern)
            self._set.Compile()

    def present(self, text: str) -> Sequence[int]:
        """Return the numbers of the patterns that occur."""
        return (self._set.Match(text) or ()) if self._set is not None else ()

    def spans(self, index: int, text: str) -> list[Span]:
        """Return the places of one pattern, left to right, not overlapping."""
        encoded = text.encode()
        return list(_in_characters(encoded, (match.span() for match in self._single[index].finditer(encoded))))


def _in_characters(encoded: bytes, spans: Iterable[Span]) -> Iterator[Span]:
    """Offsets in code points for rising offsets in bytes."""
    characters = done = 0
    for start, end in spans:
        first = characters + len(encoded[done:start].decode())
        characters, done = first + len(encoded[start:end].decode()), end
        yield first, characters
