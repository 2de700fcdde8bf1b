"""Cut a text where an assessment speaks of it, so that a page can mark the pieces side by side and never nested."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from risk_screen.screening.assessment import Assessment
from risk_screen.screening.wording import evasion_titles
from risk_screen.text.folding import Span

# Words are not read across these, so pieces on both sides of one are two quotations.
SENTENCE_MARKS: Final = frozenset("、，。；：！？\n")


@dataclass(frozen=True, slots=True)
class Reference:
    """A reason's number behind its words; the first place of a reason also names the evasion and can be jumped to."""

    number: int
    evasion: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text as sent, and everything the assessment says of it.

    Attributes
    ----------
    text : str
        The segments of a field joined give the field, character for character.
    reasons : tuple of int
        Numbers (from 1) of the reasons that quote it.
    is_promise : bool
        Part of a promised return.
    masked, exempted : str
        Why it was left out of the reading, or why it does not count; empty otherwise.
    references : tuple of Reference
        Numbers to show behind it.
    """

    text: str
    reasons: tuple[int, ...] = ()
    is_promise: bool = False
    masked: str = ""
    exempted: str = ""
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layer:
    start: int
    end: int
    kind: str
    number: int = 0
    why: str = ""


def segments_of(assessment: Assessment, field: str, text: str) -> tuple[Segment, ...]:
    """Cut the text of a field into segments, each marked as a whole."""
    layers = [layer for layer in _layers(assessment, field) if layer.start < layer.end]
    references = _references(assessment, field, text)
    starting = defaultdict(list)
    for layer in layers:
        starting[layer.start].append(layer)
    places = sorted({0, len(text), *starting, *(layer.end for layer in layers)})
    active: list[_Layer] = []
    segments: list[Segment] = []
    for begin, end in pairwise(places):
        active = [*(layer for layer in active if layer.end > begin), *starting[begin]]
        segments.append(_segment(text[begin:end], active, references.get(end, ())))
    return tuple(segments)


def _layers(assessment: Assessment, field: str) -> Iterator[_Layer]:
    for number, reason in enumerate(assessment.reasons, 1):
        if reason.field == field:
            yield from (_Layer(start, end, "reason", number) for start, end in reason.spans)
    for promise in assessment.promises:
        if promise.field == field:
            yield from (_Layer(start, end, "promise") for start, end in promise.spans)
    for masked in assessment.masked:
        if masked.field == field:
            yield from (_Layer(start, end, "masked", why=masked.why) for start, end in masked.spans)
    for exempted in assessment.exempted:
        if exempted.field == field:
            yield from (_Layer(start, end, "exempted", why=exempted.why) for start, end in exempted.spans)


def _segment(text: str, active: Iterable[_Layer], references: tuple[Reference, ...]) -> Segment:
    whys: dict[str, dict[str, None]] = {"masked": {}, "exempted": {}}
    numbers, is_promise = set(), False
    for layer in active:
        if layer.kind == "reason":
            numbers.add(layer.number)
        elif layer.kind == "promise":
            is_promise = True
        else:
            whys[layer.kind][layer.why] = None
    return Segment(
        text, tuple(sorted(numbers)), is_promise, "；".join(whys["masked"]), "；".join(whys["exempted"]), references
    )


def _references(assessment: Assessment, field: str, text: str) -> dict[int, tuple[Reference, ...]]:
    """Place in the text → the numbers to show there."""
    found: dict[int, tuple[Reference, ...]] = {}
    for number, reason in enumerate(assessment.reasons, 1):
        if reason.field == field:
            evasion = "、".join(evasion_titles(reason.via))
            for k, end in enumerate(_ends_of_words(text, reason.spans)):
                reference = Reference(number, evasion if k == 0 else "", k == 0)
                found[end] = (*found.get(end, ()), reference)
    return found


def _ends_of_words(text: str, spans: Iterable[Span]) -> Iterator[int]:
    """Yield where quoted words end; pieces with only separators between them (保-本-高-息) are one quotation."""
    end = None
    for start, stop in sorted(spans):
        if start == stop:
            continue
        if end is not None and _is_apart(text[end:start]):
            yield end
        end = stop if end is None else max(end, stop)
    if end is not None:
        yield end


def _is_apart(between: str) -> bool:
    return any(character in SENTENCE_MARKS or character.isalnum() for character in between)
