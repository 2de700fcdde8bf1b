"""Checking a password takes a tenth of a second and 64 MiB on purpose: a few at once, and no endless queue."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from risk_screen.operations.refusing import SignInBusyError

T = TypeVar("T")
AT_ONCE: Final = 2
MOST_WAITING: Final = 30


class SlowLane:
    """A few threads of its own, so that who signs in keeps nobody waiting who screens."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="passwords")
        self._places = threading.BoundedSemaphore(at_once + most_waiting)

    def submit(self, work: Callable[..., T], *arguments: Any, **named: Any) -> "Future[T]":
        """Do something slow, soon.

        Raises
        ------
        SignInBusyError
            When too many wait already.
        """
        if not self._places.acquire(blocking=False):
            raise SignInBusyError
        future = self._threads.submit(work, *arguments, **named)
        future.add_done_callback(lambda _: self._places.release())
        return future
