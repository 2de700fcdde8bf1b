"""Take a changed rulebook, policy and models into service: copied, checked, kept for replay, swapped as a whole."""

import logging
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from risk_screen.errors import RiskScreenError
from risk_screen.operations.releasing import MODEL_FILES
from risk_screen.wiring import Screener, find_models_directory, find_rules, keep_versions_in_service

if TYPE_CHECKING:
    from fastapi import FastAPI

    from risk_screen.operations.store import Store

RETRY_SECONDS: Final = 2.0
CURRENT: Final = "current"
FOLDERS_IGNORED: Final = (
    "没有换用目录里的规则和模型：已有经两人发布的版本，只有发布才能换。请在网页“发布”里提出，由另一人发布。"
)
logger = logging.getLogger("risk_screen")


@dataclass(slots=True)
class Release:
    """A rulebook and models, copied to where nobody edits them; every process of the service loads this copy."""

    folder: Path

    def load(self) -> Screener:
        """Load and check what was copied."""
        return Screener.load(self.folder / "rules", self.folder / "models")


@dataclass(slots=True)
class Releases:
    """Copies that one service makes when it is told to reload.

    Attributes
    ----------
    room : Path
        A private folder.
    rules, models : Path or None
        What was named on the command line when the service started.
    """

    room: Path
    rules: Path | None
    models: Path | None
    _count: int = field(default=0, init=False)

    def prepare(self) -> tuple[Release, Screener | None] | None:
        """Copy, load and check; None, and the reason in the log, when it cannot be taken."""
        self._count += 1
        release = Release(self.room / f"release-{self._count}")
        try:
            _copy(find_rules(self.rules), find_models_directory(self.models), release.folder)
            screener = release.load()
            (self.room / CURRENT).write_text(release.folder.name, encoding="utf-8")
        except (RiskScreenError, OSError) as error:
            shutil.rmtree(release.folder, ignore_errors=True)
            why = error.detail if isinstance(error, RiskScreenError) else type(error).__name__
            logger.error("没有重新载入，继续使用原来的规则和模型：%s", why)
            return None
        return release, screener

    def current(self) -> tuple[Release, Screener | None] | None:
        """Return the release that was last found good, to be loaded; None before the first."""
        try:
            name = (self.room / CURRENT).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return Release(self.room / name), None


class Swapper:
    """Swaps the screener of an application; requests under way keep the one they began with.

    Attributes
    ----------
    place : int
        Of the release of the database that is in service here; 0 before the first. From then on folders count no more.
    """

    def __init__(self, app: "FastAPI", store: "Store", place: int = 0) -> None:
        self.place = place
        self._app = app
        self._store = store
        self._turn = threading.Lock()
        self._stopping = threading.Event()

    def take(self, release: Release, screener: Screener | None = None, place: int = 0) -> None:
        """Keep the new versions in the database, as long as that takes, then put them into service."""
        from risk_screen.api.app import take_into_service

        with self._turn:
            if self.place and not place:
                logger.error(FOLDERS_IGNORED)
                return
            new = screener or release.load()
            while not self._stopping.is_set():
                try:
                    keep_versions_in_service(self._store, new, release.folder / "rules", release.folder / "models")
                except (RiskScreenError, OSError):
                    logger.warning("新的规则和模型还没有换上：数据库写不进去，稍后再试")
                    self._stopping.wait(RETRY_SECONDS)
                else:
                    take_into_service(self._app, new)
                    self.place = place
                    self._app.openapi_schema = None
                    models = "、".join(one.version for one in new.classifiers.values())
                    logger.info("换用规则 %s，模型 %s", new.book.version, models)
                    return

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._stopping.set()


def _copy(rules: Path, models: Path, folder: Path) -> None:
    shutil.copytree(rules, folder / "rules", ignore=shutil.ignore_patterns(".*"))
    for card in models.glob("*/card.yaml"):
        channel = folder / "models" / card.parent.name
        channel.mkdir(parents=True)
        for name in MODEL_FILES:
            shutil.copyfile(card.parent / name, channel / name)
