"""Write the whole database into one file while the service runs, and put such a file back: whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from risk_screen.access.actor import Actor
from risk_screen.operations.auditing import verify_within
from risk_screen.storage.archive_errors import (
    ArchiveDamagedError,
    ArchiveNewerError,
    BackupUnwritableError,
    NotEmptyError,
    NothingToBackUpError,
    RestoredTrailError,
)
from risk_screen.storage.archive_file import ArchiveWriter, Header, check_archive, read_archive
from risk_screen.storage.archived_tables import drop_tables, has_rows, lines_of_tables, load_tables
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.causes import cause_of
from risk_screen.storage.changes import Change, changing
from risk_screen.storage.database import DatabaseError, connect_database, reading_still
from risk_screen.storage.migrating import is_current, knows, migrate, revision_of

OPERATOR: Final = Actor("system", "operator")
SUBJECT: Final = "database"
PART: Final = ".partial"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was written or put back.

    Attributes
    ----------
    sha256 : str
        Of the file.
    header : Header
    rows : int
    """

    sha256: str
    header: Header
    rows: int


@dataclass(frozen=True, slots=True)
class Restoring:
    """How a backup is put back.

    Attributes
    ----------
    passphrase : bytes or None
    replaces : bool
        What the database holds is taken away first.
    """

    passphrase: bytes | None = None
    replaces: bool = False


def back_up(engine: Engine, target: Path, at: datetime, *, program: str, passphrase: bytes | None = None) -> BackedUp:
    """Write every table as it stands now into a file that appears when it is whole; others go on writing meanwhile.

    The audit trail says so, if its schema is the one of this program.

    Raises
    ------
    BackupUnwritableError, NothingToBackUpError, DatabaseError
    """
    with _database_told():
        with _whole_file(target) as file, reading_still(engine) as connection:
            revision = revision_of(connection)
            if not revision:
                raise NothingToBackUpError
            at_text = at.isoformat(timespec="milliseconds")
            header = Header(program, revision, engine.dialect.name, at_text)
            made = _write(connection, file, header, passphrase)
            is_ours = is_current(connection)
        if is_ours:
            with changing(engine, at) as change:
                _note(change, "database.back_up", made)
    return made


def check_backup(source: Path) -> tuple[Header, str]:
    """Read a backup from beginning to end without its passphrase: what it says of itself, and its SHA-256.

    Raises
    ------
    ArchiveUnreadableError, ArchiveDamagedError, OSError
    """
    with source.open("rb") as file:
        return check_archive(file)


def restore(address: str, source: Path, at: datetime, how: Restoring) -> BackedUp:
    """Put a backup of either engine into a database of either engine, in one transaction, and check its audit trail.

    Raises
    ------
    ArchiveUnreadableError, ArchiveDamagedError, ArchiveNewerError, PassphraseError
        Before the database is touched (the passphrase: before it is changed).
    NotEmptyError
        When the database holds something and ``how`` does not say that it may go.
    RestoredTrailError
        When the audit trail in the backup is not whole; nothing is changed then.
    DatabaseError, OSError
    """
    with source.open("rb") as file:
        header, sha256 = check_archive(file)
        if not knows(header.revision):
            raise ArchiveNewerError
        lines = read_archive(file, how.passphrase)
        engine = connect_database(address)
        try:
            with _database_told(), changing(engine, at) as change:
                return _fill(change, lines, BackedUp(sha256, header, 0), replaces=how.replaces)
        finally:
            engine.dispose()


def _write(connection: Connection, file: BinaryIO, header: Header, passphrase: bytes | None) -> BackedUp:
    writer, rows = ArchiveWriter(file, header, passphrase), 0
    for line in lines_of_tables(connection):
        writer.write(line)
        rows += line.startswith(b"[")
    return BackedUp(writer.finish(), header, rows)


def _fill(change: Change, lines: Iterator[bytes], backup: BackedUp, *, replaces: bool) -> BackedUp:
    change.take_turn()
    if has_rows(change.connection) and not replaces:
        raise NotEmptyError
    drop_tables(change.connection)
    migrate(change.connection, backup.header.revision)
    try:
        counts = load_tables(change.connection, lines)
    except (ValueError, KeyError, TypeError) as error:  # its SHA-256 is right, so it was made to be wrong
        raise ArchiveDamagedError from error
    migrate(change.connection)
    if verify_within(change.connection).findings:
        raise RestoredTrailError
    restored = BackedUp(backup.sha256, backup.header, sum(counts.values()))
    _note(change, "database.restore", restored)
    return restored


def _note(change: Change, action: str, backup: BackedUp) -> None:
    details = {"sha256": backup.sha256, "rows": backup.rows, "revision": backup.header.revision}
    details["backup_created_at"] = backup.header.created_at
    change.record(AuditEntry(OPERATOR, action, SUBJECT, backup.header.engine, details=details))


@contextmanager
def _whole_file(target: Path) -> Iterator[BinaryIO]:
    """Open a private file that gets its name when it is whole and on the disk; otherwise nothing of it stays."""
    part = target.with_name(target.name + PART)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise BackupUnwritableError from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _database_told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseError(cause_of(error)) from error
