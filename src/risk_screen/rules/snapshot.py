"""A compiled rulebook as bytes, and back.

Reading makes nothing but what rulebooks are made of: classes of this program that hold values, arrays, automata and
compiled expressions. Anything else in the bytes is refused before it is made or called.
"""

import io
import pickle
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from risk_screen.rules.compiled_rulebook import CompiledRulebook
from risk_screen.text.folding import Folding
from risk_screen.text.made_later import MadeLater

if TYPE_CHECKING:
    from risk_screen.rules.rulebook import Rulebook

PROTOCOL: Final = 5
OWN: Final = ("risk_screen.rules.", "risk_screen.text.", "risk_screen.screening.policy")
FOREIGN: Final = frozenset(
    {
        ("daachorse", "CharwiseDoubleArrayAhoCorasick"),
        ("datetime", "date"),
        ("numpy", "dtype"),
        ("numpy._core.numeric", "_frombuffer"),
        ("re", "_compile"),
    }
)
_FOLDING: Final = "folding"


class SnapshotError(ValueError):
    """Bytes that are no snapshot of a rulebook."""


class PackedRulebook(MadeLater):
    """The rulebook as read, in bytes until it is asked for: screening does without it.

    Parameters
    ----------
    content : bytes
    folding : Folding
        That of the compiled rulebook, which they share.
    """

    def __init__(self, content: bytes, folding: Folding) -> None:
        self._content, self._folding = content, folding

    def __call__(self) -> "Rulebook":
        """Return the rulebook."""
        return self._rulebook

    @cached_property
    def _rulebook(self) -> "Rulebook":
        rulebook: Rulebook = _read(self._content, self._folding)
        return rulebook


def packed(book: CompiledRulebook, beside: object = None) -> bytes:
    """Write a compiled rulebook, and what is kept beside it, as bytes."""
    rulebook = io.BytesIO()
    _Writer(rulebook, book.folding).dump(book.rulebook)
    alone = replace(book, source=PackedRulebook(rulebook.getvalue(), book.folding))
    return pickle.dumps((alone, beside), PROTOCOL)


def unpacked(content: bytes) -> tuple[CompiledRulebook, Any]:
    """Read what :func:`packed` wrote.

    Raises
    ------
    SnapshotError
        The bytes are damaged, or ask for something that no rulebook is made of.
    """
    read = _read(content, None)
    if not isinstance(read, tuple) or len(read) != 2 or not isinstance(read[0], CompiledRulebook):
        raise SnapshotError
    return read


def _read(content: bytes, folding: Folding | None) -> Any:
    try:
        return _Reader(io.BytesIO(content), folding).load()
    except Exception as error:  # damaged bytes fail in any way there is
        raise SnapshotError from error


class _Writer(pickle.Pickler):
    """Leaves out the folding tables that the compiled rulebook holds already."""

    def __init__(self, file: io.BytesIO, folding: Folding) -> None:
        super().__init__(file, PROTOCOL)
        self._folding = folding

    def persistent_id(self, obj: object) -> str | None:
        return _FOLDING if obj is self._folding else None


class _Reader(pickle.Unpickler):
    """Makes only what is named above."""

    def __init__(self, file: io.BytesIO, folding: Folding | None) -> None:
        super().__init__(file)
        self._folding = folding

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in FOREIGN:
            return super().find_class(module, name)
        if module.startswith(OWN) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise SnapshotError(f"{module}.{name}")

    def persistent_load(self, pid: object) -> Folding:
        if pid != _FOLDING or self._folding is None:
            raise SnapshotError
        return self._folding
