"""Who read whose personal data goes into the audit trail before it is given out.

One entry per reader, record and ten minutes (in one process), and one per reader and kind of list that gave as many:
a page that is loaded again, or a program that polls, tells nothing new. What cannot be written down is not given out.
"""

from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

import orjson

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
        self._noted: OrderedDict[tuple[str, ...], datetime] = OrderedDict()

    def note(self, actor: Actor, subject_type: str, subject_id: str, *, reason: str = "") -> None:
        """Write down that somebody reads a record, and return once that is committed.

        Raises
        ------
        StoreUnavailableError
        """
        self._note(AuditEntry(actor, f"{subject_type}.read", subject_type, subject_id, reason=reason))

    def note_list(self, actor: Actor, subject_type: str, count: int, narrowed_by: Collection[str] = ()) -> None:
        """Write down that somebody reads a part of a list: how many, and the names of what it was narrowed by.

        Raises
        ------
        StoreUnavailableError
        """
        details = {"count": count, "narrowed_by": sorted(narrowed_by)}
        self._note(AuditEntry(actor, f"{subject_type}.list", subject_type, "-", details=details))

    def _note(self, entry: AuditEntry) -> None:
        actor, details = entry.actor, orjson.dumps(entry.details).decode()
        read, now = (actor.kind, actor.id, entry.action, entry.subject_id, details), self._store.now()
        last = self._noted.get(read)
        if last is not None and now - last < NOTED_EVERY and not entry.reason:
            return

        def work(change: Change) -> None:
            change.record(entry)

        self._store.write(work)
        self._noted[read] = now
        self._noted.move_to_end(read)
        while len(self._noted) > MOST_KEPT:
            self._noted.popitem(last=False)
