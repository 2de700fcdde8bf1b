"""A folded text that knows where each of its characters stood in the original."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_screen.text.folding_tables import BIT_OF_STEP, STEPS, FoldingTables
from risk_screen.text.joining import NUMERALS_IN_CONTEXT, Span

Places = NDArray[np.int64]

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
        pieces = self.spans(start, end)
        return self.original[pieces[0][0] : pieces[-1][1]] if pieces else ""

    def steps(self, start: int, end: int) -> tuple[str, ...]:
        """Steps it took to read ``text[start:end]``, in the order of `STEPS`; a separator beside it does not count."""
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
        if self._first is not None and self._last is not None and (self._first != self._last)[start:end].any():
            bits |= BIT_OF_STEP["split_character"]
        if self._has_numeral_by_context(start, end):
            bits |= BIT_OF_STEP["digit_style"]
        return bits

    def _has_numeral_by_context(self, start: int, end: int) -> bool:
        origins = range(start, end) if self._first is None else self._first[start:end].tolist()
        read = zip(origins, self.text[start:end], strict=True)
        return any(self.original[k] in NUMERALS_IN_CONTEXT and self.original[k] != ch for k, ch in read)
