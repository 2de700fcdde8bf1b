"""How often a key was used within a minute: counted in this process, without a lock, a thread or a clock of its own."""

import math
from dataclasses import dataclass
from typing import Final

WINDOW_SECONDS: Final = 60.0
MOST_COUNTED: Final = 10_000


@dataclass(slots=True)
class _Window:
    began: float
    calls: int = 0

    def is_over(self, seconds: float) -> bool:
        return seconds - self.began >= WINDOW_SECONDS


class CallLimits:
    """Counts calls in windows of a minute that begin with a call; used by the thread of the event loop alone."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def allows(self, name: str, most: int, seconds: float) -> bool:
        """Count a call, unless there were as many as allowed in this window.

        Parameters
        ----------
        name : str
        most : int
            Calls a minute.
        seconds : float
            The time, of a clock that is never set back.
        """
        window = self._window(name, seconds)
        if window.calls >= most:
            return False
        window.calls += 1
        return True

    def left(self, name: str, most: int, seconds: float) -> tuple[int, int]:
        """Tell how many calls are left, and in how many seconds the next window may begin (at least one)."""
        window = self._window(name, seconds)
        return max(0, most - window.calls), max(1, math.ceil(window.began + WINDOW_SECONDS - seconds))

    def _window(self, name: str, seconds: float) -> _Window:
        window = self._windows.get(name)
        if window is None or window.is_over(seconds):
            if len(self._windows) >= MOST_COUNTED:
                self._windows = {kept: one for kept, one in self._windows.items() if not one.is_over(seconds)}
            window = self._windows[name] = _Window(seconds)
        return window
