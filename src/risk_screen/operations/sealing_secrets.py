"""Seal the secrets of second factors and pushes with the newest key, also those from before there was one."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.sealed_secrets import PLACES, Place, put_secret, secrets_not_under
from risk_screen.storage.sealing import KeptSecret, KeyRing

AT_ONCE: Final = 200
SYSTEM: Final = Actor("system", "sealing")


def reseal_secrets(store: Store, ring: KeyRing, actor: Actor = SYSTEM) -> int:
    """Seal with the newest key every secret that is not; how many.

    Raises
    ------
    UnsealableError, StoreUnavailableError
    """
    return sum(count for place in PLACES for count in _batches(store, ring, actor, place))


def _batches(store: Store, ring: KeyRing, actor: Actor, place: Place) -> Iterator[int]:
    while count := store.write(partial(_reseal_some, ring=ring, actor=actor, place=place)):
        yield count


def _reseal_some(change: Change, *, ring: KeyRing, actor: Actor, place: Place) -> int:
    change.take_turn()
    found = secrets_not_under(change.connection, place, ring.newest, AT_ONCE)
    for row_id, kept in found:
        context = place.context(row_id)
        put_secret(change, place, row_id, KeptSecret.of(kept.open(ring, context), ring, context))
    if found:
        details = {"count": len(found), "key": ring.newest}
        change.record(AuditEntry(actor, f"{place.subject}.reseal", place.subject, "-", details=details))
    return len(found)
