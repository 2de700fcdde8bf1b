"""Read matches in their context: a match counts, or it is exempted and says why. Never decided by text elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal

from risk_screen.rules.compiled_rule import CompiledRule
from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.rules.conditions import Condition, InField, Pieces, Scene
from risk_screen.rules.licences import NOT_LISTED, Claim
from risk_screen.rules.matching import Findings, Match, outermost
from risk_screen.rules.reading import Field, Reading
from risk_screen.rules.voices import Voices
from risk_screen.text.folding import Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """A match read in its context.

    Attributes
    ----------
    match : Match
    outcome : {"hit", "exempted"}
    why : str
        Chinese sentence; empty for a hit.
    flags : tuple of str
        Raised by the reading, besides those of the rule: the check a licensed name still needs, or that a name in a
        licensed form is not on the loaded list.
    """

    match: Match
    outcome: Literal["hit", "exempted"]
    why: str = ""
    flags: tuple[str, ...] = ()


def weigh_in_context(findings: Findings, fields: tuple[Field, ...], book: CompiledRulebook) -> tuple[Evidence, ...]:
    """Decide for every match whether it counts.

    Parameters
    ----------
    findings : Findings
        From ``find_matches`` over the same fields.
    fields : tuple of Field
    book : CompiledRulebook

    Returns
    -------
    tuple of Evidence
        In the order of the findings. A condition whose words are partly exempted is looked for again among the rest.
    """
    if not findings.matches:
        return ()
    judge = _Judge(findings, book)
    evidence: list[Evidence] = []
    for rule, matches in groupby(findings.matches, key=attrgetter("rule")):
        evidence += judge.evidence(rule, list(matches))
    return tuple(evidence)


PRIVATE: Final = frozenset({"wechat", "qq"})
"""Contacts that belong to a person, whatever institution signs."""


@dataclass(slots=True)
class _Judge:
    findings: Findings
    book: CompiledRulebook
    _voices: dict[str, Voices] = field(default_factory=dict)
    _scenes: dict[str, Scene] = field(default_factory=dict)
    _claim: tuple[Claim | None] | None = None
    _licensed_speaks: bool | None = None
    _reached_privately: bool | None = None
    _may_disclose: bool | None = None
    _speakers: dict[tuple[str, int, int], str | None] = field(default_factory=dict)

    def evidence(self, rule: CompiledRule, matches: list[Match]) -> list[Evidence]:
        exemption = rule.exemption
        if not (exemption.voices or exemption.licensed or exemption.conditions):
            return [Evidence(match, "hit") for match in matches]
        claim = self._claimed() if exemption.licensed else None
        if claim is not None and claim.listed is not False:
            why = f"企业名称是“{claim.kind}”的法定名称形式，须核验许可证"
            return [Evidence(match, "exempted", why, (claim.flag,)) for match in matches]
        return self._read(rule, matches, () if claim is None else (NOT_LISTED,))

    def _read(self, rule: CompiledRule, matches: list[Match], flags: tuple[str, ...]) -> list[Evidence]:
        places = _Places(self, rule)
        dead = [(match, why) for match in matches if (why := places.why_not(match))]
        if not dead:
            return [Evidence(match, "hit", "", flags) for match in matches]
        living = list(self._living(rule, places))
        anchors = {(match.field.name, match.pieces[0]) for match in living}
        hits = [Evidence(match, "hit", "", flags) for match in living]
        dead = [(match, why) for match, why in dead if (match.field.name, match.pieces[0]) not in anchors]
        return hits + [Evidence(match, "exempted", why) for match, why in dead]

    def _living(self, rule: CompiledRule, places: "_Places") -> Iterator[Match]:
        """Look for the rule again, among the places that count."""
        for name in rule.fields:
            reading = self.findings.readings.get(name)
            if reading is not None:
                scene = Scene(self.findings.readings, reading, self.findings.facts, [], places.alive)
                places_left = outermost(rule.condition.find(scene))
                yield from (Match(rule, reading.field, pieces) for pieces in places_left)

    def scene(self, reading: Reading) -> Scene:
        """The scene in which conditions of ``unless`` are looked for."""
        name = reading.field.name
        if name not in self._scenes:
            self._scenes[name] = Scene(self.findings.readings, reading, self.findings.facts, [])
        return self._scenes[name]

    def voices(self, reading: Reading) -> Voices:
        name = reading.field.name
        if name not in self._voices:
            self._voices[name] = Voices(reading, self.book.voices)
        return self._voices[name]

    def _claimed(self) -> Claim | None:
        if self._claim is None:
            reading = self.findings.readings.get("name")
            self._claim = (self.book.licences.claim(reading.field.folded.text) if reading is not None else None,)
        return self._claim[0]

    def licensed_voice(self, reading: Reading, start: int, end: int) -> str | None:
        """Return why a flyer's words stand in the voice of a licensed institution."""
        text, licences = reading.text, self.book.licences
        if reading.field.name != "text" or self._is_reached_privately(reading.field):
            return None
        if self._may_disclose is None:
            self._may_disclose = licences.names_particulars(text)
        found = None
        if self._may_disclose:
            found = self._spoken(text, _around(text, "\n\n", start, end), licences.discloses)
        if not found and self._may_be_licensed(text):
            found = self._spoken(text, _around(text, "\n", start, end), licences.signature) or self._spoken(
                text, reading.sentence_around(start), licences.seller
            )
        return f"持牌机构的口吻：“{found}”，须核验" if found else None

    def _is_reached_privately(self, read: Field) -> bool:
        """Say whether a flyer can be answered past the counter of an institution."""
        if self._reached_privately is None:
            self._reached_privately = any(found.kind in PRIVATE for found in read.identifiers)
        return self._reached_privately

    def _may_be_licensed(self, text: str) -> bool:
        if self._licensed_speaks is None:
            self._licensed_speaks = "【" in text or self.book.licences.warns(text)
        return self._licensed_speaks

    def _spoken(self, text: str, span: Span, speaker: Callable[[str], str | None]) -> str | None:
        key = speaker.__name__, *span
        if key not in self._speakers:
            self._speakers[key] = speaker(text[span[0] : span[1]])
        return self._speakers[key]


class _Places:
    """Which places of one rule count."""

    def __init__(self, judge: _Judge, rule: CompiledRule) -> None:
        self._judge, self._exemption = judge, rule.exemption
        self._known: dict[tuple[str, int, int], str] = {}
        self._sentences: dict[str, Mapping[int, str]] = {}

    def why_not(self, match: Match) -> str:
        """Join the reasons why pieces of a match do not count; empty when all do."""
        reading = self._judge.findings.readings[match.field.name]
        whys = [why for start, end in match.pieces if (why := self._why(reading, start, end))]
        return "；".join(dict.fromkeys(whys)) if whys else ""

    def alive(self, reading: Reading, start: int, end: int) -> bool:
        return not self._why(reading, start, end)

    def _why(self, reading: Reading, start: int, end: int) -> str:
        key = reading.field.name, start, end
        if key not in self._known:
            why = self._judge.voices(reading).why(self._exemption.voices, start, end)
            if not why and self._exemption.licensed:
                why = self._judge.licensed_voice(reading, start, end)
            self._known[key] = why or self._exempted(reading, start, end)
        return self._known[key]

    def _exempted(self, reading: Reading, start: int, end: int) -> str:
        """Say what else stands in the sentence, or in another field, that exempts."""
        name, words = reading.field.name, self._exemption.words
        if words is not None and words.isdisjoint(reading.words):
            return ""
        if name not in self._sentences:
            self._sentences[name] = self._exempted_sentences(reading)
        exempted = self._sentences[name]
        if not exempted:
            return ""
        sentences = -1, reading.sentence_index(start), reading.sentence_index(end - 1)
        return next((exempted[sentence] for sentence in sentences if sentence in exempted), "")

    def _exempted_sentences(self, reading: Reading) -> Mapping[int, str]:
        """Sentence to why; -1 stands for the whole field."""
        scene = self._judge.scene(reading)
        exempted: dict[int, str] = {}
        for condition in self._exemption.conditions:
            places = condition.find(scene)
            if places:
                exempted.update(self._exempted_by(condition, places, reading))
        return exempted

    def _exempted_by(
        self, condition: Condition, places: Sequence[Pieces], reading: Reading
    ) -> Iterator[tuple[int, str]]:
        if isinstance(condition, InField) and condition.field != reading.field.name:
            there = self._judge.findings.readings.get(condition.field)
            if there is not None:
                start, end = places[0][0]
                yield -1, f"另一字段有“{there.text[start:end]}”"
            return
        for pieces in places:
            for start, end in pieces:
                yield reading.sentence_index(start), f"本句另有“{reading.text[start:end]}”"


def _around(text: str, border: str, start: int, end: int) -> Span:
    """Stretch between two borders that holds a place."""
    low, high = text.rfind(border, 0, start), text.find(border, end)
    return low + len(border) if low >= 0 else 0, len(text) if high < 0 else high
