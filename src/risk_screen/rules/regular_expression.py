"""One pattern of a rule, matched by whichever engine is quick and safe.

RE2 takes linear time whatever the text, but the automata of hundreds of patterns do not stay in the processor's cache:
most of its time goes into building and fetching them. Python's own engine keeps nothing, yet it tries things again. So
it reads short texts, and only for patterns with little to try (docs/performance.md); both find the same places.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, Final

import re2

from risk_screen.rules.pattern_needs import TOKEN, first_characters, times
from risk_screen.rules.patterns import negated_classes_end_at_lines, quiet_options
from risk_screen.text.folding import Span
from risk_screen.text.made_later import MadeLater

BORDERS: Final = "。\n"
"""What most patterns never match: they can be looked for between these, apart."""
SHORT: Final = 2_000
"""Characters up to which Python's own engine reads a text."""
MOST_TRIED: Final = 20_000
"""Ways to divide a stretch among the repeats of a pattern."""
LONGEST_REPEAT_OF_GROUP: Final = 2
_MEANS_THE_SAME: Final = re.compile(r"(?:[^\\$(\[{]|\\[^0-9A-Za-z]|\\n|\((?!\?(?!:|P<))|\[(?!:)|\{(?!,))*")
"""No flags, named classes, line ends and unusual escapes: what the engines read alike."""
_PLAIN: Final = r"[^\\\[\](){}?*+|^$.]"
_WORDS_FIRST: Final = re.compile(rf"(?:{_PLAIN}|\((?:{_PLAIN}(?:{_PLAIN}\??)*(?:\||(?=\))))+\))(?![?*{{])")
"""A character, or a group of plain words of which no first character is left out."""
_MEANS_MOSTLY_THE_SAME: Final = re.compile(_MEANS_THE_SAME.pattern.replace("$", "", 1))
"""The same, and the end of the text, which they do not read alike."""


class RegularExpression(MadeLater):
    """A checked RE2 pattern.

    Parameters
    ----------
    pattern : str

    Attributes
    ----------
    is_quick : bool
        Whether Python's own engine may read short texts for it.
    is_local : bool
        Whether no match holds a border, so that the stretches between borders can be read apart.
    is_in_line : bool
        Whether no match holds a line end, so that lines can be read apart, each with the line ends around it.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern: Final = negated_classes_end_at_lines(pattern)
        self.is_quick: Final = _is_quick(self._pattern)
        self.is_local: Final = _MEANS_THE_SAME.fullmatch(self._pattern) is not None and _never_holds(
            self._pattern, BORDERS, ".^$"
        )
        self.is_in_line: Final = _MEANS_MOSTLY_THE_SAME.fullmatch(self._pattern) is not None and _never_holds(
            self._pattern, "\n", ""
        )

    @cached_property
    def _quick(self) -> re.Pattern[str]:
        """The pattern as Python's engine reads it quickest.

        Without captures, which nobody reads and which keep the engine from putting branches together, and behind a
        look at the first character where the engine would try every branch at every place.
        """
        pattern = "".join("(?:" if token["open"] else token[0] for token in TOKEN.finditer(self._pattern))
        starts = frozenset[str]() if _begins_with_words(self._pattern) else first_characters(self._pattern)
        return re.compile(f"(?=[{''.join(map(re.escape, sorted(starts)))}])(?:{pattern})" if starts else pattern)

    @cached_property
    def _linear(self) -> Any:
        options = quiet_options()
        options.never_capture = True
        return re2.compile(self._pattern.encode(), options)

    def spans_within(self, text: str, stretches: Iterable[Span]) -> list[Span]:
        """Return the places of the pattern in stretches of a text, which rise and do not overlap."""
        if self.is_quick and len(text) <= SHORT:
            places = self._quick.finditer
            return [match.span() for start, end in stretches for match in places(text, start, end)]
        return [span for start, end in stretches for span in self.spans(text, start, end)]

    def spans(self, text: str, start: int = 0, end: int | None = None) -> list[Span]:
        """Return the places of the pattern in ``text[start:end]``, left to right, not overlapping."""
        last = len(text) if end is None else end
        if self.is_quick and last - start <= SHORT:
            return [match.span() for match in self._quick.finditer(text, start, last)]
        encoded = text[start:last].encode()
        return list(_in_characters(encoded, (match.span() for match in self._linear.finditer(encoded)), start))


def _is_quick(pattern: str) -> bool:
    """Say whether Python's engine means the same and has little to try."""
    return _MEANS_THE_SAME.fullmatch(pattern) is not None and _ways_to_try(pattern) <= MOST_TRIED


def _begins_with_words(pattern: str) -> bool:
    """Say whether a pattern is one branch that begins with one of some words: the engine skips to their characters."""
    depth = 0
    for token in TOKEN.finditer(pattern):
        depth += bool(token["open"]) - bool(token["close"])
        if token["bar"] and not depth:
            return False
    return _WORDS_FIRST.match(pattern) is not None


def _never_holds(pattern: str, borders: str, signs: str) -> bool:
    """Say whether nothing in the pattern matches a border, and none of the signs ``. ^ $`` given stands in it."""
    for token in TOKEN.finditer(pattern):
        stands_for_text = token["literal"] or token["class"] or token["escape"]
        if token["any"] and token[0] in signs:
            return False
        if stands_for_text and re.search(token[0], borders):
            return False
    return True


def _ways_to_try(pattern: str) -> float:
    """Ways to divide a stretch among the repeats; endless for a repeat that is repeated.

    Repeats that follow one another multiply their ways; branches add theirs, and those without a repeat have none.
    """
    open_groups, closed = [_Branches()], None
    for token in TOKEN.finditer(pattern):
        inside = open_groups[-1]
        if token["open"]:
            open_groups.append(_Branches())
        elif token["bar"]:
            inside.next()
        elif token["repeat"]:
            least, most = times(token)
            if closed is not None and most > 1 and (closed.has_repeats or most > LONGEST_REPEAT_OF_GROUP):
                return inf
            inside.ways *= most - least + 1 if token["least"] else 1
            inside.has_repeats = True
        closed = None
        if token["close"]:
            closed = open_groups.pop()
            open_groups[-1].ways *= closed.together
            open_groups[-1].has_repeats |= closed.has_repeats
    return open_groups[0].together


@dataclass(slots=True)
class _Branches:
    """The branches of a group: the ways of the one being read, of those before it, and whether anything repeats."""

    ways: float = 1.0
    before: float = 0.0
    has_repeats: bool = False

    def next(self) -> None:
        self.before, self.ways = self.together if self.ways > 1 or self.before else 0.0, 1.0

    @property
    def together(self) -> float:
        return max(1.0, self.before + (self.ways if self.ways > 1 else 0.0))


def _in_characters(encoded: bytes, spans: Iterable[Span], characters: int) -> Iterator[Span]:
    """Offsets in code points, counted on from ``characters``, for rising offsets in bytes."""
    done = 0
    for start, end in spans:
        first = characters + len(encoded[done:start].decode())
        characters, done = first + len(encoded[start:end].decode()), end
        yield first, characters
