"""Check the words and patterns of a rulebook as they will be looked for: folded."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from risk_screen.rules.errors import Problem
from risk_screen.rules.marked_yaml import Document, Path
from risk_screen.rules.patterns import complaints


class Guarded(Protocol):
    """Anything with guards: a term, a lexicon line, a cue."""

    @property
    def not_before(self) -> tuple[str, ...] | None:
        """Words that must not follow."""

    @property
    def not_after(self) -> tuple[str, ...] | None:
        """Words that must not precede."""


class WordChecker:
    """Checks words and patterns against the folding in use.

    Parameters
    ----------
    fold : callable
        Folds one text.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold

    def of_words(self, document: Document, path: Path, words: Iterable[str]) -> Iterator[Problem]:
        """Yield words that fold to nothing, and words given twice."""
        seen: dict[str, str] = {}
        for i, word in enumerate(words):
            folded = self._fold(word)
            if not folded.strip():
                yield document.problem((*path, i), "RB066", f"“{word}”归一后什么也不剩，请删去或换一个写法")
            elif folded in seen:
                yield document.problem((*path, i), "RB028", f"“{word}”与前面的“{seen[folded]}”重复，请删去一个")
            seen[folded] = word

    def of_guards(self, document: Document, path: Path, guarded: Guarded) -> Iterator[Problem]:
        """Yield problems of ``not_before`` and ``not_after``."""
        for side in ("not_before", "not_after"):
            yield from self.of_words(document, (*path, side), getattr(guarded, side) or ())

    def of_pattern(self, document: Document, path: Path, pattern: str) -> Iterator[Problem]:
        """Yield everything wrong with a pattern."""
        for code, message in complaints(pattern, self._fold):
            yield document.problem(path, code, message)
