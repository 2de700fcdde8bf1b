"""Quotations, and the lists and quotations that a sentence ending in a colon introduces."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Final

from risk_screen.rules.reading import Reading
from risk_screen.text.folding import Span

_MARKS: Final = re.compile(r'[“”"「」『』\n]')
_CLOSING: Final = {"“": "”", "「": "」", "『": "』", '"': '"'}
_BETWEEN_QUOTATIONS: Final = re.compile(r"[、,和及或与 ]{0,3}")
_ITEM: Final = re.compile(
    r"[ \t]*(?:\(?(?P<number>[0-9]{1,2})(?:[.、,)]|(?=[^0-9.%,:个年月日天周万元倍折小分]))"
    r"|\(?(?P<chinese>[一二三四五六七八九十]{1,3})[.、)]|(?P<bullet>[·•\-*●◆■▲★☆])|(?P<quote>[“\"「『]))"
)
_CHINESE: Final = "一二三四五六七八九十"


def quotations(text: str) -> list[Span]:
    """Spans between quotation marks, opened and closed on one line."""
    found: list[Span] = []
    opened: tuple[int, str] | None = None
    for mark in _MARKS.finditer(text):
        sign = mark.group()
        if sign == "\n":
            opened = None
        elif opened is not None and sign == _CLOSING[opened[1]]:
            found.append((opened[0] + 1, mark.start()))
            opened = None
        elif opened is None and sign in _CLOSING:
            opened = mark.start(), sign
    return found


def introduced(text: str, reading: Reading, cues: Sequence[Span], quoted: Sequence[Span]) -> list[tuple[int, int, str]]:
    """Stretches introduced by a sentence that holds a cue before its colon.

    Returns
    -------
    list of (start, end, cue)
        A quotation right after the colon, a numbered list on the line, or the list items on the following lines. What
        stands on a line of its own without the sign of an item is never part of it.
    """
    found: list[tuple[int, int, str]] = []
    starts = [start for start, _ in cues]
    colon = text.find(":")
    while colon >= 0:
        index = bisect_left(starts, colon) - 1
        inside = bool(found) and colon < found[-1][1]
        if not inside and index >= 0 and starts[index] >= reading.sentence_around(colon)[0]:
            end = _end_of_scope(text, colon + 1, quoted)
            if end > colon + 1:
                found.append((colon + 1, end, text[cues[index][0] : cues[index][1]]))
        colon = text.find(":", colon + 1)
    return found


def _end_of_scope(text: str, start: int, quoted: Sequence[Span]) -> int:
    at = start
    while at < len(text) and text[at] in " \t":
        at += 1
    if at < len(text) and text[at] in _CLOSING:
        return _end_of_quotations(text, at + 1, quoted)
    line_end = _line_end(text, at)
    if at == line_end:
        return _end_of_items(text, line_end)
    item = _ITEM.match(text, at)
    return line_end if item is not None and _number(item) == 1 else start


def _end_of_quotations(text: str, start: int, quoted: Sequence[Span]) -> int:
    """End of the quotation that begins here and of those listed right after it."""
    index = bisect_right(quoted, (start, -1))
    if index >= len(quoted) or quoted[index][0] != start:
        return start
    for (_, end), (following, _) in pairwise(islice(quoted, index, None)):
        if not _BETWEEN_QUOTATIONS.fullmatch(text, end + 1, following - 1):
            return end
    return quoted[-1][1]


def _end_of_items(text: str, line_end: int) -> int:
    """End of the last line that goes on with the list: numbers rising from one, or one kind of sign."""
    end, sign, number = line_end, "", 0
    while end < len(text):
        item = _ITEM.match(text, end + 1)
        if item is None:
            return end
        value = _number(item)
        mark = item["bullet"] or item["quote"] or ("chinese" if item["chinese"] else "number")
        if (sign and mark != sign) or (value is not None and value != number + 1):
            return end
        sign, number = mark, value or 0
        end = _line_end(text, item.end())
    return end


def _number(item: re.Match[str]) -> int | None:
    if item["number"]:
        return int(item["number"])
    chinese = item["chinese"]
    if chinese and len(chinese) == 1:
        return _CHINESE.index(chinese) + 1
    return None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
