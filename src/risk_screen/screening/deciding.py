"""From evidence and opinion to the assessment: add up, find level and route, explain every point."""

from collections.abc import Iterable, Sequence

from risk_screen.classifier.scoring import ModelOpinion
from risk_screen.rules.context import Evidence
from risk_screen.rules.matching import Findings
from risk_screen.rules.reading import Field
from risk_screen.screening.assessment import (
    CHARACTERISTICS,
    Assessment,
    Basis,
    Exempted,
    IdentifierFound,
    MaskedText,
    ModelPart,
    ModelTerm,
    NotEvaluated,
    ProfilePart,
    PromiseFound,
    Reason,
    Versions,
)
from risk_screen.screening.passages import strongest_passage
from risk_screen.screening.policy import ChannelPolicy
from risk_screen.screening.scoring import Score, Weight, add_up
from risk_screen.text.folding import Span

# Reasons whose checks and questions are put to the people on site; more than that nobody walks through.
LEADING_REASONS = 3


def decide(  # noqa: PLR0913 - the end of the walk, where everything meets
    fields: tuple[Field, ...],
    findings: Findings,
    evidence: Sequence[Evidence],
    opinion: ModelOpinion,
    *,
    policy: ChannelPolicy,
    versions: Versions,
) -> Assessment:
    """Score the evidence and explain it; a pure function of its arguments."""
    hits, elsewhere = strongest_passage(
        _by_rule(e for e in evidence if e.outcome == "hit" and e.match.rule.status == "active"),
        policy.passage_characters,
    )
    shadow = _by_rule(e for e in evidence if e.outcome == "hit" and e.match.rule.status == "shadow")
    score = add_up(
        [Weight(code, found[0].match.rule.characteristic, found[0].match.rule.weight) for code, found in hits.items()],
        prior=policy.prior_decibans,
        model=policy.model_part(opinion.decibans),
    )
    flags = _flags(hits, evidence, fields)
    level = policy.level(score.score)
    profile = _profile(hits, score, policy)
    reasons = _reasons(hits, score)
    leading = [hits[code] for code in dict.fromkeys(reason.code for reason in reasons)][:LEADING_REASONS]
    return Assessment(
        channel=policy.channel,
        score=score.score,
        level=level,
        route=policy.route(level, flags),
        prior_decibans=score.prior_decibans,
        total_decibans=score.total_decibans,
        reasons=reasons,
        exempted=_exempted(evidence, elsewhere, policy.passage_characters),
        not_evaluated=tuple(NotEvaluated(n.rule_id, n.why) for n in findings.not_evaluated),
        shadow=_reasons(shadow, None),
        masked=_masked(fields),
        promises=_promises(fields),
        identifiers=_identifiers(fields),
        model=_model_part(opinion, score, fields),
        profile=profile,
        required_checks=_required_checks(leading, flags, policy),
        questions=_questions(leading, profile),
        versions=versions,
    )


def _by_rule(evidence: Iterable[Evidence]) -> dict[str, list[Evidence]]:
    """Rule id → its hits in reading order; words said twice are one piece of evidence with two places."""
    found: dict[str, list[Evidence]] = {}
    for item in evidence:
        found.setdefault(item.match.rule.id, []).append(item)
    return found


def _reasons(hits: dict[str, list[Evidence]], score: Score | None) -> tuple[Reason, ...]:
    """One reason a rule and field, the heaviest first; a rule counts once, in the first field it speaks in."""
    reasons = [
        _reason(found, score.counted[code] if score and k == 0 else 0.0)
        for code, hits_of_rule in hits.items()
        for k, found in enumerate(_by_field(hits_of_rule))
    ]
    return tuple(sorted(reasons, key=lambda r: (-r.decibans, -r.weight, r.code)))


def _by_field(found: Iterable[Evidence]) -> Iterable[list[Evidence]]:
    fields: dict[str, list[Evidence]] = {}
    for item in found:
        fields.setdefault(item.match.field.name, []).append(item)
    return fields.values()


def _reason(found: list[Evidence], counted: float) -> Reason:
    """Explain the hits of one rule in one field."""
    first = found[0].match
    rule = first.rule
    return Reason(
        code=rule.id,
        title=rule.title,
        quote=_quote(first.field, first.pieces),
        spans=_spans(first.field, (piece for item in found for piece in item.match.pieces)),
        field=first.field.name,
        characteristic=rule.characteristic,
        weight=float(rule.weight),
        decibans=counted,
        basis=tuple(Basis(b.law, b.title, b.article) for b in rule.basis),
        via=first.via,
    )


def _quote(field: Field, pieces: Sequence[Span]) -> str:
    """The words of a match as written, its pieces joined by an ellipsis."""
    return "……".join(field.folded.quote(start, end) for start, end in pieces)


def _spans(field: Field, pieces: Iterable[Span]) -> tuple[Span, ...]:
    """Places in the text as sent, in its order; where two overlap the later one begins behind the earlier."""
    places: list[Span] = []
    for start, end in sorted({span for piece in set(pieces) for span in field.folded.spans(*piece)}):
        free = max(start, places[-1][1]) if places else start
        if free < end:
            places.append((free, end))
    return tuple(places)


def _exempted(evidence: Iterable[Evidence], elsewhere: Iterable[Evidence], passage: int) -> tuple[Exempted, ...]:
    """Words that do not count: those that stand in another voice, and those outside the strongest passage."""
    found = [(e, e.why) for e in evidence if e.outcome == "exempted" and e.match.rule.status == "active"]
    found += [(e, f"长文按证据最集中的 {passage} 字以内计分，这里在那一段之外") for e in elsewhere]
    return tuple(
        Exempted(
            code=e.match.rule.id,
            quote=_quote(e.match.field, e.match.pieces),
            spans=_spans(e.match.field, e.match.pieces),
            field=e.match.field.name,
            why=why,
        )
        for e, why in found
    )


def _masked(fields: tuple[Field, ...]) -> tuple[MaskedText, ...]:
    return tuple(
        MaskedText(f.folded.quote(m.start, m.end), f.folded.spans(m.start, m.end), f.name, m.why)
        for f in fields
        for m in f.masked
    )


def _promises(fields: tuple[Field, ...]) -> tuple[PromiseFound, ...]:
    return tuple(
        PromiseFound(
            quote=f.folded.quote(p.start, p.end),
            spans=f.folded.spans(p.start, p.end),
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
    )


def _identifiers(fields: tuple[Field, ...]) -> tuple[IdentifierFound, ...]:
    return tuple(
        IdentifierFound(i.kind, i.value, f.folded.spans(i.start, i.end), f.name) for f in fields for i in f.identifiers
    )


def _model_part(opinion: ModelOpinion, score: Score, fields: tuple[Field, ...]) -> ModelPart:
    by_name = {field.name: field.folded for field in fields}
    terms = tuple(
        ModelTerm(
            by_name[t.field].quote(t.start, t.end),
            by_name[t.field].spans(t.start, t.end),
            t.field,
            round(t.decibans, 1),
        )
        for t in opinion.terms
    )
    return ModelPart(round(opinion.probability, 4), score.model_decibans, terms)


def _profile(hits: dict[str, list[Evidence]], score: Score, policy: ChannelPolicy) -> dict[str, ProfilePart]:
    tenths = dict.fromkeys(CHARACTERISTICS, 0)
    for code, found in hits.items():
        tenths[found[0].match.rule.characteristic] += round(score.counted[code] * 10)
    return {c: ProfilePart(t / 10, () if t else policy.questions.get(c, ())) for c, t in tenths.items()}


def _flags(hits: dict[str, list[Evidence]], evidence: Iterable[Evidence], fields: tuple[Field, ...]) -> tuple[str, ...]:
    """Flags of the rules that hit, of what exempted others (a licensed name form asks for a check), and of masks."""
    from_rules = (flag for found in hits.values() for flag in found[0].match.rule.flags)
    from_reading = (flag for item in evidence if item.match.rule.status == "active" for flag in item.flags)
    return tuple(dict.fromkeys((*from_rules, *from_reading, *(flag for field in fields for flag in field.flags))))


def _required_checks(
    leading: Sequence[list[Evidence]], flags: tuple[str, ...], policy: ChannelPolicy
) -> tuple[str, ...]:
    """Checks that flags demand, then those of the heaviest reasons: a list that can be walked through on site."""
    asked = [policy.flag_checks[flag] for flag in flags if flag in policy.flag_checks]
    on_site = [check for found in leading for check in found[0].match.rule.check_on_site]
    return tuple(dict.fromkeys((*asked, *on_site)))


def _questions(leading: Sequence[list[Evidence]], profile: dict[str, ProfilePart]) -> tuple[str, ...]:
    """What to ask on site: the questions of the heaviest reasons, then what the profile still misses."""
    if not leading:
        return ()
    asked = [question for found in leading if (question := found[0].match.rule.question)]
    return tuple(dict.fromkeys((*asked, *(q for part in profile.values() for q in part.missing))))


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
