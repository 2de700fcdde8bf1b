"""Files of rulebooks and models by version, kept as long as assessments made with them."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from risk_screen.errors import RiskScreenError
from risk_screen.storage.changes import Change
from risk_screen.storage.tables import released_versions

MOST_BYTES: Final = 64 * 2**20


class ReleaseTooLargeError(RiskScreenError):
    """A folder of rules or models holds more than can be kept."""

    code = "release_too_large"

    def __init__(self) -> None:
        super().__init__(f"规则目录或模型的文件共超过 {MOST_BYTES >> 20} MB，不能保存：请把不相干的文件移出规则目录。")


def has_release(connection: Connection, kind: str, version: str) -> bool:
    """Whether a version is kept."""
    query = select(func.count()).select_from(released_versions)
    return bool(connection.execute(query.where(*_is(kind, version))).scalar())


def keep_release(change: Change, kind: str, version: str, content: bytes) -> None:
    """Keep a version, once."""
    change.take_turn()
    change.settle((released_versions, kind, version))
    if not has_release(change.connection, kind, version):
        row = {"kind": kind, "version": version, "content": content, "created_at": change.at_text}
        change.add(released_versions, row, name=(released_versions, kind, version))


def release(connection: Connection, kind: str, version: str) -> bytes | None:
    """Return the files of a version as a zip; None when it is not kept."""
    content = connection.execute(select(released_versions.c.content).where(*_is(kind, version))).scalar()
    return None if content is None else bytes(content)


def _is(kind: str, version: str) -> tuple[ColumnElement[bool], ...]:
    return released_versions.c.kind == kind, released_versions.c.version == version
