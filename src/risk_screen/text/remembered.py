"""What was worked out of short texts that recur, kept for those met last."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Remembered(dict[str, T]):
    """Text → what a pure function makes of it, worked out when it is first asked for.

    May be shared by threads. It forgets everything when it has become too large, so memory stays bounded.

    Parameters
    ----------
    work_out : callable
        Pure function of the text.
    most : int
        Largest number of texts kept.
    longest : int
        Characters of the longest text kept.
    """

    __slots__ = ("_longest", "_most", "_work_out")

    def __init__(self, work_out: Callable[[str], T], *, most: int, longest: int) -> None:
        super().__init__()
        self._work_out, self._most, self._longest = work_out, most, longest

    def __missing__(self, text: str) -> T:
        """Work it out and keep it."""
        value = self._work_out(text)
        if len(text) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[text] = value
        return value
