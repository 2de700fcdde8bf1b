"""Who read whose personal data goes into the audit trail before it is given out.

One entry per reader, record and ten minutes (in one process): a page that is loaded again, or a program that polls,
tells nothing new. What cannot be written down is not given out.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change

NOTED_EVERY: Final = timedelta(minutes=10)
MOST_KEPT: Final = 10_000


class NotedReads:
    """Which reads have an entry already."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._noted: OrderedDict[tuple[str, str, str, str], datetime] = OrderedDict()

    def note(self, actor: Actor, subject_type: str, subject_id: str, *, reason: str = "") -> None:
        """Write down that somebody reads a record, and return once that is committed.

        Raises
        ------
        StoreUnavailableError
        """
        read, now = (actor.kind, actor.id, subject_type, subject_id), self._store.now()
        last = self._noted.get(read)
        if last is not None and now - last < NOTED_EVERY and not reason:
            return
        entry = AuditEntry(actor, f"{subject_type}.read", subject_type, subject_id, reason=reason)

        def work(change: Change) -> None:
            change.record(entry)

        self._store.write(work)
        self._noted[read] = now
        self._noted.move_to_end(read)
        while len(self._noted) > MOST_KEPT:
            self._noted.popitem(last=False)
