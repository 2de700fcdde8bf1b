"""Find where rules match: only rules that could match, by what is present, are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from risk_screen.rules.compiled_rule import CompiledRule, NotEvaluated
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.conditions import Pieces, Scene, places_of_any
from risk_screen.rules.reading import Field, Reading
from risk_screen.text.folding import Span


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's words at a place.

    Attributes
    ----------
    rule : CompiledRule
    field : Field
        The field the pieces lie in.
    pieces : tuple of Span
        Half-open offsets of the folded text, sorted.
    """

    rule: CompiledRule
    field: Field
    pieces: tuple[Span, ...]

    @property
    def via(self) -> tuple[str, ...]:
        """Named steps it took to read the pieces."""
        steps = self.field.folded.steps
        return tuple(dict.fromkeys(step for start, end in self.pieces for step in steps(start, end)))


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything rules found before it is read in its context.

    ``readings`` and ``facts`` are kept for the next stage, which must not find anything twice.
    """

    matches: tuple[Match, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    readings: Mapping[str, Reading] = field(default_factory=dict, repr=False, compare=False)
    facts: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)


def find_matches(
    fields: tuple[Field, ...], book: CompiledRulebook, channel: str, facts: Mapping[str, object]
) -> Findings:
    """Find every match of every rule of the channel, shadow rules included.

    Parameters
    ----------
    fields : tuple of Field
        Fields of one submission, as read by ``read_field``.
    book : CompiledRulebook
    channel : str
    facts : mapping
        Structured facts of the submission; a rule that needs one that is missing is not evaluated.

    Returns
    -------
    Findings
        Matches in the order of rules, fields and places.
    """
    rules = book.channels[channel]
    unasked = rules.not_evaluated_without[frozenset(read.name for read in fields)]
    readings = {read.name: Reading(read, book, rules) for read in fields}
    asked = rules.gate.open_to(readings)
    if not asked:
        return Findings((), unasked)
    scenes = {name: Scene(readings, reading, facts, []) for name, reading in readings.items()}
    matches: list[Match] = []
    for index, of_rule in groupby(asked, key=itemgetter(0)):
        rule = rules.rules[index]
        unknown: list[str] = []
        found = False
        for name, conditions in groupby(of_rule, key=itemgetter(1)):
            scene = scenes[name]
            scene.unknown = unknown
            places = places_of_any([condition.find(scene) for _, _, condition in conditions])
            matches += [Match(rule, scene.reading.field, pieces) for pieces in outermost(places)]
            found = found or bool(places)
        if unknown and not found:
            unasked = (*unasked, NotEvaluated.lacking(rule.id, unknown))
    return Findings(tuple(matches), unasked, readings, facts)


def outermost(places: list[Pieces]) -> list[Pieces]:
    """Leave out a single word that lies inside a longer single word of the same rule."""
    if len(places) < 2:
        return places
    kept: list[Pieces] = []
    end = -1
    for pieces in sorted(places, key=lambda p: (p[0][0], -p[-1][1])):
        if len(pieces) > 1:
            kept.append(pieces)
        elif pieces[0][1] > end:
            kept.append(pieces)
            end = pieces[0][1]
    return kept
