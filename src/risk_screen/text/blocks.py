"""Search a text in blocks: the places found in a very long one would not stay in the processor's caches."""

from collections.abc import Iterator
from typing import Any, Final

BLOCK: Final = 4_096
"""Characters of a block."""


def hits_in_blocks(automaton: Any, text: str, longest: int) -> Iterator[tuple[int, list[tuple[int, int, int]]]]:
    """Yield what an automaton finds, block by block.

    Parameters
    ----------
    automaton : CharwiseDoubleArrayAhoCorasick
    text : str
    longest : int
        Characters of its longest word. Blocks overlap by one less, so every word lies within a block; one that lies
        in two is found twice.

    Yields
    ------
    offset : int
        Where the block begins.
    hits : list of (start, end, word)
        Places within the block.
    """
    if len(text) <= BLOCK + longest:
        yield 0, automaton.find_overlapping(text)
        return
    for offset in range(0, len(text), BLOCK):
        yield offset, automaton.find_overlapping(text[offset : offset + BLOCK + longest - 1])
