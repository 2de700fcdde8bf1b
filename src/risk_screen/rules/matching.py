"""Find where rules match: only rules that could match, by what is present, are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from risk_screen.rules.compiled_rule import CompiledRule, NotEvaluated
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.conditions import Pieces, Scene
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
    via : tuple of str
        Named steps it took to read the pieces.
    """

    rule: CompiledRule
    field: Field
    pieces: tuple[Span, ...]
    via: tuple[str, ...]


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
    patterns = {read.name: rules.patterns.chances(read.readable) for read in fields}
    could_match = rules.gate.open_to(fields, patterns)
    if not could_match:
        return Findings((), unasked)
    readings = {read.name: Reading(read, patterns[read.name], book, rules) for read in fields}
    matches: list[Match] = []
    for index, chances in groupby(could_match, key=itemgetter(0)):
        rule = rules.rules[index]
        unknown: list[str] = []
        found = False
        for _, name in chances:
            places = rule.condition.find(Scene(readings, readings[name], facts, unknown))
            matches += (match_at(rule, readings[name], pieces) for pieces in outermost(places))
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


def match_at(rule: CompiledRule, reading: Reading, pieces: Pieces) -> Match:
    """Make a match of a rule at a place."""
    via = dict.fromkeys(step for start, end in pieces for step in reading.steps(start, end))
    return Match(rule, reading.field, pieces, tuple(via))
