"""The conditions of a rule, ready to be looked for: each finds its places in the field being read."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from risk_screen.rules.requirements import FactRequired, PromiseRequired
from risk_screen.text.folding import Span
from risk_screen.text.folding_tables import PLAIN_STEPS

if TYPE_CHECKING:
    from risk_screen.rules.reading import Reading

Pieces = tuple[Span, ...]


@dataclass(slots=True)
class Scene:
    """What a condition sees: the field being read, the other fields, the facts, and which places are left out.

    ``alive`` is None when every place counts; ``unknown`` collects why a condition could not be answered.
    """

    readings: "Mapping[str, Reading]"
    reading: "Reading"
    facts: Mapping[str, object]
    unknown: list[str]
    alive: "Callable[[Reading, int, int], bool] | None" = None

    def keep(self, places: list[Pieces]) -> list[Pieces]:
        """Places of one span each, without those that are left out."""
        alive = self.alive
        return places if alive is None else [place for place in places if alive(self.reading, *place[0])]


class Condition(Protocol):
    """Finds its places, sorted by start."""

    def find(self, scene: Scene) -> list[Pieces]:
        """Return each place as the pieces of text it consists of."""


class Guard(NamedTuple):
    """When a word does not count where it stands."""

    not_before: tuple[str, ...]
    not_after: tuple[str, ...]
    word_sense: bool


NO_GUARD: Final = Guard((), (), word_sense=False)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Any of these literals, each with its guard."""

    guards: Mapping[int, Guard]

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of the words present that their guards admit."""
        return scene.keep(scene.reading.places(self))

    def spans(self, reading: "Reading") -> list[Span]:
        """The same without regard to a scene."""
        found: list[Span] = []
        words, guards = reading.words, self.guards
        if words.keys().isdisjoint(guards):
            return found
        for literal in words:
            if literal in guards:
                guard = guards[literal]
                found += words[literal] if guard == NO_GUARD else reading.admitted(words[literal], guard)
        found.sort()
        return found


@dataclass(frozen=True, slots=True, eq=False)
class PatternMatches:
    """Matches of one pattern, with its guard."""

    index: int
    guard: Guard

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of the pattern that its guard admits."""
        if not scene.reading.may_hold(self.index):
            return []
        return scene.keep(scene.reading.places(self))

    def spans(self, reading: "Reading") -> list[Span]:
        """The same without regard to a scene."""
        spans = reading.pattern_spans(self.index)
        return spans if self.guard == NO_GUARD else reading.admitted(spans, self.guard)


@dataclass(frozen=True, slots=True, eq=False)
class Promises:
    """Promised returns that pass a test."""

    required: PromiseRequired

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of the promises that pass."""
        return scene.keep([((p.start, p.end),) for p in scene.reading.field.promises if self.required.holds(p)])


@dataclass(frozen=True, slots=True, eq=False)
class Identifiers:
    """Phone numbers, accounts … of the kinds asked for."""

    kinds: tuple[str, ...]
    valid: bool | None

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of the identifiers asked for."""
        return scene.keep(
            [
                ((i.start, i.end),)
                for i in scene.reading.field.identifiers
                if i.kind in self.kinds and (self.valid is None or i.valid == self.valid)
            ]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Evaded:
    """Places of the operand that can only be read after undoing an evasion."""

    of: Condition
    steps: frozenset[str] | None

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of the operand that took one of the steps; the sense of words is not judged where none did."""
        if not any(self._is_evaded(scene, pieces) for pieces in _candidates(self.of, scene)):
            return []
        return [pieces for pieces in self.of.find(scene) if self._is_evaded(scene, pieces)]

    def _is_evaded(self, scene: Scene, pieces: Pieces) -> bool:
        steps = {step for start, end in pieces for step in scene.reading.field.folded.steps(start, end)} - PLAIN_STEPS
        return bool(steps if self.steps is None else steps & self.steps)


@dataclass(frozen=True, slots=True, eq=False)
class AnyOf:
    """Places of every operand."""

    operands: tuple[Condition, ...]

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of every operand, each once."""
        return places_of_any([operand.find(scene) for operand in self.operands])


@dataclass(frozen=True, slots=True, eq=False)
class InField:
    """The operand, in one field only; ``elsewhere`` allows to look at it while another field is being read."""

    field: str
    of: Condition
    elsewhere: bool

    def find(self, scene: Scene) -> list[Pieces]:
        """Places in the field, none while another field is being read unless ``elsewhere``."""
        if self.is_read_in(scene):
            return self.of.find(scene)
        if not self.elsewhere:
            return []
        reading = scene.readings.get(self.field)
        if reading is None:
            scene.unknown.append(self.field)
            return []
        there = Scene(scene.readings, reading, scene.facts, scene.unknown, scene.alive)
        return self.of.find(there)

    def is_read_in(self, scene: Scene) -> bool:
        """Say whether the field is the one being read."""
        return scene.reading.field.name == self.field


@dataclass(frozen=True, slots=True, eq=False)
class AllOf:
    """Places of the first operand where the others hold too; ``none`` and facts are conditions without a place."""

    operands: tuple[Condition, ...]
    none: tuple[Condition, ...]
    facts: tuple[FactRequired, ...]
    same: str

    def find(self, scene: Scene) -> list[Pieces]:
        """Places of the first operand, joined with the nearest place of each other one."""
        first = self.operands[0]
        anchors = [] if isinstance(first, InField) and not first.is_read_in(scene) else first.find(scene)
        if not anchors:
            return []
        before = len(scene.unknown)
        others: list[list[Pieces]] = []
        for operand in self.operands[1:]:
            known = len(scene.unknown)
            places = self._places(operand, scene)
            if not places and len(scene.unknown) == known:
                del scene.unknown[before:]
                return []
            others.append(places)
        found = anchors if self.same == "submission" else list(self._joined(anchors, others, scene.reading))
        found = self._without_none(found, scene)
        if not found or not self._facts_hold(scene) or not all(others):
            if not found:
                del scene.unknown[before:]
            return []
        return found

    def _places(self, operand: Condition, scene: Scene) -> list[Pieces]:
        if self.same != "submission" or isinstance(operand, InField):
            return operand.find(scene)
        scenes = (Scene(scene.readings, r, scene.facts, scene.unknown, scene.alive) for r in scene.readings.values())
        return [pieces for other in scenes for pieces in operand.find(other)]

    def _joined(self, anchors: list[Pieces], others: list[list[Pieces]], reading: "Reading") -> Iterator[Pieces]:
        starts = [[pieces[0][0] for pieces in places] for places in others]
        for anchor in anchors:
            low, high = reading.sentence_around(anchor[0][0]) if self.same == "sentence" else (0, len(reading.text))
            near = [
                _closest(anchor, places, begins, low, high)
                for places, begins in zip(others, starts, strict=True)
                if places
            ]
            if all(near):
                yield tuple(sorted({piece for pieces in (anchor, *near) if pieces for piece in pieces}))

    def _without_none(self, found: list[Pieces], scene: Scene) -> list[Pieces]:
        if not self.none or not found:
            return found
        reading = scene.reading
        barred = {reading.sentence_index(p[0][0]) for condition in self.none for p in condition.find(scene)}
        return [pieces for pieces in found if not any(reading.sentence_index(s) in barred for s, _ in pieces)]

    def _facts_hold(self, scene: Scene) -> bool:
        answers = [(fact, fact.holds(scene.facts)) for fact in self.facts]
        if any(answer is False for _, answer in answers):
            return False
        scene.unknown += [fact.field for fact, answer in answers if answer is None]
        return all(answer for _, answer in answers)


@dataclass(frozen=True, slots=True, eq=False)
class AtLeastOf:
    """So many distinct operands, or so many distinct words of a single operand, in the field or in one sentence."""

    operands: tuple[Condition, ...]
    count: int
    same: str

    def find(self, scene: Scene) -> list[Pieces]:
        """One place for each field or sentence where enough is found."""
        scopes: dict[int, list[tuple[object, Pieces]]] = {}
        for key, pieces in self._marked(scene):
            scope = scene.reading.sentence_index(pieces[0][0]) if self.same == "sentence" else 0
            scopes.setdefault(scope, []).append((key, pieces))
        enough = (found for found in scopes.values() if len({key for key, _ in found}) >= self.count)
        return sorted(tuple(sorted({piece for _, pieces in found for piece in pieces})) for found in enough)

    def _marked(self, scene: Scene) -> Iterator[tuple[object, Pieces]]:
        """Yield every place with what makes it distinct."""
        if len(self.operands) > 1:
            for index, operand in enumerate(self.operands):
                yield from ((index, pieces) for pieces in operand.find(scene))
            return
        text, end = scene.reading.text, 0
        for pieces in sorted(self.operands[0].find(scene), key=lambda p: (p[0][0], -p[-1][1])):
            if pieces[0][0] >= end:
                end = pieces[-1][1]
                yield text[pieces[0][0] : end], pieces


def _candidates(condition: Condition, scene: Scene) -> list[Pieces]:
    """Places among which are those that a condition finds, told without looking at the guards of words."""
    if isinstance(condition, AnyOf):
        return [pieces for operand in condition.operands for pieces in _candidates(operand, scene)]
    if isinstance(condition, Words):
        words = scene.reading.words
        return [(span,) for literal in words if literal in condition.guards for span in words[literal]]
    return condition.find(scene)


def places_of_any(found: list[list[Pieces]]) -> list[Pieces]:
    """Put the places of several conditions together, each once."""
    if len(found) == 1 and len(found[0]) < 2:
        return found[0]
    places = [pieces for of_one in found for pieces in of_one]
    return sorted(set(places)) if len(places) > 1 else places


def _closest(anchor: Pieces, places: list[Pieces], starts: list[int], low: int, high: int) -> Pieces | None:
    at = anchor[0][0]
    index = bisect_left(starts, at)
    near = [p for p in places[max(0, index - 1) : index + 1] if low <= p[0][0] < high]
    return min(near, key=lambda p: abs(p[0][0] - at), default=None)
