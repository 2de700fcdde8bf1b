"""What the classifier reads: the pieces of a field and the tokens of a piece. Shared by training and service."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from risk_screen.rules.reading import Field
from risk_screen.text.folding import Span
from risk_screen.text.promise import Promise

# A flyer is read sentence by sentence, a registration item by item.
# What was masked is a border too, so that a disclaimer leaves its neighbours as they were.
BORDERS = {"marketing": "。！？!?；;…\n\ufffc", "registration": "。；;、,，\n()\ufffc"}
# A word means another thing in a name than in a scope: names are written in a private plane of Unicode.
NAME_PLANE = 0xF0000
_DIGIT = re.compile("[0-9]")
_RATE_STEPS = (0.06, 0.12, 0.36, 1.0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or an item of one field.

    Attributes
    ----------
    field : int
        Index of the field in the submission.
    start, end : int
        Offsets in the folded text.
    text : str
        The readable text of the piece with every digit written 0.
    promise_tokens : tuple of str
        The structure of the promises that begin in the piece.
    """

    field: int
    start: int
    end: int
    text: str
    promise_tokens: tuple[str, ...]

    @property
    def characters(self) -> int:
        """Length of the piece; no border counts, so that a text weighs the same with a line after it."""
        return self.end - self.start


def pieces_of(fields: tuple[Field, ...], channel: str) -> tuple[Piece, ...]:
    """Cut all fields of a submission into pieces, in reading order: what stands between borders."""
    pieces: list[Piece] = []
    for index, field in enumerate(fields):
        text = text_of(field)
        spans = spans_of(field.name, parts_of(field.name, text, channel))
        promised = promise_tokens(field.promises, [start for start, _ in spans])
        pieces += (Piece(index, a, b, text[a:b], tuple(promised.get(k, ()))) for k, (a, b) in enumerate(spans))
    return tuple(pieces)


def parts_of(name: str, text: str, channel: str) -> list[str]:
    """What stands between borders, an empty text where two of them touch; a name is one part."""
    if name == "name":
        return [text]
    borders = BORDERS[channel]
    for border in borders[1:]:
        text = text.replace(border, borders[0])
    return text.split(borders[0])


def spans_of(name: str, parts: Sequence[str]) -> list[Span]:
    """Places of the pieces, which are the parts that hold anything, and the name in any case."""
    starts = accumulate([len(part) + 1 for part in parts], initial=0)
    return [(start, start + len(part)) for start, part in zip(starts, parts, strict=False) if part or name == "name"]


def text_of(field: Field) -> str:
    """What is read of a field: the readable text with every digit written 0, a name in its own plane."""
    if field.name == "name":
        return in_name_plane(field.readable)
    return _DIGIT.sub("0", field.readable)


def in_name_plane(text: str) -> str:
    """Write the text of a name so that its n-grams are not those of a scope; length and places stay."""
    return text.translate(_IN_NAME_PLANE)


def tokens_of(piece: Piece, sizes: tuple[int, int], borders: str) -> Iterator[str]:
    """Distinct tokens of a piece in a fixed order: character n-grams that hold no border, then the promise tokens."""
    text = piece.text
    smallest, largest = sizes
    grams = {
        gram: None
        for size in range(smallest, largest + 1)
        for i in range(len(text) - size + 1)
        if not (gram := text[i : i + size]).isspace() and not any(c in borders for c in gram)
    }
    yield from grams
    yield from piece.promise_tokens


def promise_tokens(promises: tuple[Promise, ...], starts: Sequence[int]) -> dict[int, dict[str, None]]:
    """Name the structure of promises: kind, guarantee, and steps of the yearly rate.

    Parameters
    ----------
    promises : tuple of Promise
    starts : sequence of int
        Where the pieces of the field begin, rising.

    Returns
    -------
    dict
        Index of a piece → distinct tokens, in order, of the promises that begin in it.
    """
    found: dict[int, dict[str, None]] = {}
    for promise in promises:
        piece = found.setdefault(max(0, bisect_right(starts, promise.start) - 1), {})
        piece.update(dict.fromkeys(_structure(promise)))
    return found


def _structure(promise: Promise) -> Iterator[str]:
    yield "<promise>"
    yield f"<promise:{promise.kind}>"
    if promise.guaranteed:
        yield "<promise:guaranteed>"
    rate = promise.annual_rate if promise.annual_rate is not None else promise.assumed_rate
    if rate is not None:
        for step in _RATE_STEPS:
            if rate >= step:
                yield f"<promise:rate>={step:g}>"


class _InNamePlane(dict[int, int]):
    """Code of a character → its code in the plane of names; filled as characters are met, at most once each."""

    def __missing__(self, code: int) -> int:
        self[code] = moved = code + NAME_PLANE if code < 0x10000 else code
        return moved


_IN_NAME_PLANE = _InNamePlane()
