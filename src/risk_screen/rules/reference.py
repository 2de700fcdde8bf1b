"""What the files beside the rules may contain: rulebook, laws, lexicons, contexts, masks, licensed names."""

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from risk_screen.rules.expressions import ContextKind, FieldName, Strict, Words, as_tuple
from risk_screen.rules.schema import Flag, Sentence

Version = Annotated[int, Field(ge=1)]


def _as_term(value: Any) -> Any:
    return {"term": value} if isinstance(value, str) else value


def _as_word(value: Any) -> Any:
    return {"word": value} if isinstance(value, str) else value


class RulebookFile(Strict):
    """rules/rulebook.yaml: marks a folder as a rulebook."""

    version: Sentence
    as_of: date
    title: Sentence


class Article(Strict):
    """One article: its text as cited, and when it stopped to hold."""

    text: Sentence
    repealed_on: date | None = None


class Law(Strict):
    """A law, ordinance, interpretation or notice."""

    title: Sentence
    document_number: Sentence
    issued_on: date | None = None
    in_force_from: date
    repealed_on: date | None = None
    source: Sentence
    articles: dict[
        Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int) else v)],
        Annotated[Article, BeforeValidator(lambda v: {"text": v} if isinstance(v, str) else v)],
    ] = Field(default_factory=dict)


class LawsFile(Strict):
    """rules/laws.yaml: laws once, by the key rules cite."""

    laws: dict[str, Law]


class TermLine(Strict):
    """One line of a lexicon."""

    term: Annotated[str, Field(min_length=1, max_length=60)]
    source: Sentence | None = None
    not_before: Words | None = None
    not_after: Words | None = None
    in_word: bool | None = None


class Lexicon(Strict):
    """rules/lexicons/<name>.yaml: words that mean the same to rules."""

    name: Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
    version: Version
    title: Sentence
    source: Sentence | None = None
    terms: Annotated[tuple[Annotated[TermLine, BeforeValidator(_as_term)], ...], Field(min_length=1)]


class Cue(Strict):
    """Words that put what they govern into a context."""

    words: Annotated[Words, Field(min_length=1)]
    governs: Literal["after", "before", "around"]
    within: Literal["part", "sentence", "period", "line"] = "sentence"
    reach: Annotated[int, Field(ge=0, le=200)] | None = None
    unless_addressed: bool = False
    not_before: Words | None = None
    not_after: Words | None = None
    source: Sentence | None = None


class Marks(Strict):
    """Words that mark a sentence."""

    words: Annotated[Words, Field(min_length=1)]
    not_before: Words | None = None
    not_after: Words | None = None
    source: Sentence | None = None


class TellingWords(Strict):
    """How a text tells of a pitch instead of making it."""

    told: tuple[Marks, ...]
    perhaps_told: tuple[Marks, ...]
    misdeed: tuple[Marks, ...]
    address: tuple[Marks, ...]
    invitation: tuple[Marks, ...]
    official: tuple[Marks, ...]
    anaphor: tuple[Marks, ...]
    denial: tuple[Marks, ...]


class ListWords(Strict):
    """What makes a list or a script one of other people's words: its heading, what is said of it, who speaks."""

    enumerators: Words
    verdicts: Words
    swindlers: Words


class ContextsFile(Strict):
    """rules/contexts.yaml: words that make a match read differently where it stands."""

    version: Version
    warning: tuple[Cue, ...]
    negation: tuple[Cue, ...]
    report: tuple[Cue, ...]
    question: tuple[Cue, ...]
    own_voice: Words
    introduced_by: Annotated[tuple[ContextKind, ...], BeforeValidator(as_tuple)]
    telling: TellingWords | None = None
    lists: ListWords | None = None


class MaskCue(Strict):
    """A word of a disclaimer: ``after`` masks what follows it, ``before`` what precedes it, ``clause`` both."""

    words: Annotated[Words, Field(min_length=1)]
    governs: Literal["after", "before", "clause"]
    outside_brackets: bool = False
    not_before: Words | None = None
    not_after: Words | None = None
    why: Sentence
    source: Sentence | None = None


class MaskPhrase(Strict):
    """Words that are masked wherever they stand, as they stand."""

    words: Annotated[Words, Field(min_length=1)]
    fields: Annotated[tuple[FieldName, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    why: Sentence
    source: Sentence


class MaskCheck(Strict):
    """Words that ask for a check (as a flag) although they are masked."""

    words: Annotated[Words, Field(min_length=1)]
    flag: Flag
    why: Sentence
    source: Sentence


class MasksFile(Strict):
    """rules/masks.yaml: disclaimers and standard items whose words do not fire."""

    version: Version
    fields: Annotated[tuple[FieldName, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    cues: tuple[MaskCue, ...]
    list_ends: Words
    resumed_by: Words
    phrases: tuple[MaskPhrase, ...]
    checks: tuple[MaskCheck, ...]


class EvasiveWord(Strict):
    """A word and the ways people write it to slip past a word list, beside those that sound like it."""

    word: Annotated[str, Field(min_length=2, max_length=8)]
    pinyin: Annotated[str, Field(pattern=r"^[a-z]+( [a-z]+)*$")] | None = None
    homophone: Words | None = None
    initials: Words | None = None
    contact_slang: Words | None = None
    not_before: Words | None = None
    everyday: bool = False

    @model_validator(mode="after")
    def _one_syllable_a_character(self) -> "EvasiveWord":
        if self.pinyin is not None and len(self.pinyin.split()) != len(self.word):
            raise PydanticCustomError("RB015", "pinyin 要一字一音、用空格分开，例如 投资 写 tou zi")
        return self


Character = Annotated[str, Field(min_length=1, max_length=1)]
Sounds = dict[Annotated[str, Field(pattern="^[a-z]{1,6}$")], Annotated[str, Field(min_length=1)]]


class EvasionsFile(Strict):
    """rules/evasions.yaml: candidate readings of words, for flyers. The file may be left out."""

    version: Version
    source: Sentence
    ordinary: Words = ()
    not_before: Words = ()
    surnames: str = ""
    frequent: str = ""
    contact: Words = ()
    parts: dict[Character, Annotated[str, Field(min_length=2, max_length=3)]] = Field(default_factory=dict)
    words: tuple[Annotated[EvasiveWord, BeforeValidator(_as_word)], ...]
    sounds: Sounds = Field(default_factory=dict)

    @model_validator(mode="after")
    def _every_character_sounds_one_way(self) -> "EvasionsFile":
        characters = "".join(self.sounds.values())
        double = next((ch for ch, times in Counter(characters).items() if times > 1), None)
        if double is not None:
            raise PydanticCustomError("RB015", "sounds 中“{ch}”出现两次，一个字只能有一个读音", {"ch": double})
        said = (syllable for entry in self.words for syllable in (entry.pinyin or "").split())
        unknown = next((syllable for syllable in said if syllable not in self.sounds), None)
        if unknown is not None:
            raise PydanticCustomError("RB015", "pinyin 中的 {syllable} 不在 sounds 里", {"syllable": unknown})
        return self


class LicensedForm(Strict):
    """A strict statutory form of a licensed institution's name, as an RE2 pattern over the whole name."""

    kind: Sentence
    pattern: Annotated[str, Field(min_length=1, max_length=2000)]
    flag: Flag
    source: Sentence


class Disclosure(Strict):
    """How a licensed institution discloses a product, as RE2 patterns: who, which product, what is at risk."""

    institution: Annotated[str, Field(min_length=1)]
    particulars: Annotated[str, Field(min_length=1)]
    risk: Annotated[str, Field(min_length=1)]
    voided_by: Words
    source: Sentence


class LicensedFile(Strict):
    """rules/licensed.yaml: names that speak of a licence, and how a flyer speaks of one."""

    version: Version
    name_forms: tuple[LicensedForm, ...]
    signature: Annotated[str, Field(min_length=1)]
    sold_by: Annotated[str, Field(min_length=1)]
    risk_warning: Words
    disclosure: Disclosure | None = None
