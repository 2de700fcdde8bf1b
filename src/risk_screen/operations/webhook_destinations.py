"""Which addresses pushes may go to: the list that an administrator keeps."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from risk_screen.access.actor import Actor
from risk_screen.delivery.destinations import AllowList, Destination
from risk_screen.errors import RiskScreenError
from risk_screen.operations.fingerprints import fingerprint_of
from risk_screen.operations.numbering import new_id
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.webhooks import KeptDestination, add_destination, kept_destinations, remove_destination

SUBJECT: Final = "webhook_destination"


class DestinationNotFoundError(RiskScreenError):
    """No such entry."""

    code = "destination_not_found"

    def __init__(self) -> None:
        super().__init__("允许名单里没有这个编号：请检查编号。")


def allow(store: Store, actor: Actor, wanted: Destination, description: str = "") -> KeptDestination:
    """Add an entry to the allow-list; one that is there already is returned as it is.

    Raises
    ------
    StoreUnavailableError
    """

    def work(change: Change) -> KeptDestination:
        change.take_turn()
        same = [one for one in kept_destinations(change.connection) if _of(one) == wanted]
        if same:
            return same[0]
        kept = KeptDestination(
            new_id(change.at), wanted.scheme, wanted.host, wanted.port, description, actor.id, change.at_text
        )
        add_destination(change, kept)
        change.record(
            AuditEntry(actor, "webhook.allow", SUBJECT, kept.id, after_hash=fingerprint_of(kept), details=_told(kept))
        )
        return kept

    return store.write(work)


def disallow(store: Store, actor: Actor, destination_id: str) -> KeptDestination:
    """Take an entry off the list: from now on nothing is sent there.

    Raises
    ------
    DestinationNotFoundError, StoreUnavailableError
    """

    def work(change: Change) -> KeptDestination:
        gone = remove_destination(change, destination_id)
        if gone is None:
            raise DestinationNotFoundError
        change.record(
            AuditEntry(
                actor, "webhook.disallow", SUBJECT, gone.id, before_hash=fingerprint_of(gone), details=_told(gone)
            )
        )
        return gone

    return store.write(work)


def allow_list(store: Store) -> Sequence[KeptDestination]:
    """Return the list.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        return kept_destinations(connection)


def kept_allow_list(connection: Connection, *, allows_loopback: bool = False) -> AllowList:
    """Return the list as the sender asks it."""
    return AllowList(tuple(_of(one) for one in kept_destinations(connection)), allows_loopback)


def _of(kept: KeptDestination) -> Destination:
    return Destination(kept.scheme, kept.host, kept.port)


def _told(kept: KeptDestination) -> dict[str, str | int]:
    return {"scheme": kept.scheme, "host": kept.host, "port": kept.port}
