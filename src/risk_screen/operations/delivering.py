"""Push what happened: claim an endpoint, send it one event after the other, write down how each ended.

Every endpoint has a cursor over the events, so that nothing must be written when something happens and nothing is lost
when a process dies: what was sent and not written down is sent again, with the same id.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from risk_screen.delivery.destinations import AllowList
from risk_screen.delivery.sending import Line, Sender
from risk_screen.delivery.signing import signed_headers
from risk_screen.errors import RiskScreenError
from risk_screen.operations.fault_log import record_fault
from risk_screen.operations.settling import Attempted, settle
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_destinations import kept_allow_list
from risk_screen.operations.webhook_messages import message_of
from risk_screen.storage.changes import Change
from risk_screen.storage.sealing import KeyFileError, KeyRing, UnsealableError
from risk_screen.storage.webhook_queue import (
    Due,
    claim,
    due_now,
    endpoints_with_work,
    note_progress,
    progress_of,
    release_claim,
)
from risk_screen.storage.webhooks import Endpoint, endpoint_with_id, signing_secrets

PATIENCE_SECONDS: Final = 1.0
TURN_SECONDS: Final = 5.0
MOST_AT_ONCE: Final = 32
# What arrived is written down together: so many events at most, and after so long, lest it be sent again needlessly.
MOST_TOGETHER: Final = 50
SETTLE_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """What a run sends to one endpoint now, one event after the other."""

    run: str
    endpoint: Endpoint
    due: tuple[Due, ...]
    secrets: tuple[bytes, ...]
    allowed: AllowList
    ring: KeyRing | None


@dataclass(slots=True)
class Deliverer:
    """Sends what is due; one per process.

    The events of an endpoint go out one at a time, in their order; what failed is sent again later and does not hold up
    what comes after it. Endpoints do not wait for one another: who never answers holds up nobody else.

    Attributes
    ----------
    sender : Sender
    chance : callable
        0 to 1, at random.
    patience_seconds : float
        How long ``deliver_due`` waits for what it began; what takes longer goes on by itself.
    """

    sender: Sender
    chance: Callable[[], float] = random.random
    patience_seconds: float = PATIENCE_SECONDS
    _loop: asyncio.AbstractEventLoop | None = None
    _running: dict[str, Future[None]] = field(default_factory=dict)

    def deliver_due(self, store: Store) -> None:
        """Begin to send to every endpoint that has something due, and wait a little.

        Raises
        ------
        StoreUnavailableError
        """
        self._running = {name: one for name, one in self._running.items() if not one.done()}
        with store.reading() as connection:
            found = endpoints_with_work(connection, store.now())
        for endpoint_id in found:
            if endpoint_id not in self._running and len(self._running) < MOST_AT_ONCE:
                sending = self._serve(store, endpoint_id)
                self._running[endpoint_id] = asyncio.run_coroutine_threadsafe(sending, self._own_loop())
        wait_for(self._running.values(), timeout=self.patience_seconds)

    def close(self) -> None:
        """Let go of what is still being sent; other runs take it up."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="webhooks", daemon=True).start()
        return self._loop

    async def _serve(self, store: Store, endpoint_id: str) -> None:
        """Send to one endpoint until nothing is due, it must rest, or its turn is over."""
        run, until = str(uuid4()), time.monotonic() + TURN_SECONDS
        try:
            async with self.sender.line() as line:
                ring = store.ring()
                job = await _written(store, lambda change: self._first(change, endpoint_id, run, ring))
                while job is not None:
                    job = await self._send(store, line, job, is_last=time.monotonic() > until)
        except (KeyFileError, UnsealableError) as error:
            record_fault(error, "推送")
        except RiskScreenError:
            pass  # the database is away: what was sent is sent again
        except Exception as error:  # nothing of one endpoint may keep others from what is theirs
            record_fault(error, "推送")

    async def _send(self, store: Store, line: Line, job: Job, *, is_last: bool) -> Job | None:
        tried, settled_at = list[Attempted](), time.monotonic() + SETTLE_SECONDS
        for due in job.due:
            message = message_of(due.stored)
            headers = signed_headers(message, job.secrets, store.now())
            outcome = await line.send(job.endpoint.url, job.allowed, headers, message.body)
            tried.append(Attempted(due, outcome, self.chance()))
            if not tried[-1].has_arrived or time.monotonic() > settled_at:
                break
        return await _written(store, lambda change: self._after(change, job, tried, is_last=is_last))

    def _first(self, change: Change, endpoint_id: str, run: str, ring: KeyRing | None) -> Job | None:
        return self._next(change, endpoint_id, run, ring) if claim(change, endpoint_id, run) else None

    def _after(self, change: Change, job: Job, tried: Sequence[Attempted], *, is_last: bool) -> Job | None:
        """Write down how it ended and take what comes next, in one transaction."""
        is_ours = settle(change, job.endpoint.id, job.run, tried)
        if is_ours and not is_last:
            return self._next(change, job.endpoint.id, job.run, job.ring)
        release_claim(change, job.endpoint.id, job.run)
        return None

    def _next(self, change: Change, endpoint_id: str, run: str, ring: KeyRing | None) -> Job | None:
        endpoint = endpoint_with_id(change.connection, endpoint_id)
        progress = progress_of(change.connection, endpoint_id)
        due = due_now(change, endpoint, progress, MOST_TOGETHER) if endpoint and progress else []
        if endpoint is None or not due:
            release_claim(change, endpoint_id, run)
            return None
        note_progress(change, endpoint_id, attempted_at=change.at_text)
        secrets = tuple(signing_secrets(change.connection, endpoint_id, ring))
        allowed = kept_allow_list(change.connection, allows_loopback=self.sender.allows_loopback)
        return Job(run, endpoint, tuple(due), secrets, allowed, ring)


async def _written(store: Store, work: Callable[[Change], Job | None]) -> Job | None:
    return await asyncio.wrap_future(store.submit(work))
