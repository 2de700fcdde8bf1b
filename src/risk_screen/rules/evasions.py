"""evasions.yaml as the reader of evasive spellings takes it: every word and spelling folded."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Final

from risk_screen.text.evasive_words import EvasionTables, EvasiveWord

if TYPE_CHECKING:
    from risk_screen.rules.reference import EvasionsFile
    from risk_screen.rules.reference import EvasiveWord as Entry

CHANNELS: Final = frozenset({"marketing"})
"""Channels whose texts are read for evasive spellings: names in a register are spelled as their bearers like."""
_LISTED: Final = ("homophone", "initials", "contact_slang")


def evasion_tables(
    file: "EvasionsFile", fold: Callable[[str], str], pictographs: frozenset[str] = frozenset()
) -> EvasionTables:
    """Fold what the file says."""
    return EvasionTables(
        words=tuple(_word(entry, fold, file.parts) for entry in file.words),
        sounds=file.sounds,
        ordinary=frozenset(map(fold, file.ordinary)),
        not_before=tuple(map(fold, file.not_before)),
        surnames=frozenset(file.surnames),
        frequent=frozenset(file.frequent),
        contact=tuple(map(fold, file.contact)),
        pictographs=pictographs,
    )


def _word(entry: "Entry", fold: Callable[[str], str], parts: Mapping[str, str]) -> EvasiveWord:
    word = fold(entry.word)
    listed = {fold(spelling): step for step in _LISTED for spelling in getattr(entry, step) or ()}
    return EvasiveWord(
        word=word,
        reading=tuple(entry.pinyin.split()) if entry.pinyin is not None else None,
        written={**dict.fromkeys(_in_parts(word, parts), "split_character"), **listed},
        not_before=tuple(map(fold, entry.not_before or ())),
        is_everyday=entry.everyday,
    )


def _in_parts(word: str, parts: Mapping[str, str]) -> Iterator[str]:
    """The word with some of its characters written in two: 理贝才."""
    for spelled in product(*((ch, parts[ch]) if ch in parts else (ch,) for ch in word)):
        if len("".join(spelled)) > len(word):
            yield "".join(spelled)
