"""The folder where several processes count together; in memory where that can be, so that no full disk stops them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
IN_MEMORY: Final = Path("/dev/shm")


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Make the folder and remove it; the library of metrics must be imported inside, it looks once."""
    where = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="risk-screen-metrics-", dir=where) as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def forget_worker(number: int) -> None:
    """Forget what only concerns a living process; what it counted stays counted."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(number)
