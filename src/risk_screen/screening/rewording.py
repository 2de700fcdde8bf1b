"""The smallest change of name or scope after which a registration would proceed: found and proved by screening."""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from risk_screen.screening.assessment import Assessment, Reason
from risk_screen.text.folding import Span

PROCEED: Final = "proceed"
# Each trial is a screening; a scope that needs more edits than this many trials find is better talked over at the desk.
MOST_TRIALS: Final = 200
_BORDERS: Final = "；;，,、。\n()（）"
SEPARATORS: Final = "；;，,、。"
# What words that are gone leave behind: separators in a row or inside a bracket's edge, and empty brackets.
_LEFT_OVER: Final = (
    (re.compile(f"([{SEPARATORS}])[{SEPARATORS}]+"), r"\1"),
    (re.compile(f"([（(])[{SEPARATORS}]+"), r"\1"),
    (re.compile(f"[{SEPARATORS}]+([)）])"), r"\1"),
    (re.compile(r"[（(]\s*[)）]"), ""),
)
_FORM: Final = re.compile(
    r"(?:(?:股份)?有限(?:责任)?公司|公司|合作社|合伙企业|企业|中心|工作室|[店部厂行社馆院所])(?:[（(].*[)）])?$"
)
# A name needs a trade name of its own beside its place and its form (企业名称登记管理规定 articles 6 and 8).
_SHORTEST_NAME: Final = 4


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Characters of one field that are left out."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rewording:
    """Fields that would proceed.

    Attributes
    ----------
    fields : mapping of str to str
        All fields of the submission, changed where needed.
    removed : tuple of (str, str)
        Field and words left out, in reading order.
    is_complete : bool
        False where other words have to take the place of those left out: what is left is no name yet, or no scope.
    """

    fields: Mapping[str, str]
    removed: tuple[tuple[str, str], ...]
    is_complete: bool


def smallest_rewording(
    fields: Mapping[str, str], assessment: Assessment, screen: Callable[[Mapping[str, str]], Assessment]
) -> Rewording | None:
    """Find the change that leaves out the fewest characters and makes the registration proceed.

    Tries the words of a name and the whole items of a scope that reasons quote, alone and together, the shortest first;
    every answer was screened with ``screen``. An item goes as a whole: to leave out the telling word and keep the
    business would teach how to hide it.

    Parameters
    ----------
    fields : mapping of str to str
        As screened.
    assessment : Assessment
        Of these fields.
    screen : callable
        Screens changed fields.

    Returns
    -------
    Rewording or None
        None when it proceeds as it stands, or when no change was found.
    """
    if assessment.route == PROCEED:
        return None
    edits = sorted(set(_edits(fields, assessment.reasons)), key=lambda edit: (edit.end - edit.start, edit))
    for chosen in _by_size(edits):
        changed = {name: _without(text, name, chosen) for name, text in fields.items()}
        if any(changed.values()) and screen(changed).route == PROCEED:
            removed = tuple((edit.field, fields[edit.field][edit.start : edit.end]) for edit in sorted(chosen))
            return Rewording(changed, removed, all(changed.values()) and _is_name(changed.get("name")))
    return None


def _edits(fields: Mapping[str, str], reasons: Iterable[Reason]) -> Iterator[Edit]:
    for reason in reasons:
        text = fields[reason.field]
        for start, end in reason.spans:
            yield Edit(reason.field, *((start, end) if reason.field == "name" else _item_around(text, start, end)))


def _item_around(text: str, start: int, end: int) -> Span:
    """The words between two borders."""
    while start > 0 and text[start - 1] not in _BORDERS:
        start -= 1
    while end < len(text) and text[end] not in _BORDERS:
        end += 1
    return start, end


def _by_size(edits: list[Edit]) -> Iterator[tuple[Edit, ...]]:
    """Yield sets of edits that do not overlap, those that leave out the fewest characters first."""
    waiting: list[tuple[int, tuple[int, ...]]] = [(_size(edit), (index,)) for index, edit in enumerate(edits)]
    heapq.heapify(waiting)
    for _ in range(MOST_TRIALS):
        if not waiting:
            return
        size, chosen = heapq.heappop(waiting)
        yield tuple(edits[index] for index in chosen)
        for index in range(chosen[-1] + 1, len(edits)):
            if not any(_overlap(edits[index], edits[other]) for other in chosen):
                heapq.heappush(waiting, (size + _size(edits[index]), (*chosen, index)))


def _size(edit: Edit) -> int:
    return edit.end - edit.start


def _overlap(one: Edit, other: Edit) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def _without(text: str, field: str, edits: Iterable[Edit]) -> str:
    here = sorted((edit for edit in edits if edit.field == field), reverse=True)
    if not here:
        return text
    for edit in here:
        text = text[: edit.start] + text[edit.end :]
    for left_over, kept in _LEFT_OVER:
        text = left_over.sub(kept, text)
    return text.strip(SEPARATORS + " \n")


def _is_name(name: str | None) -> bool:
    if name is None:
        return True
    form = _FORM.search(name)
    return form is not None and form.start() >= _SHORTEST_NAME
