"""Read matches in their context: a match counts, or it is exempted and says why. Never decided by text elsewhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
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
    by_rule = groupby(findings.matches, key=lambda match: match.rule)
    return tuple(item for rule, matches in by_rule for item in judge.evidence(rule, list(matches)))


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

    def evidence(self, rule: CompiledRule, matches: list[Match]) -> Iterator[Evidence]:
        exemption = rule.exemption
        if not exemption.contexts and not exemption.conditions:
            yield from (Evidence(match, "hit") for match in matches)
            return
        flags: tuple[str, ...] = ()
        claim = self._claimed() if "licensed" in exemption.contexts else None
        if claim is not None and claim.listed is not False:
            why = f"企业名称是“{claim.kind}”的法定名称形式，须核验许可证"
            yield from (Evidence(match, "exempted", why, (claim.flag,)) for match in matches)
            return
        if claim is not None:
            flags = (NOT_LISTED,)
        yield from self._read(rule, matches, flags)

    def _read(self, rule: CompiledRule, matches: list[Match], flags: tuple[str, ...]) -> Iterator[Evidence]:
        places = _Places(self, rule, tuple(kind for kind in rule.exemption.contexts if kind != "licensed"))
        dead = [(match, why) for match in matches if (why := places.why_not(match))]
        if not dead:
            yield from (Evidence(match, "hit", "", flags) for match in matches)
            return
        living = list(self._living(rule, places))
        yield from (Evidence(match, "hit", "", flags) for match in living)
        anchors = {(match.field.name, match.pieces[0]) for match in living}
        for match, why in dead:
            if (match.field.name, match.pieces[0]) not in anchors:
                yield Evidence(match, "exempted", why)

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


@dataclass(slots=True)
class _Places:
    """Which places of one rule count."""

    judge: _Judge
    rule: CompiledRule
    voices: tuple[str, ...]
    _known: dict[tuple[str, int, int], str | None] = field(default_factory=dict)
    _sentences: dict[str, Mapping[int, str]] = field(default_factory=dict)

    def why_not(self, match: Match) -> str:
        """Join the reasons why pieces of a match do not count; empty when all do."""
        reading = self.judge.findings.readings[match.field.name]
        whys = [self.why(reading, start, end) for start, end in match.pieces]
        return "；".join(dict.fromkeys(why for why in whys if why))

    def alive(self, reading: Reading, start: int, end: int) -> bool:
        return self.why(reading, start, end) is None

    def why(self, reading: Reading, start: int, end: int) -> str | None:
        key = reading.field.name, start, end
        if key not in self._known:
            self._known[key] = next(self._whys(reading, start, end), None)
        return self._known[key]

    def _whys(self, reading: Reading, start: int, end: int) -> Iterator[str]:
        exemption = self.rule.exemption
        why = self.judge.voices(reading).why(self.voices, start, end)
        if why:
            yield why
        if "licensed" in exemption.contexts:
            why = self.judge.licensed_voice(reading, start, end)
            if why:
                yield why
        exempted = self._exempted_sentences(reading) if exemption.conditions else None
        if exempted:
            for sentence in (-1, reading.sentence_index(start), reading.sentence_index(end - 1)):
                if sentence in exempted:
                    yield exempted[sentence]

    def _exempted_sentences(self, reading: Reading) -> Mapping[int, str]:
        """Sentence to why; -1 stands for the whole field."""
        name = reading.field.name
        if name not in self._sentences:
            scene = self.judge.scene(reading)
            found = ((condition, condition.find(scene)) for condition in self.rule.exemption.conditions)
            self._sentences[name] = dict(
                pair for condition, places in found if places for pair in self._exempted_by(condition, places, reading)
            )
        return self._sentences[name]

    def _exempted_by(
        self, condition: Condition, places: Sequence[Pieces], reading: Reading
    ) -> Iterator[tuple[int, str]]:
        if isinstance(condition, InField) and condition.field != reading.field.name:
            there = self.judge.findings.readings.get(condition.field)
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
