"""Commit together what came at the same time: one thread writes, and every caller waits for its commit."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from risk_screen.storage.causes import is_between_transactions, is_condition_of_the_database
from risk_screen.storage.changes import Change

T = TypeVar("T")
Work = Callable[[Change], T]
# A larger batch saves nothing more on the commit, and makes a retry dearer.
MOST_TOGETHER: Final = 256
# A writer without work ends; the next piece of work starts another.
IDLE_SECONDS: Final = 5.0
# Of transactions that others were in the way of.
MOST_TRIES: Final = 3


class WriterClosedError(Exception):
    """The writer was told to stop and takes nothing more."""


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work[Any]
    done: "Future[Any]"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a piece of work raised before it wrote anything: its caller's answer, and nobody else's concern."""

    error: Exception


class GroupWriter:
    """Runs pieces of work in the order they came, several in one transaction.

    A piece of work may be run again when the transaction it was part of failed: it must do nothing but read and write
    through the ``Change`` it is given. One that raises spoils only itself; best before it writes anything, for then the
    others need not be run again.

    Parameters
    ----------
    transaction : callable
        Opens one write transaction.
    told : callable
        Makes of what went wrong the error that the caller gets; called once for each caller.
    """

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Change]],
        told: Callable[[Exception], Exception] = lambda error: error,
    ) -> None:
        self._transaction = transaction
        self._told = told
        self._waiting: list[_Job] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def submit(self, work: Work[T]) -> "Future[T]":
        """Queue a piece of work; the future has its result once it is committed.

        Raises
        ------
        WriterClosedError
        RuntimeError
            When called by a piece of work: it would wait for itself.
        """
        if threading.current_thread() is self._thread:
            raise RuntimeError("a piece of work submitted work")
        done: Future[T] = Future()
        done.set_running_or_notify_cancel()
        with self._changed:
            if self._is_closed:
                raise WriterClosedError
            self._waiting.append(_Job(work, done))
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="group-writer", daemon=True)
                self._thread.start()
            self._changed.notify()
        return done

    def close(self) -> None:
        """Take nothing more, write what waits, and return when that is committed."""
        with self._changed:
            self._is_closed = True
            thread = self._thread
            self._changed.notify()
        if thread is not None:
            thread.join()

    def _write(self) -> None:
        while jobs := self._next_jobs():
            self._commit(jobs)

    def _next_jobs(self) -> list[_Job]:
        """Wait for work; nothing comes back when the thread is to end."""
        with self._changed:
            while not self._waiting:
                if self._is_closed or not (self._changed.wait(IDLE_SECONDS) or self._waiting):
                    self._thread = None
                    return []
            jobs = self._waiting[:MOST_TOGETHER]
            del self._waiting[:MOST_TOGETHER]
            return jobs

    def _commit(self, jobs: Sequence[_Job], tries: int = MOST_TRIES) -> None:
        """Commit all; when that fails each half alone, down to the one at fault, unless the database is in the way."""
        try:
            results = self._attempt(jobs)
        except Exception as error:  # any fault of a work belongs to its caller; the thread must go on for the others
            if tries > 1 and is_between_transactions(error):
                self._commit(jobs, tries - 1)
            elif len(jobs) > 1 and not is_condition_of_the_database(error):
                half = len(jobs) // 2
                self._commit(jobs[:half])
                self._commit(jobs[half:])
            else:
                for job in jobs:
                    job.done.set_exception(self._told(error))
        else:
            for job, result in zip(jobs, results, strict=True):
                if isinstance(result, _Refusal):
                    job.done.set_exception(self._told(result.error))
                else:
                    job.done.set_result(result)

    def _attempt(self, jobs: Sequence[_Job]) -> list[Any]:
        with self._transaction() as change:
            change.pieces = len(jobs)
            return [_outcome(job.work, change) for job in jobs]


def _outcome(work: Work[Any], change: Change) -> Any:
    written = change.written
    try:
        return work(change)
    except SQLAlchemyError:
        raise
    except Exception as error:
        if change.written != written:
            raise
        return _Refusal(error)
