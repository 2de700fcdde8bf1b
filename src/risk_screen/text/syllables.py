"""A text as sounds: Chinese characters and syllables written in letters become one code each, tones left out."""

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache, partial
from itertools import product
from typing import Final, NamedTuple

import numpy as np

from risk_screen.text.made_later import MadeLater

_FIRST_CODE: Final = 0xE000
"""Codes lie in a private area of Unicode, so that a text of sounds is a string that an automaton can search."""
_SILENT: Final = 0xF8FF
_LETTER: Final = chr(0xF8FE)
MARK: Final = chr(0xF8FD)
"""Code of marks that end or set off words; what pulls words apart without meaning anything is no longer in the text."""
_MARKS: Final = ",。!?:;…\"'“”‘’()[]{}<>《》【】「」『』〈〉"
_UNHEARD: Final = frozenset({chr(_SILENT), _LETTER, MARK})
LONGEST_RUN: Final = 40
"""Letters of one run that may be read as syllables."""
_HAN: Final = "[\u4e00-\u9fff]"
_LETTERS_OF: Final = f"[a-z]{{1,{LONGEST_RUN}}}+"
_CODE: Final = "[0-9](?![0-9.]{0,6}[%‰分厘成个点元万块千百w])"
"""A digit right behind letters that is no rate or amount: touzi888, not nianhua12%."""
_RUN: Final = re.compile(
    rf"(?:(?<={_HAN}) )?(?<![a-z0-9._/@:*\-])(?P<run>{_LETTERS_OF}(?: {_LETTERS_OF}){{0,7}}+)"
    rf"(?![a-z._/@*\-]|{_CODE})(?: (?={_HAN}))?"
)
"""Runs of letters that are no part of an address or a code; a blank towards a Chinese character belongs to them."""
_NO_LETTER: Final = re.compile(f"[^{_LETTER}]")


class Sounded(NamedTuple):
    """A text as sounds.

    Attributes
    ----------
    codes : str
        One character for each sound.
    places : list of (int, int) or None
        Where each sound stands in the text; None when text and sounds run in step.
    """

    codes: str
    places: list[tuple[int, int]] | None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where the sounds [start, end) stand in the text."""
        if self.places is None:
            return start, end
        return self.places[start][0], self.places[end - 1][1]


def _runs_of_letters(text: str, codes: str) -> Iterator[re.Match[str]]:
    """Matches of `_RUN`, tried only where letters begin: ``codes`` are the sounds of the text, letters unread."""
    done, first = 0, codes.find(_LETTER)
    while first >= 0:
        run = _RUN.match(text, first - 1) if first > done and text[first - 1] == " " else None
        run = run or _RUN.match(text, first)
        if run is not None:
            yield run
            done = run.end()
        first = codes.find(_LETTER, _past_letters(codes, first) if run is None else done)


def _past_letters(codes: str, start: int) -> int:
    """End of the letters that begin at ``start``."""
    found = _NO_LETTER.search(codes, start)
    return found.start() if found else len(codes)


class Syllables(MadeLater):
    """How characters sound.

    Parameters
    ----------
    sounds : mapping of str to str
        Syllable without tone (``ü`` is ``v``) → the characters that are read so. A character stands under one syllable.
    """

    def __init__(self, sounds: Mapping[str, str]) -> None:
        self._codes = {syllable: chr(_FIRST_CODE + k) for k, syllable in enumerate(sounds)}
        self._table = np.full(sys.maxunicode + 1, _SILENT, dtype=np.uint32)
        for syllable, characters in sounds.items():
            self._table[[ord(ch) for ch in characters]] = ord(self._codes[syllable])
        self._table[ord("a") : ord("z") + 1] = ord(_LETTER)
        self._table[[ord(ch) for ch in _MARKS]] = ord(MARK)

    @cached_property
    def _split(self) -> Callable[[str], tuple[str, ...] | None]:
        return lru_cache(maxsize=4096)(partial(fewest_syllables, self._codes.keys()))

    def __contains__(self, syllable: str) -> bool:
        """Whether the syllable is known."""
        return syllable in self._codes

    def patterns(self, word: str, readings: Iterable[str] | None = None) -> set[str]:
        """Codes of a word: each character as it is read alone or as ``readings`` say; none when one is not known."""
        own = self.sound_each(word)
        said = [self._codes.get(syllable, chr(_SILENT)) for syllable in readings] if readings is not None else own
        choices = ("".join(pair) for pair in product(*zip(own, said, strict=True)))
        return {codes for codes in choices if not _UNHEARD.intersection(codes)}

    def sound(self, text: str) -> Sounded:
        """Sounds of a folded text; runs of letters that are no syllables keep their length."""
        codes = self.sound_each(text)
        return self._with_letters_read(text, codes) if _LETTER in codes else Sounded(codes, None)

    def sound_each(self, text: str) -> str:
        """One sound a character, letters unread."""
        written = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self._table.take(written).tobytes().decode("utf-32-le")

    def _with_letters_read(self, text: str, codes: str) -> Sounded:
        pieces: list[str] = []
        places: list[tuple[int, int]] = []
        done = 0
        for run in _runs_of_letters(text, codes):
            syllables = self._read_run(text, *run.span("run"))
            if syllables is not None:
                places += [(i, i + 1) for i in range(done, run.start())]
                places += syllables
                pieces.append(codes[done : run.start()])
                pieces += [self._codes[text[start:end]] for start, end in syllables]
                done = run.end()
        if not done:
            return Sounded(codes, None)
        places += [(i, i + 1) for i in range(done, len(text))]
        return Sounded("".join(pieces) + codes[done:], places)

    def _read_run(self, text: str, start: int, end: int) -> list[tuple[int, int]] | None:
        """Places of the syllables of a run of letters and blanks; None when it is not made of syllables."""
        syllables: list[tuple[int, int]] = []
        for letters in text[start:end].split(" "):
            read = self._split(letters)
            if read is None:
                return None
            for syllable in read:
                syllables.append((start, start + len(syllable)))
                start += len(syllable)
            start += 1
        return syllables


def fewest_syllables(known: Collection[str], letters: str) -> tuple[str, ...] | None:
    """Fewest syllables that letters can be cut into, the longest first; None when there are none."""
    best: list[tuple[str, ...] | None] = [None] * len(letters) + [()]
    for start in range(len(letters) - 1, -1, -1):
        for end in range(min(len(letters), start + 6), start, -1):
            rest = best[end]
            if rest is None or letters[start:end] not in known:
                continue
            found = best[start]
            if found is None or len(rest) + 1 < len(found):
                best[start] = (letters[start:end], *rest)
    return best[0]
