"""Where the service keeps everything: reads at once, writes in the order they came, several in one commit."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from risk_screen.casework.terms import ConsultationTerms
from risk_screen.errors import RiskScreenError
from risk_screen.operations.anchoring import AnchorFile
from risk_screen.storage.changes import Change, changing
from risk_screen.storage.database import reading
from risk_screen.storage.group_commit import GroupWriter, Work, WriterClosedError
from risk_screen.storage.sealing import KeyRing

T = TypeVar("T")


class StoreUnavailableError(RiskScreenError):
    """The database could not be read or written; nothing was written."""

    code = "store_unavailable"

    def __init__(self) -> None:
        super().__init__(
            "数据库暂时不能用，本次未写入任何内容：请稍后原样重试；若持续出现，请检查 --database、磁盘空间与数据库。"
        )


def _told(error: Exception) -> Exception:
    if not isinstance(error, SQLAlchemyError):
        return error
    unavailable = StoreUnavailableError()
    unavailable.__cause__ = error
    return unavailable


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Store:
    """The database of the service, and what gives the time (injected, so that tests can set it).

    Attributes
    ----------
    engine : Engine
        Open and migrated.
    now : callable
        Gives an aware instant; the only clock of the service.
    anchors : AnchorFile, optional
        Where the head of the audit trail is written down outside the database.
    committed : callable
        Told of every transaction after its commit; quick and without faults.
    terms : ConsultationTerms, optional
        How consultations are run; None: no registration opens one, as for a command that only screens.
    ring : callable
        Reads the keys that secrets are sealed with, anew each time, so that they can be changed while the service runs;
        None: they are not sealed. Raises KeyFileError.
    """

    engine: Engine
    now: Callable[[], datetime] = _utc_now
    anchors: AnchorFile | None = None
    committed: Callable[[Change], None] = lambda _: None
    terms: ConsultationTerms | None = None
    ring: Callable[[], KeyRing | None] = lambda: None
    _writer: GroupWriter = field(init=False)

    def __post_init__(self) -> None:
        self._writer = GroupWriter(self._transaction, _told)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads.

        Raises
        ------
        StoreUnavailableError
        """
        try:
            with reading(self.engine) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreUnavailableError from error

    def write(self, work: Work[T]) -> T:
        """Run ``work(change)`` in a write transaction and return what it returned, once that is committed.

        ``work`` reads and writes through the ``Change`` alone and has no other effects: it shares a transaction with
        others that came at the same time, and is run again should that transaction fail. What it raises is raised here,
        and nothing of it is written.

        Raises
        ------
        StoreUnavailableError
        """
        return self.submit(work).result()

    def submit(self, work: Work[T]) -> "Future[T]":
        """Do the same without waiting; the future fails with what ``write`` would raise."""
        try:
            return self._writer.submit(work)
        except WriterClosedError as error:
            raise StoreUnavailableError from error

    def close(self) -> None:
        """Write what waits, note the last head of the audit trail, and close the database."""
        self._writer.close()
        if self.anchors is not None:
            self.anchors.note_last(self.engine, self.now())
        self.engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Change]:
        with changing(self.engine, self.now()) as change:
            yield change
        self.committed(change)
        if self.anchors is not None and change.heads is not None:
            self.anchors.note(*change.heads, change.at)
