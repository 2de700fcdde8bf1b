"""The file that names the running service and its address; a lock on it shows that it lives, so no stranger is told."""

import fcntl
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from risk_screen.errors import RiskScreenError

logger = logging.getLogger("risk_screen")


class NotRunningError(RiskScreenError):
    """No service can be found to be told something."""

    code = "service_not_running"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"没有找到正在运行的服务（进程号文件 {path}）：请在服务的工作目录里运行，"
            "或设 RISK_SCREEN_PID_FILE 与服务相同。"
        )


@contextmanager
def noted_in(path: Path, address: str) -> Iterator[int | None]:
    """Write the number of this process, and below it where it listens, into the file as long as it runs.

    Yields
    ------
    int or None
        The descriptor that holds the lock: a process forked from this one closes it. None when the file cannot be
        written or belongs to another service, which is logged and in nobody's way.
    """
    descriptor = _locked(path)
    if descriptor is None:
        logger.warning("进程号没有写进 %s：写不进去，或属于另一个正在运行的服务", path)
        yield None
        return
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n{address}\n".encode(), 0)
    try:
        yield descriptor
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def tell(path: Path, what: signal.Signals) -> None:
    """Send a signal to the service that wrote the file.

    Raises
    ------
    NotRunningError
    """
    try:
        with path.open("rb") as file:
            number = int(file.readline(20) or 0)
            if _try_lock(file.fileno()) or number <= 1:
                raise NotRunningError(path)
            os.kill(number, what)
    except (OSError, ValueError) as error:
        raise NotRunningError(path) from error


def noted_address(path: Path) -> str:
    """Tell where the service listens that wrote the file; empty when none runs."""
    try:
        with path.open("rb") as file:
            return "" if _try_lock(file.fileno()) else file.read(300).decode("ascii").partition("\n")[2].strip()
    except (OSError, ValueError):
        return ""


def _locked(path: Path) -> int | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return None
    if _try_lock(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
