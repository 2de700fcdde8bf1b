"""Quotations, and the lists, quotations and lines of a script that are introduced as other people's words."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from risk_screen.rules.reading import Reading
from risk_screen.text.folding import Span

_MARKS: Final = re.compile(r'[“”"「」『』\n]')
_CLOSING: Final = {"“": "”", "「": "」", "『": "』", '"': '"'}
_BETWEEN_QUOTATIONS: Final = re.compile(r"[、,和及或与 ]{0,3}")
_ITEM: Final = re.compile(
    r"[ \t]*(?:\(?(?P<number>[0-9]{1,2})(?:[.、,)]|(?=[^0-9.%,:个年月日天周万元倍折小分]))"
    r"|\(?(?P<chinese>[一二三四五六七八九十]{1,3})(?:[.、)]|是)|(?P<bullet>[·•\-*●◆■▲★☆])|(?P<quote>[“\"「『])"
    r"|【?(?:第|其|案例|骗术|手法|套路|招数|类型|步骤|误区|陷阱)"
    r"(?P<ordinal>[一二三四五六七八九十])[】、,.: 步种条招个类是])"
)
_CHINESE: Final = "一二三四五六七八九十"
_STOPS: Final = "。!?;…"
_CAST: Final = re.compile(r"(?P<name>[一-龥a-z]{1,6})\([^()\n]{0,12}$")
_LONGEST_CAST: Final = 20


class Scope(NamedTuple):
    """A stretch introduced as other people's words, and the words that introduce it."""

    start: int
    end: int
    cue: str


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


def introduced(text: str, reading: Reading, cues: Sequence[Span], quoted: Sequence[Span]) -> list[Scope]:
    """Stretches introduced by a sentence that holds a cue before its colon.

    Returns
    -------
    list of Scope
        A quotation right after the colon (to the end of the line when it is never closed), a numbered list on the
        line, or the list items on the following lines. What stands on a line of its own without the sign of an item
        is never part of it.
    """
    found: list[Scope] = []
    starts = [start for start, _ in cues]
    colon = text.find(":")
    while colon >= 0:
        index = bisect_left(starts, colon) - 1
        inside = bool(found) and colon < found[-1].end
        if not inside and index >= 0 and starts[index] >= reading.sentence_around(colon)[0]:
            end = _end_of_scope(text, colon + 1, quoted)
            if end > colon + 1:
                found.append(Scope(colon + 1, end, text[slice(*cues[index])]))
        colon = text.find(":", colon + 1)
    return found


def headed(text: str, reading: Reading, cues: Sequence[Span], enumerators: Sequence[Span]) -> list[Scope]:
    """Lists right below a line whose last sentence holds both a cue and an enumerating word (十大套路)."""
    found: list[Scope] = []
    starts = [start for start, _ in cues]
    for start, _ in enumerators:
        line_end = _line_end(text, start)
        if found and line_end < found[-1].end:
            continue
        sentence = reading.sentence_around(start)
        index = bisect_left(starts, sentence[1]) - 1
        if sentence[1] < line_end or index < 0 or starts[index] < sentence[0]:
            continue
        above = _last_line_end(text, line_end)
        item = _ITEM.match(text, above + 1)
        if item is not None and _number(item) == 1:
            end = _end_of_items(text, above)
            found.append(Scope(line_end, end, text[slice(*cues[index])]))
    return found


def judged(text: str, verdicts: Sequence[Span]) -> list[Scope]:
    """What stands on a line before a verdict on it, and the list right above a line that begins with one."""
    found: list[Scope] = []
    for start, end in verdicts:
        low = text.rfind("\n", 0, start) + 1
        first = _first_stop(text, low) >= start
        while first and low:
            above = text.rfind("\n", 0, low - 1) + 1
            if _ITEM.match(text, above) is None:
                break
            low = above
        if low < start:
            found.append(Scope(low, start, text[start:end]))
    return found


def spoken_by(text: str, swindlers: Sequence[Span]) -> list[Scope]:
    """Lines of a script that someone speaks whom its cast calls a swindler: 钱经理(骗子)."""
    casts = (_CAST.search(text, max(0, start - _LONGEST_CAST), start) for start, _ in swindlers)
    names = {cast["name"] for cast in casts if cast is not None}
    if not names:
        return []
    speaks = re.compile(rf"^(?:{'|'.join(sorted(map(re.escape, names)))})(?:\([^()\n]{{0,30}}\))?:", re.MULTILINE)
    return [Scope(said.start(), _line_end(text, said.end()), said.group()) for said in speaks.finditer(text)]


def _end_of_scope(text: str, start: int, quoted: Sequence[Span]) -> int:
    at = start
    while at < len(text) and text[at] in " \t":
        at += 1
    if at < len(text) and text[at] in _CLOSING:
        return _end_of_quotations(text, at + 1, quoted)
    line_end = _line_end(text, at)
    if at == line_end:
        return max(start, _end_of_items(text, _last_line_end(text, line_end)))
    item = _ITEM.match(text, at)
    return line_end if item is not None and _number(item) == 1 else start


def _end_of_quotations(text: str, start: int, quoted: Sequence[Span]) -> int:
    """End of the quotation that begins here and of those listed right after it."""
    index = bisect_right(quoted, (start, -1))
    if index >= len(quoted) or quoted[index][0] != start:
        return _line_end(text, start)
    while index + 1 < len(quoted):
        end, following = quoted[index][1], quoted[index + 1][0]
        if not _BETWEEN_QUOTATIONS.fullmatch(text, end + 1, following - 1):
            return end
        index += 1
    return quoted[-1][1]


def _end_of_items(text: str, line_end: int) -> int:
    """End of the last line that goes on with the list: numbers rising from one, or one kind of sign."""
    end, sign, number = line_end, "", 0
    while end < len(text):
        item = _ITEM.match(text, end + 1)
        if item is None:
            return end
        value = _number(item)
        mark = item["bullet"] or item["quote"] or next(k for k in ("chinese", "ordinal", "number") if item[k])
        if (sign and mark != sign) or (value is not None and value != number + 1):
            return end
        line_end = _line_end(text, item.end())
        if item["quote"] and not text.endswith(tuple(_CLOSING.values()), item.end(), line_end):
            return end
        sign, number, end = mark, value or 0, line_end
    return end


def _number(item: re.Match[str]) -> int | None:
    if item["number"]:
        return int(item["number"])
    chinese = item["chinese"] or item["ordinal"]
    if chinese and len(chinese) == 1:
        return _CHINESE.index(chinese) + 1
    return None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _last_line_end(text: str, at: int) -> int:
    """Last of the line ends that follow one another."""
    while text.startswith("\n\n", at):
        at += 1
    return at


def _first_stop(text: str, at: int) -> int:
    stops = [place for place in (text.find(stop, at) for stop in _STOPS) if place >= 0]
    return min(stops, default=len(text))
