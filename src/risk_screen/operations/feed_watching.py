"""Wait until something happens: all who wait in a process look together, once in a while, and hold no connection."""

import asyncio
from collections.abc import Callable
from typing import Final

from risk_screen.operations.store import Store
from risk_screen.storage.events import last_cursor

LOOK_EVERY_SECONDS: Final = 0.5


class FeedWatcher:
    """Tells when there are events after a cursor, whichever process wrote them.

    Parameters
    ----------
    store : Store
    is_over : callable
        Nobody waits any more when it says so: the service is to stop.
    every_seconds : float
        From one look to the next, for all who wait together.
    """

    def __init__(self, store: Store, is_over: Callable[[], bool], *, every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._store = store
        self._is_over = is_over
        self._every_seconds = every_seconds
        self._last = 0
        self._look: asyncio.Task[None] | None = None

    async def wait_beyond(self, cursor: int, seconds: float) -> None:
        """Return when there is an event after this one, at the latest when the time is over.

        Raises
        ------
        StoreUnavailableError
        """
        try:
            async with asyncio.timeout(seconds):
                while self._last <= cursor and not self._is_over():
                    await asyncio.shield(self._next_look())
        except TimeoutError:
            return

    def _next_look(self) -> "asyncio.Task[None]":
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._look_later())
        return self._look

    async def _look_later(self) -> None:
        await asyncio.sleep(self._every_seconds)
        self._last = await asyncio.to_thread(self._read)

    def _read(self) -> int:
        with self._store.reading() as connection:
            return last_cursor(connection)
