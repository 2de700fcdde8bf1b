"""Write down outside the database how far the audit trail had come, so that a tail cut off or rewritten shows."""

import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import orjson
from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from risk_screen.storage.audit_trail import Head, audit_head
from risk_screen.storage.database import SQLITE, reading

EVERY: Final = 1_000
AT_LEAST: Final = timedelta(hours=1)
ELSEWHERE: Final = Path("var/audit-anchors.jsonl")
SUFFIX: Final = ".audit-anchors.jsonl"
logger = logging.getLogger("risk_screen")


def usual_anchor_file(url: URL) -> Path:
    """Beside the database when that is a file, else in ``var``."""
    is_file = url.get_backend_name() == SQLITE and url.database and not url.query
    return Path(f"{url.database}{SUFFIX}") if is_file else ELSEWHERE


@dataclass(slots=True)
class AnchorFile:
    """A file that only grows: one line of JSON (``at``, ``sequence``, ``hash``) for each anchor.

    Anchors are written every ``every`` entries and at least once an hour while entries are made, and when the service
    stops. A file that cannot be written is recorded as a fault and never in the way of what is stored.
    """

    path: Path
    every: int = EVERY
    _noted_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, first: Head, last: Head, at: datetime) -> None:
        """Write an anchor if the entries just committed make one due."""
        is_round = last.sequence // self.every > (first.sequence - 1) // self.every
        if is_round or self._noted_at is None or at - self._noted_at >= AT_LEAST:
            self._append(last, at)

    def note_last(self, engine: Engine, at: datetime) -> None:
        """Write an anchor for the trail as it stands."""
        try:
            with reading(engine) as connection:
                head = audit_head(connection)
        except SQLAlchemyError:
            logger.error("审计锚点没有写下：数据库读不了")
            return
        if head.sequence:
            self._append(head, at)

    def _append(self, head: Head, at: datetime) -> None:
        line = orjson.dumps({"at": at.isoformat(timespec="milliseconds"), "sequence": head.sequence, "hash": head.hash})
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                _append_line(self.path, line)
            except OSError:
                logger.error("审计锚点写不进文件：请检查 RISK_SCREEN_AUDIT_ANCHORS 所指的文件和磁盘空间")
            self._noted_at = at


def read_anchors(path: Path) -> Iterator[tuple[int, Head | None]]:
    """Read every anchor with the number of its line; None stands for a line that is none.

    Raises
    ------
    OSError
        When there is no such file, or it cannot be read.
    """
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line:
            yield number, _anchor(line)


def _anchor(line: bytes) -> Head | None:
    try:
        plain = orjson.loads(line)
        return Head(int(plain["sequence"]), str(plain["hash"]))
    except (ValueError, TypeError, KeyError):
        return None


def _append_line(path: Path, line: bytes) -> None:
    """Append in one write, after what a power cut may have left of the line before, and wait for the disk."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        is_torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (b"\n" if is_torn else b"") + line + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
