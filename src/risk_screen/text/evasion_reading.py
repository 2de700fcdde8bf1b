"""Read words that were written by their sound, in letters or in slang: 本斤, bao本, 投zi, TZ, 加薇.

Every spelling is a candidate only. It is read as the word when it is no word itself, no word of the text crosses it,
and what stands around it speaks of money: the less of the word is left, the nearer that must be (rules/evasions.yaml).
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, Final

import daachorse

from risk_screen.text.evasive_words import EvasionTables, EvasiveWord, Spelling, Support
from risk_screen.text.folded_text import FoldedText, Reread
from risk_screen.text.joining import Span
from risk_screen.text.segmentation import Segmenter
from risk_screen.text.syllables import MARK, Syllables

NEAR: Final = 6
"""Characters within which something is near."""
FAR: Final = 60
"""Characters beyond which nothing supports a spelling."""
MOST_DROPPED: Final = 3
"""Characters inside a word that are no part of it."""
_AMOUNT: Final = re.compile(
    "[0-9][0-9.,]{0,12} ?(?:[%‰元块万千百wku倍]|个点|[分厘成](?![钟店公]))"
    "|[一二两三四五六七八九十百千万半几][十百千万]{0,4} ?(?:元|块|万|分利|厘|个点|成(?![功为立员本])|倍)"
)
_LETTER: Final = re.compile("[a-z0-9]")
_LETTER_ONLY: Final = re.compile("[a-z]")
_CODE: Final = "[a-z0-9][a-z0-9*_-]{4,}"


class EvasionReader:
    """Reads evasive spellings of the words it is given; immutable, shared by threads.

    Parameters
    ----------
    tables : EvasionTables
    segmenter : Segmenter
        Knows which spellings are ordinary words where they stand.
    """

    def __init__(self, tables: EvasionTables, segmenter: Segmenter) -> None:
        self._tables, self._segmenter = tables, segmenter
        self._syllables = Syllables(tables.sounds)
        self._words = {entry.word: entry for entry in tables.words}
        by_sound: dict[str, list[EvasiveWord]] = {}
        for entry in tables.words:
            for codes in self._syllables.patterns(entry.word, entry.reading):
                by_sound.setdefault(codes, []).append(entry)
        written = [(text, step, entry) for entry in tables.words for text, step in entry.written.items()]
        self._of_sound, self._sounds = list(by_sound.values()), _automaton(by_sound)
        self._of_writing, self._writings = written, _automaton(text for text, _, _ in written)
        self._contact = re.compile("|".join([*map(re.escape, tables.contact), _CODE]))

    def read(self, folded: FoldedText) -> FoldedText:
        """Read the evasive spellings of a text as the words they stand for.

        Parameters
        ----------
        folded : FoldedText

        Returns
        -------
        FoldedText
            With the words in place of their spellings, each naming its step; the same object when there are none.
        """
        text = folded.text
        plain: list[Span] = []
        spellings = [*self._by_sound(text, plain), *self._by_writing(text)]
        spellings += self._across_pictographs(folded)
        standing = [s for s in spellings if s.needs is not Support.NEVER and not self._is_crossed(text, *s.place)]
        if not standing:
            return folded
        firm = (s.place for s in standing if s.needs <= Support.SOMEWHERE or s.step == "pinyin")
        around = _Surroundings(text, [*plain, *firm], self._contact)
        read = _apart([spelling for spelling in standing if around.support(spelling)])
        return folded.reread([Reread(s.start, s.end, s.word, s.step) for s in read]) if read else folded

    def _by_sound(self, text: str, plain: list[Span]) -> Iterator[Spelling]:
        """Spellings that sound like a word; places of the words themselves are added to ``plain``."""
        sounded = self._syllables.sound(text)
        heard = self._heard(sounded.codes)
        for first, last, entries in heard:
            start, end = sounded.place(first, last)
            same = self._words.get(text[start:end])
            if same is not None:
                if not same.is_everyday:
                    plain.append((start, end))
            elif not self._is_ordinary(text, start, end):
                units = [text[slice(*sounded.place(i, i + 1))] for i in range(first, last)]
                yield self._spelling((start, end), _closest(entries, units), units)
        if MARK in sounded.codes and len(self._heard(sounded.codes.replace(MARK, ""))) > len(heard):
            dropped = {sounded.place(i, i + 1)[0] for i, code in enumerate(sounded.codes) if code == MARK}
            yield from self._across(text, dropped, "separator", Support.SOMEWHERE)

    def _heard(self, codes: str) -> list[tuple[int, int, list[EvasiveWord]]]:
        """Places of the sounds of words, and the words that sound so."""
        if self._sounds is None:
            return []
        return [(first, last, self._of_sound[i]) for first, last, i in self._sounds.find_overlapping(codes)]

    def _across_pictographs(self, folded: FoldedText) -> Iterator[Spelling]:
        """Words with a pictograph inside that means a word elsewhere: 保💰本."""
        if not self._tables.pictographs.isdisjoint(folded.original):
            yield from self._across(folded.text, folded.read_from(self._tables.pictographs), "emoji", Support.NONE)

    def _across(self, text: str, dropped: set[int], step: str, needs: Support) -> Iterator[Spelling]:
        """Words, letter by letter, in which characters stand that may be dropped."""
        kept = [i for i in range(len(text)) if i not in dropped]
        bare = "".join([text[i] for i in kept])
        for first, last, _ in self._heard(self._syllables.sound_each(bare)):
            start, end = kept[first], kept[last - 1] + 1
            is_pulled_apart = bare[first:last] in self._words and 0 < end - start - (last - first) <= MOST_DROPPED
            if is_pulled_apart and not self._is_crossed(bare, first, last):
                yield Spelling(start, end, bare[first:last], step, needs)

    def _is_ordinary(self, text: str, start: int, end: int) -> bool:
        """Whether a spelling is a word of its own, or the name of a place or a person."""
        written = text[start:end]
        if written in self._tables.ordinary or self._segmenter.knows(written):
            return True
        return end - start == 2 and text.startswith(self._tables.not_before, end)

    def _spelling(self, place: Span, entry: EvasiveWord, units: list[str]) -> Spelling:
        step = "pinyin" if any(unit.isascii() for unit in units) else "homophone"
        return Spelling(*place, entry.word, step, self._needed(entry, units))

    def _needed(self, entry: EvasiveWord, units: list[str]) -> Support:
        kept = _kept(entry.word, units)
        changed = [unit for unit, ch in zip(units, entry.word, strict=True) if unit != ch]
        if all(unit.isascii() for unit in changed):
            return Support.NONE if kept else Support.SOMEWHERE
        if units[0] in self._tables.surnames and units[0] in changed:
            return Support.WORD
        if kept == 0 and len(units) == 2:
            return Support.NEVER if entry.is_everyday else Support.NEAR
        if entry.is_everyday or not self._tables.frequent.isdisjoint(changed):
            return Support.NEAR
        return Support.NONE if kept > 1 else Support.SOMEWHERE

    def _by_writing(self, text: str) -> Iterator[Spelling]:
        """Spellings that are listed."""
        if self._writings is None:
            return
        for start, end, number in self._writings.find_overlapping(text):
            written, step, entry = self._of_writing[number]
            refused = entry.not_before + (self._tables.not_before if step == "homophone" else ())
            if not text.startswith(refused, end) and not _inside_letters(text, start, end):
                yield Spelling(start, end, entry.word, step, self._needed_by(written, step))

    def _needed_by(self, written: str, step: str) -> Support:
        if step == "contact_slang":
            return Support.CONTACT
        if step == "initials":
            return Support.WORD if written.isascii() else Support.NEAR
        return Support.NEAR if self._segmenter.knows(written) else Support.SOMEWHERE

    def _is_crossed(self, text: str, start: int, end: int) -> bool:
        """Whether a word of the text begins or ends inside a spelling: 里财 in 村里财务."""
        return any(first < start or last > end for first, last in self._segmenter.words_at(text, start, end))


class _Surroundings:
    """What stands around the spellings of a text."""

    def __init__(self, text: str, words: list[Span], contact: re.Pattern[str]) -> None:
        self._text, self._contact = text, contact
        self._starts = sorted(words)
        self._ends = sorted((end, start) for start, end in words)

    def support(self, spelling: Spelling) -> bool:
        """Whether a spelling has what it needs."""
        needs = spelling.needs
        if needs is Support.NONE:
            return True
        if needs is Support.CONTACT:
            return self._has(self._contact, spelling, NEAR)
        within = FAR if needs is Support.SOMEWHERE else NEAR
        if self._has_word(spelling, within):
            return True
        return needs is not Support.WORD and self._has(_AMOUNT, spelling, within)

    def _has(self, pattern: re.Pattern[str], spelling: Spelling, within: int) -> bool:
        low, high = max(0, spelling.start - within), min(len(self._text), spelling.end + within)
        return pattern.search(self._text, low, high) is not None

    def _has_word(self, spelling: Spelling, within: int) -> bool:
        """Whether another word begins or ends within so many characters."""
        after = bisect_left(self._starts, (spelling.end, 0))
        if after < len(self._starts) and self._starts[after][0] - spelling.end <= within:
            return True
        before = bisect_left(self._ends, (spelling.start + 1, 0)) - 1
        return before >= 0 and spelling.start - self._ends[before][0] <= within


def _automaton(words: Iterable[str]) -> Any:
    """Automaton over words; None for none."""
    listed = list(words)
    return daachorse.CharwiseDoubleArrayAhoCorasick(listed) if listed else None


def _kept(word: str, units: list[str]) -> int:
    """How many characters of a word a spelling leaves as they are."""
    return sum(unit == ch for unit, ch in zip(units, word, strict=True))


def _closest(entries: list[EvasiveWord], units: list[str]) -> EvasiveWord:
    """Of words that sound alike the one that keeps most of the spelling."""
    return max(entries, key=lambda entry: _kept(entry.word, units))


def _inside_letters(text: str, start: int, end: int) -> bool:
    """Whether letters of a spelling go on beyond it; digits may follow where it begins with a character (月x2分)."""
    if _LETTER.match(text[start]) and start > 0 and _LETTER.match(text[start - 1]):
        return True
    beyond = _LETTER if _LETTER.match(text[start]) else _LETTER_ONLY
    return bool(_LETTER.match(text[end - 1]) and beyond.match(text, end))


def _apart(spellings: list[Spelling]) -> list[Spelling]:
    """Spellings that do not overlap: the longest, of equals the first and surest."""
    kept: list[Spelling] = []
    for spelling in sorted(spellings, key=lambda s: (s.start, -s.end, s.needs)):
        if not kept or spelling.start >= kept[-1].end:
            kept.append(spelling)
        elif spelling.end - spelling.start > kept[-1].end - kept[-1].start:
            kept[-1] = spelling
    return kept
