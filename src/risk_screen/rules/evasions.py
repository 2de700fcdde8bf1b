"""evasions.yaml as the reader of evasive spellings takes it: every word and spelling folded."""

from collections.abc import Callable
from typing import Final

from risk_screen.rules.reference import EvasionsFile
from risk_screen.rules.reference import EvasiveWord as Entry
from risk_screen.text.evasive_words import EvasionTables, EvasiveWord

CHANNELS: Final = frozenset({"marketing"})
"""Channels whose texts are read for evasive spellings: names in a register are spelled as their bearers like."""
_LISTED: Final = ("homophone", "initials", "contact_slang")


def evasion_tables(file: EvasionsFile, fold: Callable[[str], str]) -> EvasionTables:
    """Fold what the file says."""
    return EvasionTables(
        words=tuple(_word(entry, fold) for entry in file.words),
        sounds=file.sounds,
        ordinary=frozenset(map(fold, file.ordinary)),
        not_before=tuple(map(fold, file.not_before)),
        surnames=frozenset(file.surnames),
        frequent=frozenset(file.frequent),
        contact=tuple(map(fold, file.contact)),
    )


def _word(entry: Entry, fold: Callable[[str], str]) -> EvasiveWord:
    return EvasiveWord(
        word=fold(entry.word),
        reading=tuple(entry.pinyin.split()) if entry.pinyin is not None else None,
        written={fold(spelling): step for step in _LISTED for spelling in getattr(entry, step) or ()},
        not_before=tuple(map(fold, entry.not_before or ())),
        is_common=entry.common,
    )
