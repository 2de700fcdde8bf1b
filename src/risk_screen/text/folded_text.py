"""A folded text that knows where each of its characters stood in the original."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from risk_screen.text.folding_tables import BIT_OF_STEP, STEPS, FoldingTables
from risk_screen.text.joining import NUMERALS_IN_CONTEXT, Span

Places = NDArray[np.int64]


class Reread(NamedTuple):
    """A place of a folded text that is read as a word, and the step it takes."""

    start: int
    end: int
    word: str
    step: str


SENTENCE: Final = re.compile(r"[^。!?;…\n]*[。!?;…]+[”’\"'」』》〉)\]】]*|[^。!?;…\n]+")


@dataclass(frozen=True, slots=True)
class FoldedText:
    r"""What `Folding.fold` returns.

    Attributes
    ----------
    original : str
        The text as sent.
    text : str
        The folded text: every character folds to itself, no surrogate, line ends are ``\n``.
    gaps : tuple of int
        Offsets in ``text`` before which separators were removed, rising.
    """

    original: str
    text: str
    gaps: tuple[int, ...] = ()
    _tables: FoldingTables | None = field(default=None, repr=False, compare=False)
    _first: Places | None = field(default=None, repr=False, compare=False)
    """Per folded character the first original character it was read from; None when text and original run in step."""
    _last: Places | None = field(default=None, repr=False, compare=False)
    """The last one; None when every character was read from one."""
    _reread: tuple[Reread, ...] = field(default=(), repr=False, compare=False)
    """Words read in place of their evasive spelling, at their places in ``text``, rising."""
    _sentences: list[Span] = field(default_factory=list, init=False, repr=False, compare=False)

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Pieces of the original that ``text[start:end]`` was read from.

        Parameters
        ----------
        start, end : int
            Half-open code-point offsets in ``text``.

        Returns
        -------
        tuple of Span
            Half-open, rising, not touching: several where something was dropped between. Empty for an empty range.

        Raises
        ------
        IndexError
            The range does not lie in ``text``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"[{start}, {end}) is not a range of a text of {len(self.text)} characters")
        if start == end:
            return ()
        if self._first is None:
            return ((start, end),)
        written = self._as_written(start, end)
        if written is not None:
            return (written,)
        pieces: list[Span] = []
        last = self._first if self._last is None else self._last
        for first, final in zip(self._first[start:end].tolist(), last[start:end].tolist(), strict=True):
            if pieces and first <= pieces[-1][1]:
                pieces[-1] = (pieces[-1][0], final + 1)
            else:
                pieces.append((first, final + 1))
        return tuple(pieces)

    def quote(self, start: int, end: int) -> str:
        """The original from the first to the last piece of ``text[start:end]``, as the citizen wrote it."""
        return self.shown(start, end)[0]

    def shown(self, start: int, end: int) -> tuple[str, tuple[Span, ...]]:
        """Quote and spans of ``text[start:end]``, as `quote` and `spans` give them."""
        spans = self.spans(start, end)
        return (self.original[spans[0][0] : spans[-1][1]] if spans else ""), spans

    def steps(self, start: int, end: int) -> tuple[str, ...]:
        """Steps it took to read ``text[start:end]``, in the order of `STEPS`; a separator beside it does not count."""
        if not self._reread and start < end and self._as_written(start, end) is not None:
            return ()
        pieces = self.spans(start, end)
        bits = self._bits_of_pieces(pieces) | self._bits_of_marks(start, end)
        for (_, before), (after, _) in pairwise(pieces):
            bits |= self._bits(self.original[before:after]) & BIT_OF_STEP["invisible"]
        return tuple(step for step in STEPS if bits & BIT_OF_STEP[step])

    @property
    def sentences(self) -> tuple[Span, ...]:
        """Spans of ``text``, cut after 。!?;… with their closing quotes and at line ends; no line feed lies inside."""
        if not self._sentences:
            self._sentences.extend(match.span() for match in SENTENCE.finditer(self.text))
        return tuple(self._sentences)

    def read_from(self, characters: Collection[str]) -> set[int]:
        """Offsets in ``text`` of what was read from any of these characters of the original."""
        origins = range(len(self.text)) if self._first is None else self._first.tolist()
        return {offset for offset, origin in enumerate(origins) if self.original[origin] in characters}

    def reread(self, words: Sequence[Reread]) -> "FoldedText":
        """The same text with words in place of their evasive spellings.

        Parameters
        ----------
        words : sequence of Reread
            Places in ``text``, rising, not overlapping. A word as long as its spelling keeps its places one by one;
            each character of another one is read from the whole spelling.
        """
        first = np.arange(len(self.text)) if self._first is None else self._first
        last = first if self._last is None else self._last
        texts, firsts, lasts, moved, done, length = [], [], [], [], 0, 0
        for start, end, word, step in words:
            kept = len(word) == end - start
            texts += [self.text[done:start], word]
            firsts += [first[done:start], first[start:end] if kept else np.full(len(word), first[start])]
            lasts += [last[done:start], last[start:end] if kept else np.full(len(word), last[end - 1])]
            length += start - done + len(word)
            moved.append(Reread(length - len(word), length, word, step))
            done = end
        return FoldedText(
            self.original,
            "".join(texts) + self.text[done:],
            _moved(self.gaps, words),
            self._tables,
            np.concatenate([*firsts, first[done:]]),
            np.concatenate([*lasts, last[done:]]),
            tuple(moved),
        )

    def _as_written(self, start: int, end: int) -> Span | None:
        """Place of ``text[start:end]`` in the original if it stands there unchanged; for at least one character.

        No character of a folded text folds to anything else. Where its characters stand in the original in a row,
        nothing between them can have been spelled out, put together or dropped.
        """
        if self._first is None:
            first, last = start, end
        else:
            first = int(self._first[start])
            last = int((self._first if self._last is None else self._last)[end - 1]) + 1
        is_unchanged = last - first == end - start and self.original[first:last] == self.text[start:end]
        return (first, last) if is_unchanged else None

    def _bits(self, original: str) -> int:
        bits = 0
        steps = self._tables.steps if self._tables else {}
        for ch in original:
            bits |= steps.get(ord(ch), 0)
        return bits

    def _bits_of_pieces(self, pieces: tuple[Span, ...]) -> int:
        bits = 0
        for first, end in pieces:
            bits |= self._bits(self.original[first:end])
        return bits

    def _bits_of_marks(self, start: int, end: int) -> int:
        """Separators, split characters, numerals read by their neighbours: what no table of characters tells."""
        bits = 0
        following = bisect_right(self.gaps, start)
        if following < len(self.gaps) and self.gaps[following] < end:
            bits |= BIT_OF_STEP["separator"]
        for word in self._reread_at(start, end):
            bits |= BIT_OF_STEP[word.step]
        if self._is_split(start, end):
            bits |= BIT_OF_STEP["split_character"]
        if self._has_numeral_by_context(start, end):
            bits |= BIT_OF_STEP["digit_style"]
        return bits

    def _reread_at(self, start: int, end: int) -> tuple[Reread, ...]:
        first = bisect_right(self._reread, start, key=attrgetter("end"))
        return self._reread[first : bisect_left(self._reread, end, lo=first, key=attrgetter("start"))]

    def _is_split(self, start: int, end: int) -> bool:
        """Whether a character was put together from two, words read anew apart."""
        if self._first is None or self._last is None:
            return False
        split = self._first[start:end] != self._last[start:end]
        for word in self._reread_at(start, end) if split.any() else ():
            split[max(0, word.start - start) : max(0, word.end - start)] = False
        return bool(split.any())

    def _has_numeral_by_context(self, start: int, end: int) -> bool:
        origins = range(start, end) if self._first is None else self._first[start:end].tolist()
        read = zip(origins, self.text[start:end], strict=True)
        return any(self.original[k] in NUMERALS_IN_CONTEXT and self.original[k] != ch for k, ch in read)


def _moved(gaps: Sequence[int], words: Sequence[Reread]) -> tuple[int, ...]:
    """Gaps of a text after words took the place of their spellings; a gap inside a spelling stays inside its word."""
    ends = [word.end for word in words]
    shifts = [0, *accumulate(len(word.word) - (word.end - word.start) for word in words)]

    def moved(gap: int) -> int:
        done = bisect_right(ends, gap)
        if done == len(words) or gap <= words[done].start:
            return gap + shifts[done]
        return min(gap, words[done].start + len(words[done].word) - 1) + shifts[done]

    return tuple(dict.fromkeys(map(moved, gaps)))
