"""Find words of several kinds in one pass over a text, with guards against innocent hosts."""

import re
from collections.abc import Collection, Mapping

import daachorse

_NUMBER_NEXT = r"[了到您你给]? ?[0-9半一二两三四五六七八九十百千万]"


Found = tuple[int, int, frozenset[str]]
"""Start and end of a word (half-open), and the kinds it belongs to."""


class WordFinder:
    """Words by kind; of words that overlap the leftmost longest counts.

    Parameters
    ----------
    by_kind : Mapping[str, str]
        Kind → its words, separated by blanks. A word may stand under several kinds.
    not_before : Mapping[str, str]
        Word → characters that make it another word when they follow (投: 诉票递).
    before_number : Collection[str]
        Words that count only straight before a number (得15元, not 得到 or 懂得).
    """

    def __init__(
        self,
        by_kind: Mapping[str, str],
        *,
        not_before: Mapping[str, str] | None = None,
        before_number: Collection[str] = (),
    ) -> None:
        kinds: dict[str, set[str]] = {}
        for kind, line in by_kind.items():
            for word in line.split(" "):
                kinds.setdefault(word, set()).add(kind)
        words = list(kinds)
        self._kinds = [frozenset(kinds[word]) for word in words]
        self._guards = [_guard((not_before or {}).get(word), word in before_number) for word in words]
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(words, daachorse.MATCH_KIND_LEFTMOST_LONGEST)

    def find(self, text: str) -> list[Found]:
        """Words of a text in order, not overlapping."""
        kinds, guards = self._kinds, self._guards
        return [
            (start, end, kinds[i])
            for start, end, i in self._automaton.find(text)
            if (guard := guards[i]) is None or guard.match(text, end)
        ]


def _guard(not_before: str | None, before_number: bool) -> re.Pattern[str] | None:
    """Pattern that must match right behind a word."""
    if not_before is None and not before_number:
        return None
    refused = f"(?![{not_before}])" if not_before else ""
    return re.compile(refused + (f"(?={_NUMBER_NEXT})" if before_number else ""))
