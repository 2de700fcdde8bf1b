"""Join words that were pulled apart: separators, lines of one character, characters in two parts, odd numerals."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from risk_screen.text.folding_tables import RADICALS, FoldingTables

Span = tuple[int, int]

HAN_RANGES: Final = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
HAN: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN_RANGES)
HAN_KIND, SEPARATOR_KIND, OTHER_KIND = b"HS."
SEPARATED: Final = 1
"""A text may hold separators or line feeds."""
SPLIT: Final = 2
"""… characters written in two parts."""
CIRCLED: Final = 4
"""… circled ideographs."""
FINANCIAL: Final = 8
"""… numerals that are ordinary words too."""

LONGEST_RUN: Final = 3
"""Separators in a row that are still read as pulling one word apart."""
SHORT_LINE: Final = 8
"""Characters of a line that may hold a single Chinese character and ornaments."""

RUN_BETWEEN_HAN: Final = re.compile(rb"HS{1,%d}(?=H)" % LONGEST_RUN)

CIRCLED_NUMERALS: Final = dict(zip("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉", "一二三四五六七八九十", strict=True))
FINANCIAL_NUMERALS: Final = dict(zip("肆伍陆拾", "四五六十", strict=True))
NUMERALS: Final = "零一二三四五六七八九十百千万亿两半" + "".join(FINANCIAL_NUMERALS)
NUMERALS_IN_CONTEXT: Final = frozenset([*CIRCLED_NUMERALS, *FINANCIAL_NUMERALS])
PER_UNIT: Final = frozenset("天日周月季年次人个位户单股期份斤台套间平米吨件晚旬亩桌课时小")
"""After a slash these make a rate: 元/天."""

_CIRCLED_VALUE: Final = re.compile("(?<![㊀-㊉])[㊀-㊉]++(?=[分厘毛成个月年天日周期倍%万千百元块号层楼])")
_FINANCIAL_VALUE: Final = re.compile(
    "(?<=[息利])[肆伍陆拾]++(?=[分厘])"
    rf"|(?<=[零一二三四五六七八九十百千万亿])[肆伍陆拾]++(?=[{NUMERALS}元分厘角整]|[^{HAN}]|\Z)"
    rf"|(?<![肆伍陆拾])[肆伍陆拾]++(?=[{NUMERALS}]{{0,4}}(?:万元|元整))"
)
"""肆 伍 陆 拾 are in ordinary words too (大陆, 队伍, 收拾): numerals only among numerals or before an amount."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A text after joining; offsets lead back to the text before it.

    Attributes
    ----------
    text : str
    gaps : tuple of int
        Offsets in ``text`` before which separators were removed.
    first, last : array of int or None
        Per character the first and last character it was read from; None when nothing was removed, ``last`` also when
        no parts were put together.
    """

    text: str
    gaps: tuple[int, ...] = ()
    first: NDArray[np.int64] | None = None
    last: NDArray[np.int64] | None = None


class Joiner:
    """Joining with given tables.

    Parameters
    ----------
    tables : FoldingTables
        Its ``separators`` and ``split_characters`` are used.
    """

    def __init__(self, tables: FoldingTables) -> None:
        self._ornaments = "".join(sorted(tables.separators))
        self._kinds = _kinds_of_characters(tables.separators)
        self._wholes = tables.split_characters
        self._pair = _pair_pattern(self._wholes)
        self.watched: dict[str, int] = dict.fromkeys([*tables.separators, "\n"], SEPARATED)
        self.watched |= dict.fromkeys(RADICALS.intersection("".join(self._wholes)), SPLIT)
        self.watched |= dict.fromkeys(CIRCLED_NUMERALS, CIRCLED | SEPARATED)
        self.watched |= dict.fromkeys(FINANCIAL_NUMERALS, FINANCIAL)

    def join(self, text: str, watched: int) -> Joined:
        """Remove separators, put split characters together, read odd numerals by their neighbours.

        One pass is enough: joining what was joined changes nothing. Linear in the length of the text.

        Parameters
        ----------
        text : str
            Text in which every character stands for itself.
        watched : int
            What the text may hold: bits of ``self.watched`` of its characters.
        """
        if watched & CIRCLED:
            text = _CIRCLED_VALUE.sub(lambda m: _translated(m[0], CIRCLED_NUMERALS), text)
        joined = Joined(text)
        if watched & SEPARATED:
            joined = self._without_separators(joined)
        if watched & SPLIT:
            joined = self._without_separators(self._put_together(joined))
        if watched & FINANCIAL:
            text = _FINANCIAL_VALUE.sub(lambda m: _translated(m[0], FINANCIAL_NUMERALS), joined.text)
            joined = replace(joined, text=text)
        return joined

    def _without_separators(self, joined: Joined) -> Joined:
        text = joined.text
        runs = [run for run in self._runs(text) if self._pulls_apart(text, *run)]
        if not runs:
            return joined
        keep, pieces, gaps, done, dropped = bytearray(b"\1") * len(text), [], [], 0, 0
        for start, end in runs:
            pieces.append(text[done:start])
            gaps.append(start - dropped)
            keep[start:end] = bytes(end - start)
            dropped += end - start
            done = end
        pieces.append(text[done:])
        kept = np.frombuffer(keep, dtype=np.bool_)
        gaps = sorted({*gaps, *_moved(joined.gaps, kept)}) if joined.gaps else gaps
        first = np.flatnonzero(kept) if joined.first is None else joined.first[kept]
        return Joined("".join(pieces), tuple(gaps), first, None if joined.last is None else joined.last[kept])

    def _runs(self, text: str) -> Iterator[Span]:
        """Short runs of separators and line feeds between two Chinese characters."""
        kinds = self._kinds.take(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)).tobytes()
        return ((match.start() + 1, match.end()) for match in RUN_BETWEEN_HAN.finditer(kinds))

    def _pulls_apart(self, text: str, start: int, end: int) -> bool:
        """Whether the separators at [start, end) stand inside a word rather than mean something."""
        run = text[start:end]
        if "\n" in run:
            before, after = text[_line_start(text, start) : start], text[end : _line_end(text, end)]
            return self._is_single(before) or self._is_single(after)
        if run == "/":
            return text[end] not in PER_UNIT
        return not (run in ("-", "~") and text[end] in NUMERALS)

    def _is_single(self, line: str) -> bool:
        return len(line) <= SHORT_LINE and len(line.strip(self._ornaments)) == 1

    def _put_together(self, joined: Joined) -> Joined:
        """Two parts → one character, leftmost first."""
        text, seconds, pieces, done = joined.text, [], [], 0
        for match in self._pair.finditer(text):
            start = match.start()
            whole = self._wholes.get(text[start : start + 2])
            if whole and start >= done:
                pieces += [text[done:start], whole]
                seconds.append(start + 1)
                done = start + 2
        if not seconds:
            return joined
        pieces.append(text[done:])
        kept = np.ones(len(text), dtype=np.bool_)
        kept[seconds] = False
        first = np.arange(len(text)) if joined.first is None else joined.first
        last = first.copy()
        last[np.asarray(seconds) - 1] = first[seconds]
        return Joined("".join(pieces), tuple(_moved(joined.gaps, kept)), first[kept], last[kept])


def _kinds_of_characters(separators: Iterable[str]) -> NDArray[np.uint8]:
    """One byte per code point: Han, separator or other; a regular expression over bytes is ten times faster."""
    kinds = np.full(sys.maxunicode + 1, OTHER_KIND, dtype=np.uint8)
    for first, last in HAN_RANGES:
        kinds[first : last + 1] = HAN_KIND
    kinds[[ord(ch) for ch in separators] + [ord("\n")]] = SEPARATOR_KIND
    return kinds


def _pair_pattern(wholes: Iterable[str]) -> re.Pattern[str]:
    """First of two characters that may be parts of one; matches nothing without a table."""
    firsts, seconds = ("".join(sorted({pair[k] for pair in wholes})) for k in (0, 1))
    return re.compile(f"[{firsts}](?=[{seconds}])" if firsts else "(?!)")


def _translated(text: str, values: dict[str, str]) -> str:
    return "".join([values[ch] for ch in text])


def _line_start(text: str, end: int) -> int:
    """Start of the line that ends at ``end``, looked for no further back than a short line needs."""
    earliest = max(0, end - SHORT_LINE - 1)
    return max(earliest, text.rfind("\n", earliest, end) + 1)


def _line_end(text: str, start: int) -> int:
    latest = min(len(text), start + SHORT_LINE + 1)
    found = text.find("\n", start, latest)
    return latest if found < 0 else found


def _moved(gaps: Sequence[int], kept: NDArray[np.bool_]) -> list[int]:
    """Gaps after only ``kept`` characters remain; a gap between two parts put together is none."""
    before = np.cumsum(kept)
    return [int(before[gap]) - 1 for gap in gaps if kept[gap]]
