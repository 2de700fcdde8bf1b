"""Keep and find releases: what people proposed, what was decided, what is in service."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, RowMapping, desc, func, or_, select

from risk_screen.storage.changes import Change
from risk_screen.storage.release_tables import releases


class ReleaseState(StrEnum):
    """Where a release stands."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Release:
    """One release without its files; see the columns of ``release_tables`` for what each value means."""

    id: str
    state: ReleaseState
    place: int | None
    base: str
    versions: str
    changes: str
    content_sha256: str
    reason: str
    note: str
    decided_by: str | None
    decided_at: str | None
    version: int
    made_by: str
    party: str
    town: str
    created_at: str
    changed_at: str


# A list must not fetch megabytes of files.
_WITHOUT_FILES: Final = tuple(column for column in releases.columns if column.name != "content")


def add_release(change: Change, one: Release, content: bytes) -> None:
    """Add a proposal with its files."""
    change.connection.execute(releases.insert(), {**asdict(one), "content": content})


def save_release(change: Change, one: Release) -> None:
    """Put a release in the place of its earlier version; its files never change."""
    change.connection.execute(releases.update().where(releases.c.id == one.id), asdict(one))


def release_with_id(connection: Connection, release_id: str) -> Release | None:
    """Return a release; None when there is none with this id."""
    row = connection.execute(select(*_WITHOUT_FILES).where(releases.c.id == release_id)).mappings().first()
    return None if row is None else _release(row)


def files_of_release(connection: Connection, release_id: str) -> bytes:
    """Return the files of a release as a zip."""
    return bytes(connection.execute(select(releases.c.content).where(releases.c.id == release_id)).scalar_one())


def release_in_service(connection: Connection) -> Release | None:
    """Return what was released last; None before the first release."""
    query = select(*_WITHOUT_FILES).where(releases.c.place.is_not(None)).order_by(desc(releases.c.place)).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else _release(row)


def last_place(connection: Connection) -> int:
    """Return the place of what is in service; 0 before the first release."""
    return connection.execute(select(func.max(releases.c.place))).scalar() or 0


def makers_of(connection: Connection, one: Release) -> frozenset[str]:
    """Return everybody who ever proposed these files, or others that make the same versions."""
    same = or_(releases.c.content_sha256 == one.content_sha256, releases.c.versions == one.versions)
    return frozenset(connection.execute(select(releases.c.made_by).where(same)).scalars())


def releases_newest_first(connection: Connection, after: str | None, limit: int) -> list[Release]:
    """Return releases, the latest proposed first, those after one id."""
    query = select(*_WITHOUT_FILES)
    if after is not None:
        query = query.where(releases.c.id < after)
    return [_release(row) for row in connection.execute(query.order_by(desc(releases.c.id)).limit(limit)).mappings()]


def _release(row: RowMapping) -> Release:
    return Release(**{**row, "state": ReleaseState(row["state"])})
