"""What words a text must hold for a pattern to match, read off the pattern itself.

Reads the part of RE2 that rules may use (`patterns.py`). Where it meets anything else it asks for nothing, which is
always safe.
"""

import re
from collections.abc import Iterable, Iterator
from math import inf
from typing import Final, NamedTuple

Need = frozenset[str]
"""Words one of which must stand in the text."""

MOST_WORDS: Final = 250
"""Words of one need: beyond that they are not multiplied out any further."""
TOKEN: Final = re.compile(
    r"(?P<escape>\\(?:p\{[^}]*\}|P\{[^}]*\}|.))|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<open>\((?:\?(?:P?<[^>]*>|:))?)|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<repeat>(?:\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]*))?\}|[?*+])\??)|(?P<any>[.^$])|(?P<literal>.)",
    re.DOTALL,
)
_UNREAD: Final = re.compile(r"\(\?[^:P<]|\\[QEC]")
"""Flags and quoted stretches."""
_PLAIN_ESCAPE: Final = re.compile(r"\\[^0-9A-Za-z]")
_CLASS_ITEM: Final = re.compile(r"(?P<low>[^\\\[\]])-(?P<high>[^\\\[\]])|(?P<one>[^\\\[\]])")


class _Read(NamedTuple):
    """What a part of a pattern says.

    Attributes
    ----------
    words : frozenset of str or None
        All texts that it matches; None for too many to tell.
    needs : tuple of Need
        What such a text must hold, where ``words`` is None.
    starts : frozenset of str or None
        The characters that such a text may begin with, where ``words`` is None; "" if it may be empty, None for any.
    """

    words: Need | None
    needs: tuple[Need, ...] = ()
    starts: frozenset[str] | None = None


_EMPTY: Final[Need] = frozenset({""})
_ANYTHING: Final = _Read(None)


def needs_of(pattern: str) -> tuple[Need, ...]:
    """Words that a text must hold for the pattern to match: one of each group; no group where nothing is known.

    Returns
    -------
    tuple of Need
        Those that fewest texts meet first.
    """
    if _UNREAD.search(pattern):
        return ()
    needs = {_shortest(need) for need in _needs(_alternatives(TOKEN.finditer(pattern)))}
    return tuple(sorted(needs, key=lambda need: (_rarity(need), sorted(need)), reverse=True))


def first_characters(pattern: str) -> frozenset[str]:
    """Characters of which every match begins with one; none where that is not known."""
    starts = None if _UNREAD.search(pattern) else _starts(_alternatives(TOKEN.finditer(pattern)))
    return frozenset() if starts is None or "" in starts else starts


def _alternatives(tokens: Iterator[re.Match[str]]) -> _Read:
    """Read up to the end of a group or of the pattern."""
    branches: list[list[_Read]] = [[]]
    for token in tokens:
        if token["close"]:
            break
        if token["bar"]:
            branches.append([])
        elif token["repeat"]:
            branches[-1].append(_repeated(branches[-1].pop(), token))
        else:
            branches[-1].append(_alternatives(tokens) if token["open"] else _character(token))
    return _one_of([_joined(branch) for branch in branches])


def _character(token: re.Match[str]) -> _Read:
    if token["literal"]:
        return _Read(frozenset({token[0]}))
    if token["class"]:
        return _of_class(token[0])
    return _Read(frozenset({token[0][1]})) if _PLAIN_ESCAPE.fullmatch(token[0]) else _ANYTHING


def _of_class(text: str) -> _Read:
    inside = text[1:-1]
    if inside.startswith("^") or _CLASS_ITEM.sub("", inside):
        return _ANYTHING
    characters: set[str] = set()
    for item in _CLASS_ITEM.finditer(inside):
        low, high = item["low"] or item["one"], item["high"] or item["one"]
        characters.update(map(chr, range(ord(low), min(ord(high), ord(low) + MOST_WORDS) + 1)))
    return _Read(frozenset(characters)) if len(characters) <= MOST_WORDS else _ANYTHING


def _repeated(part: _Read, token: re.Match[str]) -> _Read:
    least, most = times(token)
    if least == most == 1:
        return part
    if least:
        return _Read(None, _needs(part), _starts(part))
    if most == 1 and part.words is not None:
        return _Read(part.words | _EMPTY)
    starts = _starts(part)
    return _Read(None, (), None if starts is None else starts | _EMPTY)


def times(repeat: re.Match[str]) -> tuple[int, float]:
    """Least and most times of a repeat sign."""
    if repeat["least"]:
        least, most = int(repeat["least"]), repeat["most"]
        return least, least if most is None else int(most) if most else inf
    sign = repeat["repeat"][0]
    return int(sign == "+"), 1 if sign == "?" else inf


def _joined(parts: Iterable[_Read]) -> _Read:
    """Parts that stand one after the other: multiplied out as far as that goes."""
    parts = list(parts)
    words, needs, is_whole = _EMPTY, list[Need](), True
    for part in parts:
        if part.words is not None and len(words) * len(part.words) <= MOST_WORDS:
            words = frozenset(first + last for first in words for last in part.words)
        else:
            needs += [*_needs(_Read(words)), *part.needs]
            words, is_whole = (part.words or _EMPTY), False
    return _Read(words) if is_whole else _Read(None, (*needs, *_needs(_Read(words))), _starts_of_joined(parts))


def _starts_of_joined(parts: Iterable[_Read]) -> frozenset[str] | None:
    found = _EMPTY
    for part in parts:
        starts = _starts(part)
        if starts is None:
            return None
        found = found - _EMPTY | starts
        if "" not in starts:
            break
    return found


def _one_of(branches: list[_Read]) -> _Read:
    """Parts of which one stands there."""
    if len(branches) == 1:
        return branches[0]
    if all(branch.words is not None for branch in branches):
        return _Read(frozenset().union(*(branch.words or () for branch in branches)))
    needs = [_needs(branch) for branch in branches]
    starts = [found for branch in branches if (found := _starts(branch)) is not None]
    return _Read(
        None,
        (frozenset[str]().union(*map(_surest, needs)),) if all(needs) else (),
        frozenset[str]().union(*starts) if len(starts) == len(branches) else None,
    )


def _starts(part: _Read) -> frozenset[str] | None:
    return part.starts if part.words is None else frozenset(word[:1] for word in part.words)


def _needs(part: _Read) -> tuple[Need, ...]:
    if part.words is None:
        return part.needs
    return () if "" in part.words else (part.words,)


def _surest(needs: Iterable[Need]) -> Need:
    """The need that fewest texts meet."""
    return max(needs, key=_rarity)


def _rarity(need: Need) -> tuple[int, int]:
    """How few texts meet a need: long words, and few of them."""
    return min(map(len, need)), -len(need)


def _shortest(need: Need) -> Need:
    """The need without words that hold another one."""
    return frozenset(
        word
        for word in need
        if not any(
            word[i:k] in need for i in range(len(word)) for k in range(i + 1, len(word) + 1) if k - i < len(word)
        )
    )
