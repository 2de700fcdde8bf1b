"""What an assessment shows of the evidence: every place in the text as it was sent, with its quote."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from risk_screen.classifier.scoring import ModelOpinion
from risk_screen.rules.compiled_rule import CompiledRule
from risk_screen.rules.context import Evidence
from risk_screen.rules.reading import Field
from risk_screen.screening.assessment import (
    Basis,
    Exempted,
    IdentifierFound,
    MaskedText,
    ModelPart,
    ModelTerm,
    PromiseFound,
    Reason,
)
from risk_screen.screening.scoring import Score
from risk_screen.text.folding import Span

MOST_RULES = 4_096


def reasons_of(hits: Mapping[str, Sequence[Evidence]], score: Score | None) -> tuple[Reason, ...]:
    """One reason a rule and field, the heaviest first; a rule counts once, in the first field it speaks in."""
    reasons = [
        _reason(found, score.counted[code] if score and k == 0 else 0.0)
        for code, hits_of_rule in hits.items()
        for k, found in enumerate(_by_field(hits_of_rule))
    ]
    if len(reasons) > 1:
        reasons.sort(key=lambda r: (-r.decibans, -r.weight, r.code))
    return tuple(reasons)


def _by_field(found: Sequence[Evidence]) -> Iterable[Sequence[Evidence]]:
    if len(found) == 1:
        return (found,)
    fields: dict[str, list[Evidence]] = {}
    for item in found:
        fields.setdefault(item.match.field.name, []).append(item)
    return fields.values()


def _reason(found: Sequence[Evidence], counted: float) -> Reason:
    """Explain the hits of one rule in one field."""
    first = found[0].match
    rule = first.rule
    quote, spans = _shown(first.field, first.pieces)
    if len(found) > 1:
        spans = _spans(first.field, {piece for item in found for piece in item.match.pieces})
    return Reason(
        rule.id,
        rule.title,
        quote,
        spans,
        first.field.name,
        rule.characteristic,
        float(rule.weight),
        counted,
        _basis(rule),
        first.via,
    )


@lru_cache(maxsize=MOST_RULES)
def _basis(rule: CompiledRule) -> tuple[Basis, ...]:
    return tuple(Basis(b.law, b.title, b.article) for b in rule.basis)


def _shown(field: Field, pieces: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """The words of a match as written, its pieces joined by an ellipsis, and where they stand."""
    if len(pieces) == 1:
        return field.folded.shown(*pieces[0])
    return "……".join([field.folded.quote(start, end) for start, end in pieces]), _spans(field, set(pieces))


def _spans(field: Field, pieces: Iterable[Span]) -> tuple[Span, ...]:
    """Places in the text as sent, in its order; where two overlap the later one begins behind the earlier."""
    places: list[Span] = []
    for start, end in sorted({span for piece in pieces for span in field.folded.spans(*piece)}):
        free = max(start, places[-1][1]) if places else start
        if free < end:
            places.append((free, end))
    return tuple(places)


def exempted_of(found: Iterable[tuple[Evidence, str]]) -> tuple[Exempted, ...]:
    """Words that do not count, each with the reason why."""
    return tuple(
        [Exempted(e.match.rule.id, *_shown(e.match.field, e.match.pieces), e.match.field.name, why) for e, why in found]
    )


def masked_of(fields: Iterable[Field]) -> tuple[MaskedText, ...]:
    """What was left out of the reading."""
    return tuple([MaskedText(*f.folded.shown(m.start, m.end), f.name, m.why) for f in fields for m in f.masked])


def promises_of(fields: Iterable[Field]) -> tuple[PromiseFound, ...]:
    """Promised returns, rates rounded."""
    return tuple(
        [
            PromiseFound(
                *f.folded.shown(p.start, p.end),
                field=f.name,
                annual_rate=_rounded(p.annual_rate),
                irr=_rounded(p.irr),
                payback_days=p.payback_days,
                assumed_rate=_rounded(p.assumed_rate),
                kind=p.kind,
                arithmetic=p.arithmetic,
            )
            for f in fields
            for p in f.promises
        ]
    )


def identifiers_of(fields: Iterable[Field]) -> tuple[IdentifierFound, ...]:
    """Phones, accounts and codes."""
    return tuple(
        [
            IdentifierFound(i.kind, i.value, f.folded.spans(i.start, i.end), f.name)
            for f in fields
            for i in f.identifiers
        ]
    )


def model_part(opinion: ModelOpinion, score: Score, fields: Iterable[Field]) -> ModelPart:
    """The classifier's part of the score, with the words that spoke for it."""
    folded = {field.name: field.folded for field in fields} if opinion.terms else {}
    terms = [ModelTerm(*folded[t.field].shown(t.start, t.end), t.field, round(t.decibans, 1)) for t in opinion.terms]
    return ModelPart(round(opinion.probability, 4), score.model_decibans, tuple(terms))


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
