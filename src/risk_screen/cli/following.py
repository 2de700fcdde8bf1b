"""Run what was released through the database: at the start, and within seconds whenever another is released."""

import logging
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final

from risk_screen.cli.reloading import Release, Swapper
from risk_screen.errors import RiskScreenError
from risk_screen.operations.fault_log import record_fault
from risk_screen.operations.release_archive import read_archive, unpack
from risk_screen.storage.proposed_releases import files_of_release, release_in_service
from risk_screen.wiring import Screener

if TYPE_CHECKING:
    from risk_screen.operations.store import Store

LOOK_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 30.0
logger = logging.getLogger("risk_screen")


class ReleaseUnusableError(RiskScreenError):
    """What is in service by the database cannot be run by this program."""

    code = "release_unusable"

    def __init__(self, release_id: str, why: str) -> None:
        super().__init__(
            f"已发布的版本（{release_id}）载入不了，没有换用别的：{why}\n"
            "请换回能运行它的程序版本；要升级程序，先发布一个新程序也能运行的版本。"
        )


@dataclass(frozen=True, slots=True)
class Released:
    """A release of the database, loaded.

    Attributes
    ----------
    place : int
        How many were released up to it.
    release : Release
        Its files, in a folder of this process.
    """

    id: str
    place: int
    release: Release
    screener: Screener

    def forget_files(self) -> None:
        """Remove the folder; the screener needs it no more."""
        shutil.rmtree(self.release.folder, ignore_errors=True)


def load_released(store: "Store", known: int = 0) -> Released | None:
    """Load what was released last; None when nothing was, or nothing since the one known.

    Raises
    ------
    ReleaseUnusableError, StoreUnavailableError
    """
    with store.reading() as connection:
        one = release_in_service(connection)
        if one is None or one.place is None or one.place == known:
            return None
        content = files_of_release(connection, one.id)
    folder = Path(mkdtemp(prefix="risk-screen-released-"))
    try:
        unpack(read_archive(content), folder)
        release = Release(folder)
        return Released(one.id, one.place, release, release.load())
    except (RiskScreenError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        why = error.detail if isinstance(error, RiskScreenError) else type(error).__name__
        raise ReleaseUnusableError(one.id, why) from error


class Follower:
    """Looks every second what was released last, and takes it into service in this process.

    Parameters
    ----------
    store : Store
    swapper : Swapper
        Knows what is in service here.
    """

    def __init__(self, store: "Store", swapper: Swapper) -> None:
        self._store = store
        self._swapper = swapper
        self._stopping = threading.Event()

    def catch_up(self) -> None:
        """Take what was released last into service, if this process does not run it already.

        Raises
        ------
        ReleaseUnusableError, StoreUnavailableError
        """
        found = load_released(self._store, self._swapper.place)
        if found is not None:
            try:
                self._swapper.take(found.release, found.screener, found.place)
            finally:
                found.forget_files()

    def start(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._follow, name="releases", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _follow(self) -> None:
        pause = LOOK_SECONDS
        while not self._stopping.wait(pause):
            pause = LOOK_SECONDS
            try:
                self.catch_up()
            except ReleaseUnusableError as error:
                logger.error("继续使用原来的规则和模型：%s", error.detail)
                pause = RETRY_SECONDS
            except RiskScreenError:
                continue  # the database is away; what is in service stays
            except Exception as error:  # a thread's outermost frame; what is in service stays
                record_fault(error, "换用新发布的规则和模型")
                pause = RETRY_SECONDS
