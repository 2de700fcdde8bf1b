"""Words that people write by their sound, in letters or in slang, and what makes such a spelling doubtful."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Support(IntEnum):
    """What must stand around a spelling before it is read as a word."""

    NONE = 0
    SOMEWHERE = 1
    """An amount or another word of money, not too far away."""
    NEAR = 2
    """The same, near."""
    WORD = 3
    """Another word of money, near; an amount is not enough."""
    CONTACT = 4
    """What people say around a phone or an account, or such a code, near."""
    NEVER = 5


@dataclass(frozen=True, slots=True)
class EvasiveWord:
    """A word and how people write it.

    Attributes
    ----------
    word : str
    reading : tuple of str or None
        Its syllables where they are not those of its characters alone (返还 is fan huan).
    written : mapping of str to str
        Known spellings → the step that reads them.
    not_before : tuple of str
        What may not follow a spelling of this word.
    is_everyday : bool
        Too ordinary to support other spellings; its own are read only near an amount or another word of money.
    """

    word: str
    reading: tuple[str, ...] | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    not_before: tuple[str, ...] = ()
    is_everyday: bool = False


@dataclass(frozen=True, slots=True)
class EvasionTables:
    """What evasions.yaml says, folded.

    Attributes
    ----------
    words : tuple of EvasiveWord
    sounds : mapping of str to str
        Syllable without tone → characters.
    ordinary : frozenset of str
        Spellings that are words of their own although the dictionary lacks them.
    not_before : tuple of str
        What follows names of places and people.
    surnames, frequent : frozenset of str
        Characters whose use makes a spelling doubtful.
    contact : tuple of str
        What people say around a phone or an account.
    pictographs : frozenset of str
        Characters as sent that fold to a word (💰 to 钱); inside another word they may be mere ornament.
    """

    words: tuple[EvasiveWord, ...]
    sounds: Mapping[str, str]
    ordinary: frozenset[str] = frozenset()
    not_before: tuple[str, ...] = ()
    surnames: frozenset[str] = frozenset()
    frequent: frozenset[str] = frozenset()
    contact: tuple[str, ...] = ()
    pictographs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Spelling:
    """A place of a text that may be read as a word.

    Attributes
    ----------
    start, end : int
        Half-open offsets in the folded text.
    word : str
    step : str
        How it is read; a name of `STEPS`.
    needs : Support
    """

    start: int
    end: int
    word: str
    step: str
    needs: Support

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands."""
        return self.start, self.end
