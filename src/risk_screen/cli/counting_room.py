"""The folder where several processes count together: metrics, and the calls of keys. In memory where that can be."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
IN_MEMORY: Final = Path("/dev/shm")


@contextmanager
def counting_room() -> Iterator[Path]:
    """Make the folder and remove it; the library of metrics must be imported inside, it looks once.

    Yields
    ------
    Path
        Of an empty folder inside, for the calls of keys. No full disk stops what counts in memory.
    """
    where = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="risk-screen-counts-", dir=where) as folder:
        os.environ[FOLDER] = folder
        calls = Path(folder) / "calls"
        calls.mkdir()
        try:
            yield calls
        finally:
            del os.environ[FOLDER]


def forget_worker(number: int) -> None:
    """Forget what only concerns a living process; what it counted stays counted."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(number)
