"""What was tried to sign in, by name (as a hash, known or not) and by address; kept for a day."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from risk_screen.access.lockout import Attempt
from risk_screen.storage.access_tables import sign_in_attempts
from risk_screen.storage.changes import Change
from risk_screen.storage.sessions import forget_sessions
from risk_screen.storage.single_sign_ons import forget_single_sign_ons

KEPT: Final = timedelta(days=1)


def note_attempt(change: Change, attempt_id: str, name_sha256: str, address: str, *, succeeded: bool) -> None:
    """Write down a try."""
    row = {
        "id": attempt_id,
        "name_sha256": name_sha256,
        "address": address,
        "succeeded": succeeded,
        "at": change.at_text,
    }
    change.connection.execute(insert(sign_in_attempts), row)


def attempts_on(connection: Connection, name_sha256: str, since: datetime) -> list[Attempt]:
    """Return what was tried on a name."""
    query = select(sign_in_attempts.c.at, sign_in_attempts.c.succeeded).where(
        sign_in_attempts.c.name_sha256 == name_sha256, sign_in_attempts.c.at >= _text(since)
    )
    rows = connection.execute(query.order_by(sign_in_attempts.c.id))
    return [Attempt(datetime.fromisoformat(row.at), row.succeeded) for row in rows]


def failures_from(connection: Connection, address: str, since: datetime) -> int:
    """Count what failed from an address, whatever the names."""
    query = select(func.count()).where(
        sign_in_attempts.c.address == address, sign_in_attempts.c.at >= _text(since), ~sign_in_attempts.c.succeeded
    )
    return connection.execute(query).scalar_one()


def forget_attempts_on(change: Change, name_sha256: str) -> None:
    """Forget what was tried on a name: an administrator opens a lock."""
    change.connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.name_sha256 == name_sha256))


def forget_old_attempts(change: Change) -> None:
    """Remove what was tried more than a day ago."""
    over = _text(change.at - KEPT)
    change.connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.at < over))


def sweep_access(change: Change) -> None:
    """Remove tries, sessions, links and single sign-ons whose time is over."""
    forget_old_attempts(change)
    forget_sessions(change)
    forget_single_sign_ons(change)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
