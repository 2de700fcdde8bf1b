"""Compile a rulebook: one automaton over every literal, one set over every pattern, an index from words to rules."""

from collections.abc import Iterable
from functools import partial
from itertools import combinations
from typing import Final

import daachorse

from risk_screen.rules.compiled_rule import CitedLaw, CompiledRule, Exemption, NotEvaluated
from risk_screen.rules.compiled_rulebook import ChannelRules, CompiledRulebook
from risk_screen.rules.cues import compile_voices
from risk_screen.rules.evasions import evasion_tables
from risk_screen.rules.expression_compiling import ExpressionCompiler, Literals, alternatives
from risk_screen.rules.gating import Chance, Gate
from risk_screen.rules.licences import CompiledLicences
from risk_screen.rules.masking import CompiledMasks, CueUse
from risk_screen.rules.pattern_set import PatternSet
from risk_screen.rules.rulebook import Rulebook
from risk_screen.rules.schema import FIELDS_OF_CHANNEL, Rule
from risk_screen.text.evasion_reading import EvasionReader
from risk_screen.text.segmentation import Segmenter

RUNNING: Final = frozenset({"active", "shadow"})


def compile_rulebook(
    rulebook: Rulebook, *, statuses: frozenset[str] = RUNNING, pending: bool = False
) -> CompiledRulebook:
    """Compile a rulebook.

    Parameters
    ----------
    rulebook : Rulebook
    statuses : frozenset of str
        Rules that run; active and shadow ones unless said otherwise.
    pending : bool
        Also rules that are not yet in force on the rulebook's day.
    """
    literals = Literals(rulebook.folding)
    running = [
        rule
        for rule in rulebook.rules
        if rule.status in statuses and (pending or rule.valid_from is None or rule.valid_from <= rulebook.as_of)
    ]
    channels = {channel: _channel(rulebook, channel, running, literals) for channel in FIELDS_OF_CHANNEL}
    masks = _masks(rulebook, literals)
    voices = compile_voices(rulebook.contexts, literals)
    segmenter = Segmenter(literals.guarded)
    return CompiledRulebook(
        source=partial(_same, rulebook),
        version=rulebook.label,
        folding=rulebook.folding,
        segmenter=segmenter,
        automaton=daachorse.CharwiseDoubleArrayAhoCorasick(literals.texts()),
        evasions=_evasions(rulebook, literals, segmenter),
        masks=masks,
        voices=voices,
        licences=CompiledLicences(rulebook.licensed, rulebook.licensed_names, literals.fold),
        channels=channels,
    )


def _same(rulebook: Rulebook) -> Rulebook:
    return rulebook


def _channel(rulebook: Rulebook, channel: str, rules: Iterable[Rule], literals: Literals) -> ChannelRules:
    compiler = ExpressionCompiler(rulebook, channel, literals)
    running = [rule for rule in rules if channel in rule.channel]
    compiled = tuple(_rule(rule, rulebook, channel, compiler) for rule in running)
    chances = (
        Chance(number, field, condition, compiler.ways(expression, (field,)))
        for number, rule in enumerate(compiled)
        for field in rule.fields
        for expression, condition in alternatives(running[number].match, rule.condition)
    )
    return ChannelRules(
        rules=compiled,
        gate=Gate(chances, len(compiler.patterns)),
        patterns=PatternSet(compiler.patterns),
        literals=frozenset(compiler.literals_used),
        not_evaluated_without=_not_evaluated_without(compiled, FIELDS_OF_CHANNEL[channel]),
    )


def _rule(rule: Rule, rulebook: Rulebook, channel: str, compiler: ExpressionCompiler) -> CompiledRule:
    contexts = [kind for expression in rule.unless for kind in expression.context or ()]
    conditions = [compiler.condition(e, in_unless=True) for e in rule.unless if e.context is None]
    return CompiledRule(
        id=rule.id,
        title=rule.title,
        status=rule.status,
        version=rule.version,
        characteristic=rule.characteristic,
        weight=rule.weight,
        flags=rule.flags,
        check_on_site=rule.check_on_site,
        question=rule.question,
        scheme=rule.scheme,
        fields=tuple(field for field in FIELDS_OF_CHANNEL[channel] if field in rule.fields),
        basis=tuple(CitedLaw(b.law, rulebook.laws[b.law].title, b.article or "") for b in rule.basis),
        condition=compiler.condition(rule.match),
        exemption=Exemption.of(contexts, conditions),
    )


def _not_evaluated_without(
    rules: Iterable[CompiledRule], fields: tuple[str, ...]
) -> dict[frozenset[str], tuple[NotEvaluated, ...]]:
    subsets = [frozenset(given) for size in range(len(fields) + 1) for given in combinations(fields, size)]
    return {
        given: tuple(NotEvaluated.lacking(r.id, r.fields) for r in rules if given.isdisjoint(r.fields))
        for given in subsets
    }


def _evasions(rulebook: Rulebook, literals: Literals, segmenter: Segmenter) -> EvasionReader | None:
    if rulebook.evasions is None:
        return None
    pictographs = rulebook.folding.characters_of("emoji")
    return EvasionReader(evasion_tables(rulebook.evasions, literals.fold, pictographs), segmenter)


def _masks(rulebook: Rulebook, literals: Literals) -> CompiledMasks:
    masks = rulebook.masks
    return CompiledMasks(
        fields=frozenset(masks.fields),
        cues={
            literals.number(word): CueUse(
                cue.governs,
                cue.outside_brackets,
                cue.why,
                literals.fold_all(cue.not_before),
                literals.fold_all(cue.not_after),
            )
            for cue in masks.cues
            for word in cue.words
        },
        phrases={
            literals.number(word): (frozenset(phrase.fields), phrase.why)
            for phrase in masks.phrases
            for word in phrase.words
        },
        checks={literals.number(word): check.flag for check in masks.checks for word in check.words},
        list_ends=literals.fold_all(masks.list_ends),
        resumed_by=literals.fold_all(masks.resumed_by),
    )
