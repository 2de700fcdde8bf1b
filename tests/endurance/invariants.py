"""What must hold for every text whatever it says: each function yields a sentence for what does not hold."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.screening.assessment import Assessment
from risk_screen.screening.scoring import probability
from risk_screen.screening.submission import without_surrogates
from risk_screen.text.folding import STEPS, FoldedText

QUOTING: Final = ("reasons", "exempted", "shadow", "masked", "promises", "identifiers")
LEVELS: Final = ("low", "attention", "elevated", "high")
ROUTES: Final = {
    "registration": ("proceed", "consult", "advise_against"),
    "marketing": ("archive", "watch", "verify", "site_check"),
}
PLACES_TRIED: Final = 4

Fields = Mapping[str, str]


def broken_folding(book: CompiledRulebook, text: str) -> Iterator[str]:
    """Folding again changes nothing; every place lies in the original, in order."""
    folded = book.folding.fold(text)
    if book.folding.fold(folded.text).text != folded.text:
        yield "folding the folded text changes it"
    readings = [folded] if book.evasions is None else [folded, book.evasions.read(folded)]
    for reading in readings:
        yield from _broken_places(reading)


def _broken_places(folded: FoldedText) -> Iterator[str]:
    length = len(folded.text)
    if any(not 0 <= gap < length for gap in folded.gaps) or list(folded.gaps) != sorted(folded.gaps):
        yield "gaps outside the folded text or out of order"
    inside = [place for sentence in folded.sentences for place in sentence]
    if inside != sorted(inside) or any(not 0 <= place <= length for place in inside):
        yield "sentences outside the folded text or out of order"
    step = max(1, length // PLACES_TRIED)
    before = -1
    for start in range(0, length, step):
        end = min(length, start + step)
        spans = folded.spans(start, end)
        yield from _broken_spans(spans, len(folded.original))
        if spans and spans[0][0] < before:
            yield "a later place of the folded text lies earlier in the original"
        before = spans[0][0] if spans else before
        if spans and folded.quote(start, end) != folded.original[spans[0][0] : spans[-1][1]]:
            yield "a quote is not what stands at its place"
        if not set(folded.steps(start, end)) <= set(STEPS):
            yield "a step outside the closed list"


def _broken_spans(spans: Sequence[Sequence[int]], length: int) -> Iterator[str]:
    if not spans:
        yield "no span"
    before = 0
    for start, end in spans:
        if not before <= start < end <= length:
            yield f"span [{start}, {end}) after {before} in a text of {length}"
        before = end


def broken_assessment(assessment: Assessment, fields: Fields) -> Iterator[str]:
    """Everything that an assessment promises about itself and about the text it was made from."""
    content = assessment.to_json()
    plain = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    if orjson.dumps(plain) != content:
        yield "the JSON is not canonical"
    yield from _broken_sum(plain)
    yield from _broken_quotes(plain, fields)
    if plain["level"] not in LEVELS or plain["route"] not in ROUTES[plain["channel"]]:
        yield "a level or route outside the list"
    for promise in plain["promises"]:
        yield from _broken_promise(promise)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} in the JSON")


def _broken_sum(plain: dict[str, Any]) -> Iterator[str]:
    parts = [reason["decibans"] for reason in plain["reasons"]] + [plain["model"]["decibans"], plain["prior_decibans"]]
    tenths = [round(part * 10) for part in parts]
    if sum(tenths) != round(plain["total_decibans"] * 10):
        yield f"the parts {parts} do not add up to {plain['total_decibans']}"
    if not 0 <= plain["score"] <= 100 or plain["score"] != round(100 * probability(plain["total_decibans"]), 1):
        yield f"a score of {plain['score']} for {plain['total_decibans']} decibans"
    profile = sum(round(part["decibans"] * 10) for part in plain["profile"].values())
    if profile != sum(round(reason["decibans"] * 10) for reason in plain["reasons"]):
        yield "the profile does not add up to the reasons"
    if not 0 <= plain["model"]["probability"] <= 1:
        yield "a probability outside 0 to 1"


def _broken_quotes(plain: dict[str, Any], fields: Fields) -> Iterator[str]:
    sent = {name: without_surrogates(text) for name, text in fields.items()}
    for kind in QUOTING:
        for item in plain[kind]:
            yield from _broken_quote(kind, item, sent[item["field"]])
    for term in plain["model"]["terms"]:
        yield from _broken_quote("model", term, sent[term["field"]])


def _broken_quote(kind: str, item: dict[str, Any], text: str) -> Iterator[str]:
    for sentence in _broken_spans(item["spans"], len(text)):
        yield f"{kind}: {sentence}"
    for piece in item.get("quote", "").split("……"):
        if piece not in text and "……" not in text:
            yield f"{kind}: the quote does not stand in the text"


def _broken_promise(promise: dict[str, Any]) -> Iterator[str]:
    if promise["kind"] not in ("cash", "buy_back", "store_credit", "goods"):
        yield "a promise of an unknown kind"
    if not promise["arithmetic"] or len(promise["arithmetic"]) > 1_000:
        yield "an arithmetic that nobody can read"
    days = promise["payback_days"]
    if days is not None and not 0 <= days < 10**9:
        yield f"paid back after {days} days"
    rates = [promise[key] for key in ("annual_rate", "irr", "assumed_rate") if promise[key] is not None]
    if any(not -1 <= rate < 1e12 for rate in rates):
        yield f"rates of {rates}"
