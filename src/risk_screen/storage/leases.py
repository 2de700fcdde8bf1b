"""Leases: at most one living process does a thing. A holder that stops counting its beats up has died."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from risk_screen.storage.changes import Change
from risk_screen.storage.lease_tables import leases

NOBODY = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """Who does a thing, and how it goes.

    Attributes
    ----------
    name : str
    holder : str
        The process; empty for none.
    beats : int
        Counts up while the holder lives.
    state : str
        ``waiting``, ``running``, ``failing`` or ``stuck``.
    succeeded_at, failed_at : str or None
        When it last went well and last failed.
    failures : int
        Since it last went well.
    """

    name: str
    holder: str
    beats: int
    state: str
    succeeded_at: str | None
    failed_at: str | None
    failures: int


def leases_of(connection: Connection) -> dict[str, Lease]:
    """Read every lease, by name."""
    return {row.name: Lease(**row._mapping) for row in connection.execute(select(leases))}


def take(change: Change, name: str, holder: str, seen: Lease | None) -> bool:
    """Take a lease over if it still is as it was seen; False when somebody was quicker."""
    change.take_turn()
    if seen is not None:
        is_unchanged = (leases.c.name == name, leases.c.holder == seen.holder, leases.c.beats == seen.beats)
        taken = change.connection.execute(
            update(leases).where(*is_unchanged).values(holder=holder, beats=seen.beats + 1)
        )
        return taken.rowcount == 1
    if change.connection.execute(select(leases.c.name).where(leases.c.name == name)).first() is not None:
        return False
    row = {"name": name, "holder": holder, "beats": 1, "state": "waiting", "failures": 0}
    change.connection.execute(insert(leases).values(row))
    return True


def beat(change: Change, lease: Lease) -> bool:
    """Count up and write down how it goes; False when another process has the lease."""
    held = update(leases).where(leases.c.name == lease.name, leases.c.holder == lease.holder)
    noted = {
        "state": lease.state,
        "succeeded_at": lease.succeeded_at,
        "failed_at": lease.failed_at,
        "failures": lease.failures,
    }
    return change.connection.execute(held.values(beats=leases.c.beats + 1, **noted)).rowcount == 1


def give_back(change: Change, holder: str) -> None:
    """Let another process take at once what this one holds."""
    change.connection.execute(update(leases).where(leases.c.holder == holder).values(holder=NOBODY))
