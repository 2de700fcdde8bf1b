"""Make a text comparable: one table look-up per character, then join what was pulled apart; places are kept.

The common case, one character to one character, is a single vectorised look-up without any array of places. Most texts
of a register do not even need that: ordinary characters with a few full-width marks.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_screen.text.folded_text import FoldedText
from risk_screen.text.folding_tables import BIT_OF_STEP, STEPS, FoldingTableError, FoldingTables, parse_tables
from risk_screen.text.joining import Joiner, Span
from risk_screen.text.made_later import MadeLater

__all__ = ["STEPS", "FoldedText", "Folding", "FoldingTableError", "Span"]

Codes = NDArray[np.uint32]

CODE_POINT: Final = (1 << 21) - 1
MANY: Final = 1 << 21
"""The entry is not one character: the low bits number it among `_Expansions`."""
RETURN: Final = 1 << 22
"""A carriage return: nothing before a line feed, else a line feed."""
WATCHED: Final = 23
"""From this bit on: what the joiner watches for."""
ORDINARY: Final = ((0x20, 0x7F), (0x3001, 0x3003), (0x4E00, 0x9FA6))
"""Where the characters of most texts lie; more would only cost time to compile."""
USUAL_MARKS: Final = "；，（）："
"""Marks that stand in nearly every business scope in their full width."""


class Folding(MadeLater):
    """Compiled folding tables.

    Build it once with `from_tables`; it is immutable and may be shared by threads.
    """

    def __init__(self, tables: FoldingTables) -> None:
        self._tables = tables
        self._joiner = Joiner(tables)
        self._table, self._expansions = _compile(tables.outputs, self._joiner.watched)

    @classmethod
    def from_tables(cls, tables: Mapping[str, str]) -> "Folding":
        """Compile the tables.

        Parameters
        ----------
        tables : mapping of str to str
            File name → content of ``rules/folding/*.tsv``.

        Raises
        ------
        FoldingTableError
        """
        return cls(parse_tables(tables))

    def characters_of(self, step: str) -> frozenset[str]:
        """Characters that a step reads as something, ornaments it drops left out."""
        bit = BIT_OF_STEP[step]
        outputs = self._tables.outputs
        return frozenset(chr(code) for code, bits in self._tables.steps.items() if bits & bit and outputs[code])

    def fold(self, text: str) -> FoldedText:
        """Fold a text; linear in its length, and folding the result again changes nothing.

        Parameters
        ----------
        text : str
            Any string, lone surrogates included.

        Returns
        -------
        FoldedText
            Its ``text`` holds no surrogate and can be encoded.
        """
        if not text:
            return FoldedText(text, text)
        usual = text
        for mark, folded in self._usual_marks:
            usual = usual.replace(mark, folded)
        if self._unchanged.fullmatch(usual):
            return FoldedText(text, usual, (), self._tables)
        return self._fold_by_table(text)

    def _fold_by_table(self, text: str) -> FoldedText:
        written = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        codes = self._table.take(written)
        marks = int(np.bitwise_or.reduce(codes))
        if marks <= CODE_POINT:
            return FoldedText(text, codes.tobytes().decode("utf-32-le"), (), self._tables)
        places: NDArray[np.int64] | None = None
        if marks & (MANY | RETURN):
            codes, places = self._expansions.spell_out(codes, written)
        folded = (codes & CODE_POINT).tobytes().decode("utf-32-le")
        joined = self._joiner.join(folded, marks >> WATCHED)
        last = None if joined.last is None else _through(places, joined.last)
        return FoldedText(text, joined.text, joined.gaps, self._tables, _through(places, joined.first), last)

    @cached_property
    def _usual_marks(self) -> tuple[tuple[str, str], ...]:
        """Usual marks that fold to one character which is folded and watched no further, with that character."""
        folded = [(mark, int(self._table[ord(mark)])) for mark in USUAL_MARKS]
        return tuple((mark, chr(code)) for mark, code in folded if code <= CODE_POINT)

    @cached_property
    def _unchanged(self) -> re.Pattern[str]:
        """Ordinary characters that fold to themselves and are not watched."""
        codes = np.concatenate([np.arange(*ends, dtype=np.uint32) for ends in ORDINARY])
        codes = codes[self._table[codes] == codes]
        breaks = np.flatnonzero(np.diff(codes) > 1)
        firsts, lasts = codes[[0, *(breaks + 1)]].tolist(), codes[[*breaks, -1]].tolist()
        ranges = (f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in zip(firsts, lasts, strict=True))
        return re.compile(f"[{''.join(ranges)}]*+")


class _Expansions:
    """Outputs of none or several characters, laid end to end."""

    def __init__(self, outputs: Iterable[str], table: Codes) -> None:
        outputs = list(outputs)
        self._lengths = np.array([len(output) for output in outputs], dtype=np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._codes = table[np.array([ord(ch) for output in outputs for ch in output], dtype=np.int64)]

    def spell_out(self, codes: Codes, written: Codes) -> tuple[Codes, NDArray[np.int64]]:
        """Codes with every entry spelled out, and for each the place it came from; ``written`` is the text as sent."""
        lengths = np.ones(len(codes), dtype=np.int64)
        many = np.flatnonzero(codes & MANY)
        entries = (codes[many] & CODE_POINT).astype(np.int64)
        lengths[many] = self._lengths[entries]
        returns = np.flatnonzero(codes[:-1] & RETURN)
        lengths[returns[written[returns + 1] == ord("\n")]] = 0
        places = np.repeat(np.arange(len(codes)), lengths)
        spelled = codes[places]
        inside = np.flatnonzero(spelled & MANY)
        if len(inside):
            start = np.zeros(len(codes), dtype=np.int64)
            start[many] = self._starts[entries] - (np.cumsum(lengths) - lengths)[many]
            spelled[inside] = self._codes[inside + start[places[inside]]]
        return spelled, places


def _compile(outputs: Mapping[int, str], watched: Mapping[str, int]) -> tuple[Codes, _Expansions]:
    """One number per code point: the character it folds to, with marks above bit 20."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for ch, bits in watched.items():
        table[ord(ch)] |= bits << WATCHED
    single = {code: ord(output) for code, output in outputs.items() if len(output) == 1}
    table[list(single)] = table[list(single.values())]
    table[ord("\r")] |= RETURN
    several = {code: output for code, output in outputs.items() if len(output) != 1}
    number = {output: k for k, output in enumerate(dict.fromkeys(several.values()))}
    entries = np.array([k | MANY | _watched(output, watched) for output, k in number.items()], dtype=np.uint32)
    table[list(several)] = entries[[number[output] for output in several.values()]]
    return table, _Expansions(number, table)


def _watched(output: str, watched: Mapping[str, int]) -> int:
    bits = 0
    for ch in output:
        bits |= watched.get(ch, 0)
    return bits << WATCHED


def _through(places: NDArray[np.int64] | None, kept: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
    """Places in the original of the characters that were kept; None means all, one to one."""
    if places is None:
        return kept
    return places if kept is None else places[kept]
