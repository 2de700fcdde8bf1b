"""What the service does by itself, each thing in one process of the installation only, guarded by a lease."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from risk_screen.errors import RiskScreenError
from risk_screen.operations.fault_log import record_fault
from risk_screen.operations.liveness import has_ended, own_name
from risk_screen.operations.store import Store
from risk_screen.storage.changes import Change
from risk_screen.storage.leases import NOBODY, Lease, beat, give_back, leases_of, take

LEASE_SECONDS: Final = 15.0
LONGEST_BACK_OFF_SECONDS: Final = 300.0
FAILING_AFTER: Final = 3
logger = logging.getLogger("risk_screen")


@dataclass(frozen=True, slots=True)
class Background:
    """Something the service does again and again.

    Attributes
    ----------
    name : str
        Stable, e.g. ``webhooks.deliver``; names lease, log lines and metrics.
    every_seconds : float
        From the end of one run to the next.
    run : callable
        Gets the store; does what is due and returns. May be cut off at any point by the death of the process, so only
        the database says what is due.
    stuck_after_seconds : float
        A run that takes longer makes the service not ready.
    """

    name: str
    every_seconds: float
    run: Callable[[Store], object]
    stuck_after_seconds: float = 900.0


@dataclass(slots=True)
class _Progress:
    """How a task goes in this process; instants are of the monotonic clock."""

    lease: Lease
    held_until: float = 0.0
    running_since: float | None = None
    wake: threading.Event = field(default_factory=threading.Event)


class BackgroundRunner:
    """Runs tasks in threads, as long as this process holds their leases.

    Whether a holder lives is told from its beats, which others watch with their own monotonic clocks: wall clocks that
    differ or jump take no lease away. A holder on the same machine that has ended is noticed at once.

    Parameters
    ----------
    store : Store
    tasks : sequence of Background
    lease_seconds : float
        How long a holder may be silent before another process takes over.
    holder : str, optional
        The name of this process.
    """

    def __init__(
        self,
        store: Store,
        tasks: Sequence[Background],
        *,
        lease_seconds: float = LEASE_SECONDS,
        holder: str | None = None,
    ) -> None:
        self._store = store
        self._tasks = tuple(tasks)
        self._lease_seconds = lease_seconds
        self._holder = holder or own_name()
        self._progress = {t.name: _Progress(Lease(t.name, self._holder, 0, "waiting", None, None, 0)) for t in tasks}
        self._seen: dict[str, tuple[str, int, float]] = {}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin."""
        if not self._tasks:
            return
        self._threads = [threading.Thread(target=self._keep_leases, name="leases", daemon=True)]
        self._threads += [
            threading.Thread(target=self._repeat, args=(t,), name=t.name, daemon=True) for t in self._tasks
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, within_seconds: float = 10.0) -> None:
        """Let what runs come to its end, as far as the time allows, and give the leases back."""
        self._stopping.set()
        for progress in self._progress.values():
            progress.wake.set()
        until = time.monotonic() + within_seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        if self._threads and not any(thread.is_alive() for thread in self._threads):
            try:
                self._store.write(lambda change: give_back(change, self._holder))
            except RiskScreenError:
                logger.warning("后台任务的租约没有交还：数据库写不进去")

    def _keep_leases(self) -> None:
        while not self._stopping.is_set():
            try:
                self._keep_once()
            except RiskScreenError:
                logger.warning("后台任务的租约没有续上：数据库写不进去")
            except Exception as error:  # the keeper must outlive any fault; without it nothing is done any more
                record_fault(error, "续后台任务的租约")
            self._stopping.wait(self._lease_seconds / 3)

    def _keep_once(self) -> None:
        """Renew what is held and take what nobody holds; one transaction, and none when there is nothing to write."""
        before = time.monotonic()
        with self._store.reading() as connection:
            found = leases_of(connection)
        mine = [t.name for t in self._tasks if t.name in found and found[t.name].holder == self._holder]
        free = [t.name for t in self._tasks if self._is_free(t.name, found.get(t.name), before)]
        if not mine and not free:
            return

        def work(change: Change) -> list[str]:
            kept = [name for name in mine if beat(change, self._noted(name))]
            return kept + [name for name in free if take(change, name, self._holder, found.get(name))]

        for name in self._store.write(work):
            if name in free:
                self._take_up(name, found.get(name))
            self._progress[name].held_until = before + self._lease_seconds * 2 / 3
            self._progress[name].wake.set()

    def _is_free(self, name: str, lease: Lease | None, now: float) -> bool:
        if lease is None or lease.holder == NOBODY:
            return True
        if lease.holder == self._holder:
            return False
        holder, beats, since = self._seen.get(name, ("", 0, now))
        if (holder, beats) != (lease.holder, lease.beats):
            self._seen[name] = (lease.holder, lease.beats, now)
            return has_ended(lease.holder)
        return now - since > self._lease_seconds or has_ended(lease.holder)

    def _take_up(self, name: str, before: Lease | None) -> None:
        if before is not None:
            self._progress[name].lease = replace(before, holder=self._holder, state="waiting")

    def _noted(self, name: str) -> Lease:
        """The lease with how its task goes."""
        task = next(t for t in self._tasks if t.name == name)
        progress = self._progress[name]
        since = progress.running_since
        if since is not None:
            state = "stuck" if time.monotonic() - since > task.stuck_after_seconds else "running"
        else:
            state = "failing" if progress.lease.failures >= FAILING_AFTER else "waiting"
        return replace(progress.lease, state=state)

    def _repeat(self, task: Background) -> None:
        progress = self._progress[task.name]
        while not self._stopping.is_set():
            if time.monotonic() < progress.held_until:
                self._run(task, progress)
                self._stopping.wait(_pause(task, progress.lease.failures))
            else:
                progress.wake.clear()
                progress.wake.wait(self._lease_seconds)

    def _run(self, task: Background, progress: _Progress) -> None:
        progress.running_since = time.monotonic()
        try:
            task.run(self._store)
        except Exception as error:  # the outermost loop of a task: whatever fails is recorded and tried again
            record_fault(error, f"后台任务 {task.name}")
            failures = progress.lease.failures + 1
            progress.lease = replace(progress.lease, failed_at=self._now(), failures=failures)
        else:
            progress.lease = replace(progress.lease, succeeded_at=self._now(), failures=0)
        finally:
            progress.running_since = None

    def _now(self) -> str:
        return self._store.now().isoformat(timespec="milliseconds")


def _pause(task: Background, failures: int) -> float:
    """After failures wait longer and longer, up to five minutes (or the task's own interval, where that is longer)."""
    longest = max(task.every_seconds, LONGEST_BACK_OFF_SECONDS)
    return min(max(task.every_seconds, 1.0 if failures else 0.0) * 2.0 ** min(failures, 20), longest)
