"""From evidence and opinion to the assessment: add up, find level and route, explain every point."""

from collections.abc import Iterable, Mapping, Sequence

from risk_screen.classifier.scoring import ModelOpinion
from risk_screen.rules.context import Evidence
from risk_screen.rules.matching import Findings
from risk_screen.rules.reading import Field
from risk_screen.screening.assessment import CHARACTERISTICS, Assessment, NotEvaluated, ProfilePart, Versions
from risk_screen.screening.explaining import (
    exempted_of,
    identifiers_of,
    masked_of,
    model_part,
    promises_of,
    reasons_of,
)
from risk_screen.screening.passages import strongest_passage
from risk_screen.screening.policy import ChannelPolicy
from risk_screen.screening.scoring import Score, Weight, add_up

Hits = dict[str, list[Evidence]]

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
    hits, shadow, exempted = _sorted_out(evidence)
    if any(len(field.folded.text) > policy.passage_characters for field in fields):
        hits, elsewhere = strongest_passage(hits, policy.passage_characters)
        why = f"长文按证据最集中的 {policy.passage_characters} 字以内计分，这里在那一段之外"
        exempted += [(e, why) for e in elsewhere]
    score = add_up(
        [Weight(code, found[0].match.rule.characteristic, found[0].match.rule.weight) for code, found in hits.items()],
        prior=policy.prior_decibans,
        model=policy.model_part(opinion.decibans),
    )
    flags = _flags(hits, evidence, fields)
    level = policy.level(score.score)
    profile = _profile(hits, score, policy)
    reasons = reasons_of(hits, score)
    leading = [hits[code] for code in dict.fromkeys(reason.code for reason in reasons)][:LEADING_REASONS]
    return Assessment(
        channel=policy.channel,
        score=score.score,
        level=level,
        route=policy.route(level, flags),
        prior_decibans=score.prior_decibans,
        total_decibans=score.total_decibans,
        reasons=reasons,
        exempted=exempted_of(exempted),
        not_evaluated=tuple([NotEvaluated(n.rule_id, n.why) for n in findings.not_evaluated]),
        shadow=reasons_of(shadow, None),
        masked=masked_of(fields),
        promises=promises_of(fields),
        identifiers=identifiers_of(fields),
        model=model_part(opinion, score, fields),
        profile=profile,
        required_checks=_required_checks(leading, flags, policy),
        questions=_questions(leading, profile),
        versions=versions,
    )


def _sorted_out(evidence: Iterable[Evidence]) -> tuple[Hits, Hits, list[tuple[Evidence, str]]]:
    """Hits of active rules and of shadow rules by rule id, in reading order, and what is exempted, with the reason.

    Words said twice are one piece of evidence with two places.
    """
    hits: Hits = {}
    shadow: Hits = {}
    exempted: list[tuple[Evidence, str]] = []
    for item in evidence:
        rule = item.match.rule
        if item.outcome == "hit":
            if rule.status == "active":
                hits.setdefault(rule.id, []).append(item)
            elif rule.status == "shadow":
                shadow.setdefault(rule.id, []).append(item)
        elif rule.status == "active":
            exempted.append((item, item.why))
    return hits, shadow, exempted


def _profile(hits: Hits, score: Score, policy: ChannelPolicy) -> dict[str, ProfilePart]:
    tenths = dict.fromkeys(CHARACTERISTICS, 0)
    for code, found in hits.items():
        tenths[found[0].match.rule.characteristic] += round(score.counted[code] * 10)
    return {c: ProfilePart(t / 10, () if t else policy.questions.get(c, ())) for c, t in tenths.items()}


def _flags(hits: Hits, evidence: Iterable[Evidence], fields: tuple[Field, ...]) -> tuple[str, ...]:
    """Flags of the rules that hit, of what exempted others (a licensed name form asks for a check), and of masks."""
    flags = [flag for found in hits.values() for flag in found[0].match.rule.flags]
    flags += [flag for item in evidence if item.match.rule.status == "active" for flag in item.flags]
    flags += [flag for field in fields for flag in field.flags]
    return tuple(dict.fromkeys(flags))


def _required_checks(
    leading: Sequence[Sequence[Evidence]], flags: tuple[str, ...], policy: ChannelPolicy
) -> tuple[str, ...]:
    """Checks that flags demand, then those of the heaviest reasons: a list that can be walked through on site."""
    checks = [policy.flag_checks[flag] for flag in flags if flag in policy.flag_checks]
    checks += [check for found in leading for check in found[0].match.rule.check_on_site]
    return tuple(dict.fromkeys(checks))


def _questions(leading: Sequence[Sequence[Evidence]], profile: Mapping[str, ProfilePart]) -> tuple[str, ...]:
    """What to ask on site: the questions of the heaviest reasons, then what the profile still misses."""
    if not leading:
        return ()
    asked = [question for found in leading if (question := found[0].match.rule.question)]
    return tuple(dict.fromkeys((*asked, *(q for part in profile.values() for q in part.missing))))
