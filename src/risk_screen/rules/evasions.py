"""Candidate readings of a word: how people write it to slip past a word list. The text itself is never changed."""

import re
from collections.abc import Iterator
from itertools import product
from string import ascii_lowercase, digits
from typing import Final, NamedTuple

from risk_screen.rules.reference import EvasionsFile, EvasiveWord

LETTERS: Final = tuple(ascii_lowercase + digits)
_LETTER: Final = re.compile(r"[a-z0-9]")
MOST_VARIANTS: Final = 60


class Variant(NamedTuple):
    """Another way to write a word, and the step it takes to read it."""

    text: str
    step: str

    @property
    def not_before(self) -> tuple[str, ...]:
        """Letters end at a letter: 投zi is not read in 投zip."""
        return LETTERS if _LETTER.match(self.text[-1]) else ()

    @property
    def not_after(self) -> tuple[str, ...]:
        """As ``not_before``, at the other end."""
        return LETTERS if _LETTER.match(self.text[0]) else ()


class Evasions:
    """Variants of the words in evasions.yaml, put into any term that holds such a word.

    Parameters
    ----------
    file : EvasionsFile or None
        None when the rulebook has no such file.
    """

    def __init__(self, file: EvasionsFile | None) -> None:
        words = file.words if file is not None else ()
        self._variants = {entry.word: list(_variants(entry)) for entry in words}

    def of(self, term: str) -> list[Variant]:
        """Variants of a folded term, at most a few dozen."""
        found = {
            Variant(term.replace(word, variant.text), variant.step)
            for word, variants in self._variants.items()
            if word in term
            for variant in variants
        }
        return sorted(found)[:MOST_VARIANTS]


def _variants(entry: EvasiveWord) -> Iterator[Variant]:
    if entry.pinyin is not None:
        for spelled in product(*zip(entry.word, entry.pinyin.split(), strict=True)):
            text = "".join(spelled)
            if text != entry.word and not text.isascii():
                yield Variant(text, "pinyin")
    for step in ("homophone", "initials", "contact_slang"):
        yield from (Variant(text, step) for text in getattr(entry, step) or ())
