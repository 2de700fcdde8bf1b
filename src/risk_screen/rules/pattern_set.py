"""All regular expressions of a channel in a few automata; spans only for those that occur."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import re2

from risk_screen.rules.patterns import negated_classes_end_at_lines, quiet_options
from risk_screen.text.folding import Span

# One automaton for all patterns with wide gaps has so many states that it is built anew with every text: 195 patterns
# took 1.8 ms a new text in one set and 0.2 ms in sets of six (docs/performance.md).
PATTERNS_TOGETHER: Final = 6
BYTES_PER_SET: Final = 8 << 20


class PatternSet:
    """Says which of many patterns occur in a text, and where one of them does.

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
        options.max_mem = BYTES_PER_SET
        self._sets: Final = [
            (first, _set_of(bounded[first : first + PATTERNS_TOGETHER], options))
            for first in range(0, len(bounded), PATTERNS_TOGETHER)
        ]

    def present(self, text: str) -> Sequence[int]:
        """Return the numbers of the patterns that occur."""
        encoded = text.encode()
        return [first + index for first, together in self._sets for index in together.Match(encoded) or ()]

    def spans(self, index: int, text: str) -> list[Span]:
        """Return the places of one pattern, left to right, not overlapping."""
        encoded = text.encode()
        return list(_in_characters(encoded, (match.span() for match in self._single[index].finditer(encoded))))


def _set_of(patterns: Sequence[bytes], options: Any) -> Any:
    together = re2.Set.SearchSet(options)
    for pattern in patterns:
        together.Add(pattern)
    together.Compile()
    return together


def _in_characters(encoded: bytes, spans: Iterable[Span]) -> Iterator[Span]:
    """Offsets in code points for rising offsets in bytes."""
    characters = done = 0
    for start, end in spans:
        first = characters + len(encoded[done:start].decode())
        characters, done = first + len(encoded[start:end].decode()), end
        yield first, characters
