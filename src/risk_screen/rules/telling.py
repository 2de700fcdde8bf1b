"""Who tells of a pitch without making one: an offer in the third person, beside the misdeed it turned out to be.

Two things a swindler cannot do without decide, whatever he writes around his pitch: nobody is invited anywhere in the
text, and what is called a misdeed is the very thing that is offered, on the same line or named alike.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final

from risk_screen.rules.cues import Cues
from risk_screen.rules.reading import Reading
from risk_screen.text.folding import Span

REACHED_BY: Final = frozenset({"phone", "wechat", "qq"})
OFFICIAL_BEFORE: Final = 25
"""Characters before a number in which the authority it belongs to is named."""

_NAME: Final = re.compile(
    r"[一-龥]某[甲乙丙丁]?|[小老阿][一-龥](?=[说问答在把从也就去的等有和被与不到看又已才还拿交跟给,。])"
    r"|[一-龥](?:女士|先生|婆婆|大爷|大妈|大伯|阿姨|大姐|大哥|师傅|老师|经理|叔|婶|嫂|伯)"
    r"|[“「『\"][^“”「」『』\"\n]{2,12}[”」』\"]"
)
_HAN: Final = re.compile("[一-龥]{4,}")
SAME_THING: Final = 4
"""Characters that two lines must share to be about the same thing."""


class Telling:
    """The story that one field tells, if it tells one.

    Parameters
    ----------
    reading : Reading
    cues : Cues
    quoted : callable
        Says whether a stretch stands in quotation marks.
    """

    def __init__(self, reading: Reading, cues: Cues, quoted: Callable[[int, int], bool]) -> None:
        self._reading, self._cues, self._quoted = reading, cues, quoted
        self._text = reading.text
        self._misdeeds_on: dict[Span, list[tuple[Span, Span]]] = {}
        self._misdeed_of: dict[Span, Span | None] = {}
        self._lines_speak: dict[Span, bool] = {}

    @cached_property
    def invites(self) -> bool:
        """Whether the text asks its reader to come, to call or to join, outside what it quotes."""
        return self._names_a_contact() or self._asks()

    def _names_a_contact(self) -> bool:
        return any(
            found.kind in REACHED_BY
            and not self._cues.has("official", found.start - OFFICIAL_BEFORE, found.end)
            and not self._quoted(found.start, found.end)
            for found in self._reading.field.identifiers
        )

    def _asks(self) -> bool:
        return any(
            not self._quoted(start, end) and not self._cues.has("misdeed", *self._reading.sentence_around(start))
            for start, end in self._cues.of("invitation")
        )

    def misdeed(self, start: int, end: int) -> str | None:
        """Return the misdeed that words are told with, None when they are an offer of the text itself."""
        if not self._cues.of("misdeed") or self.invites:
            return None
        first, last = self._reading.sentence_index(start), self._reading.sentence_index(end - 1)
        low, high = self._reading.sentences[first][0], self._reading.sentences[last][1]
        line = self._cues.line(low, high)
        if self.addressed(low, high) or self._speaks_to_its_reader(line):
            return None
        if self._cues.has("told", low, high) or self._stands_between_told(first, last, line):
            found = self._on_the_line((low, high), line) or self._elsewhere(line)
        else:
            found = self._on_the_line((low, high), line) if self._goes_on(first, last, line) else None
        return self._text[slice(*found)] if found else None

    def addresses(self, start: int, end: int) -> bool:
        """Say whether the sentence around words speaks to its reader, and of no misdeed."""
        low, high = self._reading.sentence_around(start)[0], self._reading.sentence_around(end - 1)[1]
        return self.addressed(low, high) and not self._cues.has("misdeed", low, high)

    def addressed(self, low: int, high: int) -> bool:
        """Say whether a stretch speaks to its reader, or of the writer himself, outside quotation marks."""
        index = bisect_left(self._addresses, low)
        return index < len(self._addresses) and self._addresses[index] < high

    @cached_property
    def _addresses(self) -> list[int]:
        return [start for start, end in self._cues.of("address") if not self._quoted(start, end)]

    def _speaks_to_its_reader(self, line: Span) -> bool:
        """Say whether a line does, but for its sentences about the misdeed."""
        if line not in self._lines_speak:
            low, high = (bisect_left(self._addresses, at) for at in line)
            self._lines_speak[line] = any(
                not self._cues.has("misdeed", *self._reading.sentence_around(at)) for at in self._addresses[low:high]
            )
        return self._lines_speak[line]

    def _neighbours(self, first: int, last: int, line: Span) -> list[Span]:
        """Sentences right before and right after, on the same line."""
        sentences = self._reading.sentences
        around = [sentences[i] for i in (first - 1, last + 1) if 0 <= i < len(sentences)]
        return [(low, high) for low, high in around if line[0] <= low and high <= line[1] + 1]

    def _stands_between_told(self, first: int, last: int, line: Span) -> bool:
        around = self._neighbours(first, last, line)
        return len(around) == 2 and all(self._cues.has("told", *sentence) for sentence in around)

    def _goes_on(self, first: int, last: int, line: Span) -> bool:
        """Say whether a sentence that may be told stands beside one that is, and that is not about the misdeed."""
        sentences = self._reading.sentences
        if not self._cues.has("perhaps_told", sentences[first][0], sentences[last][1]):
            return False
        return any(
            self._cues.has("told", *sentence) and not self._cues.has("misdeed", *sentence)
            for sentence in self._neighbours(first, last, line)
        )

    def _on_the_line(self, sentence: Span, line: Span) -> Span | None:
        """Misdeed in the sentence, in two others of its line, or in one that goes on with it or names what it names."""
        if line not in self._misdeeds_on:
            sentence_around = self._reading.sentence_around
            low, high = (bisect_left(self._misdeeds, (at, 0)) for at in line)
            found = {sentence_around(start): (start, end) for start, end in self._misdeeds[low:high]}
            self._misdeeds_on[line] = list(found.items())
        there = self._misdeeds_on[line]
        own = self._cues.first("misdeed", *sentence)
        if own is not None or not there:
            return own
        other, misdeed = there[0]
        if len(there) > 1 or (other > sentence and self._cues.has("anaphor", *other)):
            return misdeed
        return None if set(_names(self._text, sentence)).isdisjoint(_names(self._text, other)) else misdeed

    def _elsewhere(self, line: Span) -> Span | None:
        """Misdeed on another line that goes on with the story, or names someone or something named here."""
        if line not in self._misdeed_of:
            last = self._last_that_goes_on
            if last is not None and last[0] > line[1]:
                self._misdeed_of[line] = last
            else:
                named = (self._told_of[name] for name in _names(self._text, line) if name in self._told_of)
                self._misdeed_of[line] = next((span for span in named if not line[0] <= span[0] < line[1]), None)
        return self._misdeed_of[line]

    @cached_property
    def _misdeeds(self) -> list[Span]:
        """Misdeeds on lines that deny nothing."""
        cues = self._cues
        return [span for span in cues.of("misdeed") if not cues.has("denial", *cues.line(*span))]

    @cached_property
    def _last_that_goes_on(self) -> Span | None:
        """The last misdeed whose sentence refers back, where neither it nor its line before it names anybody."""
        return next(filter(self._goes_on_with_the_story, reversed(self._misdeeds)), None)

    def _goes_on_with_the_story(self, misdeed: Span) -> bool:
        low, high = self._reading.sentence_around(misdeed[0])
        if not self._cues.has("anaphor", low, high):
            return False
        return _NAME.search(self._text, self._cues.line(*misdeed)[0], high) is None

    @cached_property
    def _told_of(self) -> Mapping[str, Span]:
        """What is named on a line with a misdeed → the misdeed."""
        lines = {self._cues.line(*span): span for span in reversed(self._misdeeds)}
        return {name: span for line, span in lines.items() for name in _names(self._text, line)}


def _names(text: str, line: Span) -> Iterator[str]:
    """Names, and strings of characters long enough to be about one thing."""
    yield from (found.group() for found in _NAME.finditer(text, *line))
    for run in _HAN.finditer(text, *line):
        said = run.group()
        yield from (said[i : i + SAME_THING] for i in range(len(said) - SAME_THING + 1))
