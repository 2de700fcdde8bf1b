"""How often a key was used within a minute: counted by one process, or by several together, without a thread."""

import fcntl
import math
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

WINDOW_SECONDS: Final = 60.0
MOST_COUNTED: Final = 10_000
T = TypeVar("T")
RECORD: Final = struct.Struct("dq")  # when the window began, and the calls in it


@dataclass(slots=True)
class _Window:
    began: float
    calls: int = 0

    def is_over(self, seconds: float) -> bool:
        return seconds - self.began >= WINDOW_SECONDS


class CallLimits:
    """Counts calls in windows of a minute that begin with a call; used by the thread of the event loop alone.

    Parameters
    ----------
    folder : Path, optional
        Where several processes count together: a file of 16 bytes for each name, locked while it is looked at. Put
        it into memory (``/dev/shm``). The system lets go of the lock of a process that dies.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._windows: dict[str, _Window] = {}

    def allows(self, name: str, most: int, seconds: float) -> bool:
        """Count a call, unless there were as many as allowed in this window.

        Parameters
        ----------
        name : str
            Of the program's own making: it may become the name of a file.
        most : int
            Calls a minute.
        seconds : float
            The time, of a clock that is never set back and is the same for all processes.
        """

        def count(window: _Window) -> bool:
            is_allowed = window.calls < most
            window.calls += is_allowed
            return is_allowed

        return self._in_window(name, seconds, count)

    def left(self, name: str, most: int, seconds: float) -> tuple[int, int]:
        """Tell how many calls are left, and in how many seconds the next window may begin (at least one)."""
        return self._in_window(
            name,
            seconds,
            lambda window: (max(0, most - window.calls), max(1, math.ceil(window.began + WINDOW_SECONDS - seconds))),
        )

    def _in_window(self, name: str, seconds: float, use: Callable[[_Window], T]) -> T:
        if self._folder is not None:
            # Where nothing can be written, each process counts by itself until it can again.
            with suppress(OSError), _shared_window(self._folder / name, seconds) as window:
                return use(window)
        return use(self._own_window(name, seconds))

    def _own_window(self, name: str, seconds: float) -> _Window:
        window = self._windows.get(name)
        if window is None or window.is_over(seconds):
            if len(self._windows) >= MOST_COUNTED:
                self._windows = {kept: one for kept, one in self._windows.items() if not one.is_over(seconds)}
            window = self._windows[name] = _Window(seconds)
        return window


@contextmanager
def _shared_window(path: Path, seconds: float) -> Iterator[_Window]:
    """Lock the file of a window, and write down what became of it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept = os.pread(file, RECORD.size, 0)
        window = _Window(*RECORD.unpack(kept)) if kept else _Window(seconds)
        if window.is_over(seconds):
            window = _Window(seconds)
        yield window
        os.pwrite(file, RECORD.pack(window.began, window.calls), 0)
    finally:
        os.close(file)
