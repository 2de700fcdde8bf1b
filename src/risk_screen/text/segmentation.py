"""Cut Chinese text into words exactly as jieba does but faster, and tell words from coincidences of characters."""

import logging
import re
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, Final

from risk_screen.text.host_words import HOSTS_OF_TERM
from risk_screen.text.made_later import MadeLater

SELDOM: Final = 3
"""Frequency of an added word that jieba does not know: that of a rare word, so it joins what would be single
characters and breaks up no common word (传销 must not break 宣传销售)."""
AROUND: Final = 30
"""Characters on each side of a word that are cut to judge it."""

_EXTENSION: Final = "rjieba.rjieba"
_RUN: Final = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
"""jieba cuts what is no Chinese by this expression; jieba-rs keeps runs with . - _ whole."""
_MAY_HOLD_RUN: Final = re.compile(r"[-_.]")
_UNKNOWN_TO_RJIEBA: Final = re.compile("[\u3400-\u4dbf\u9fd6-\u9fff\uf900-\ufaff\ud800-\udfff\U00020000-\U0003ffff]")
_CLAUSE_END: Final = re.compile(r"[^\u3007\u4e00-\u9fffA-Za-z0-9%.+#&_-]")


class Segmenter(MadeLater):
    """jieba's dictionary with the words of the domain.

    Parameters
    ----------
    words : iterable of str
        Words to add; those jieba knows keep their frequency, others get `SELDOM`.
    hosts : mapping of str to str
        Term → words, with blanks between, in which it hides without being meant (保本: 环保本色); added to
        `HOSTS_OF_TERM`.

    Notes
    -----
    Threads may share it. It keeps nothing of the texts it reads.
    """

    def __init__(self, words: Iterable[str] = (), hosts: Mapping[str, str] | None = None) -> None:
        self._words = tuple(dict.fromkeys(word for word in words if len(word) > 1))
        self._hosts = _places_in_hosts(HOSTS_OF_TERM, hosts or {})

    @cached_property
    def _fast(self) -> Any:
        """jieba-rs with the words it lacks."""
        fast = dictionary()
        for word in _lacking(fast, self._words):
            fast.add_word(word, SELDOM, None)
        return fast

    @cached_property
    def _lock(self) -> threading.Lock:
        return threading.Lock()

    def cut(self, text: str) -> list[str]:
        """Words of ``text``, equal to ``jieba.lcut`` with the same words added; joined they give ``text`` again.

        Texts with characters that jieba-rs does not know (rare Han) are cut by jieba itself: its first use is slow.
        """
        if _UNKNOWN_TO_RJIEBA.search(text):
            with self._lock:
                return list(self._exact.lcut(text))
        words: list[str] = self._fast.cut(text)
        return words if not _MAY_HOLD_RUN.search(text) else _cut_runs(words)

    def knows(self, word: str) -> bool:
        """Whether the dictionary has the word."""
        return bool(self._fast.has_word(word))

    def words_at(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """Places of the dictionary's Chinese words that ``text[start:end]`` touches; single characters are left out."""
        first, last = _clause(text, start, end)
        places: list[tuple[int, int]] = []
        for word in self._fast.cut(text[first:last], False):
            if first >= end:
                break
            if len(word) > 1 and first + len(word) > start and not word.isascii():
                places.append((first, first + len(word)))
            first += len(word)
        return places

    def allows(self, text: str, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` can be a word of its own where it stands.

        No when words of the clause end or begin inside it (宣[传销]售), when it lies in a longer word that is better
        read otherwise (充[分利]用) or that means something else (镍[基金]属, [保险]柜).

        Parameters
        ----------
        text : str
            Folded text.
        start, end : int
            Half-open code-point offsets.
        """
        if self._is_in_host(text, start, end):
            return False
        first, last = _clause(text, start, end)
        words: list[str] = []
        after = first
        for word in self._fast.cut(text[first:last], False):
            before, after = after, after + len(word)
            if after > start:
                if before == start and after == end:
                    return True
                words.append(word)
            if after >= end:
                break
        around = "".join(words)
        before = start - (after - len(around))
        return self._stands_in(around, before, before + end - start, words)

    def _stands_in(self, around: str, start: int, end: int, words: list[str]) -> bool:
        """Whether [start, end) of ``around`` reads as a word, given the ``words`` that jieba sees there."""
        if start == 0 and end == len(around):
            return True
        fewest_with = self._fewest(around[:start]) + 1 + self._fewest(around[end:])
        if len(words) == 1:
            return fewest_with <= self._fewest_across(around, start, end)
        if self._fast.has_word(around[start:end]) and fewest_with <= len(words):
            return True
        last = len(around) - len(words[-1])
        begins = start == 0 or self._is_part(words[0], start, len(words[0]))
        return begins and (end == len(around) or self._is_part(words[-1], 0, end - last))

    def _is_part(self, word: str, start: int, end: int) -> bool:
        """Whether a word that crosses a border is itself made of words there: 理财 in 理财产品, for 投资[理财]."""
        return self._fast.has_word(word[start:end]) and end - start > 1 and self._stands_in(word, start, end, [word])

    def _fewest_across(self, text: str, start: int, end: int) -> int:
        """Fewest words that ``text`` can be cut into when one of them crosses a border of [start, end)."""
        return min(
            (
                self._fewest(text[:i]) + 1 + self._fewest(text[k:])
                for i in range(len(text))
                for k in range(i + 2, len(text) + 1)
                if (i < start < k < end or start < i < end < k) and self._fast.has_word(text[i:k])
            ),
            default=len(text),
        )

    def _fewest(self, text: str) -> int:
        """Fewest words that ``text`` can be cut into; single characters count as words."""
        best = [0]
        for k in range(1, len(text) + 1):
            best.append(1 + min(best[i] for i in range(k) if i == k - 1 or self._fast.has_word(text[i:k])))
        return best[-1]

    def _is_in_host(self, text: str, start: int, end: int) -> bool:
        hosts = self._hosts.get(text[start:end], ())
        return any(start >= offset and text.startswith(host, start - offset) for host, offset in hosts)

    @cached_property
    def _exact(self) -> Any:
        """The original with the same words; its log is silent and its cache file lies in a folder of its own."""
        import jieba  # noqa: PLC0415

        jieba.setLogLevel(logging.CRITICAL)
        exact = jieba.Tokenizer()
        with tempfile.TemporaryDirectory() as folder:
            exact.tmp_dir = folder
            exact.initialize()
        for word in _lacking(dictionary(), self._words):
            exact.add_word(word, SELDOM)
        return exact


def dictionary() -> Any:
    """A new jieba-rs with its dictionary; importing its package would build another one that nobody asked for."""
    return (sys.modules.get(_EXTENSION) or _extension()).Jieba()


def _extension() -> ModuleType:
    package = find_spec("rjieba")
    spec = PathFinder.find_spec(_EXTENSION, package.submodule_search_locations if package else None)
    if spec is None or spec.loader is None:
        raise ImportError(name=_EXTENSION)
    extension = sys.modules[_EXTENSION] = module_from_spec(spec)
    spec.loader.exec_module(extension)
    return extension


def _lacking(known: Any, words: Iterable[str]) -> list[str]:
    return [word for word in words if not known.has_word(word)]


def _places_in_hosts(*tables: Mapping[str, str]) -> dict[str, list[tuple[str, int]]]:
    """Term → its hosts, with its place in each."""
    places: dict[str, list[tuple[str, int]]] = {}
    for term, hosts in (row for table in tables for row in table.items()):
        places.setdefault(term, []).extend((host, host.index(term)) for host in hosts.split())
    return places


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause around [start, end), at most `AROUND` characters on each side."""
    first = max(0, start - AROUND)
    for mark in _CLAUSE_END.finditer(text, first, start):
        first = mark.end()
    last = min(len(text), end + AROUND)
    after = _CLAUSE_END.search(text, end, last)
    return first, after.start() if after else last


def _cut_runs(words: list[str]) -> list[str]:
    cut: list[str] = []
    for word in words:
        if len(word) > 1 and _MAY_HOLD_RUN.search(word):
            cut.extend(part for part in _RUN.split(word) if part)
        else:
            cut.append(word)
    return cut
