"""Whether the service can do its work: each thing it needs is looked at, none is assumed."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from risk_screen.api.schemas import HealthCheck
from risk_screen.operations.anchoring import usual_anchor_file
from risk_screen.operations.store import Store, StoreUnavailableError
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import CHANNELS
from risk_screen.settings import Settings
from risk_screen.storage.database import SQLITE, is_reachable
from risk_screen.storage.leases import leases_of
from risk_screen.storage.migrating import is_current

MEGABYTE: Final = 2**20


def readiness(state: Any) -> dict[str, HealthCheck]:
    """Look at everything; ``state`` is that of the application."""
    store: Store = state.store
    settings: Settings = state.settings
    return {
        "stopping": _not(state.is_stopping, "正在停止，不再受理", "没有在停止"),
        "database": _database(store),
        "rulebook": HealthCheck(ok=True, detail=f"已装入 {state.screener.book.version}"),
        "models": _models(state.screener),
        "disk": _disk(store, settings),
        "background": _background(store, settings),
    }


def _not(is_wrong: bool, wrong: str, well: str) -> HealthCheck:
    return HealthCheck(ok=not is_wrong, detail=wrong if is_wrong else well)


def _database(store: Store) -> HealthCheck:
    if not is_reachable(store.engine):
        return HealthCheck(ok=False, detail="连接不上，或不能写入")
    try:
        with store.reading() as connection:
            return _not(not is_current(connection), "表结构与程序不符，请重启服务以升级", "可以写入")
    except StoreUnavailableError:
        return HealthCheck(ok=False, detail="读不了")


def _models(screener: Screener) -> HealthCheck:
    missing = [channel for channel in CHANNELS if channel not in screener.classifiers]
    versions = "、".join(classifier.version for classifier in screener.classifiers.values())
    return _not(bool(missing), f"缺少 {'、'.join(missing)}", f"已装入 {versions}")


def _disk(store: Store, settings: Settings) -> HealthCheck:
    least = settings.min_free_megabytes
    short = [path for path in _folders(store, settings) if _free_megabytes(path) < least]
    return _not(bool(short), f"剩余空间不足 {least} MB，请清理磁盘", f"剩余空间在 {least} MB 以上")


def _folders(store: Store, settings: Settings) -> Iterator[Path]:
    """Where the service writes on this machine."""
    url = store.engine.url
    if url.get_backend_name() == SQLITE and url.database:
        yield Path(url.database).parent
    yield (settings.audit_anchors or usual_anchor_file(url)).parent


def _free_megabytes(folder: Path) -> float:
    try:
        return shutil.disk_usage(folder).free / MEGABYTE
    except FileNotFoundError:  # made when first written to
        return shutil.disk_usage(".").free / MEGABYTE
    except OSError:
        return 0.0


def _background(store: Store, settings: Settings) -> HealthCheck:
    if not settings.background:
        return HealthCheck(ok=True, detail="这里不做后台任务")
    try:
        with store.reading() as connection:
            stuck = [name for name, lease in leases_of(connection).items() if lease.state == "stuck"]
    except StoreUnavailableError:
        return HealthCheck(ok=False, detail="读不到后台任务的状态")
    return _not(bool(stuck), f"卡住了：{'、'.join(stuck)}；请看日志并重启服务", "没有卡住的")
