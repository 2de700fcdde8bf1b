"""Whether this machine will do: processor, memory, disks, clock, characters, port, optional parts. Changes nothing."""

import locale
import os
import shutil
import socket
import sys
import tempfile
import time
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from risk_screen.access.caller import address_of
from risk_screen.operations.checking import Check, bad, good, note
from risk_screen.settings import Settings

OLDEST_PYTHON: Final = (3, 11)
FEW_PROCESSORS: Final = 2
GIGABYTE: Final = 2**30
LITTLE_MEMORY: Final = 2 * GIGABYTE
TOO_LITTLE_MEMORY: Final = GIGABYTE // 2
LITTLE_DISK: Final = 5 * GIGABYTE
SHANGHAI: Final = "Asia/Shanghai"
NOT_BEFORE: Final = datetime(2026, 11, 1).astimezone()
NOT_AFTER: Final = datetime(2046, 1, 1).astimezone()
PARTS: Final[Mapping[str, str]] = {
    "psycopg": "用 PostgreSQL（附加项 postgresql）",
    "pyarrow": "读写 .parquet（附加项 parquet）",
    "sklearn": "重新训练（附加项 learning）",
}
_MEMORY_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")


def machine_checks(settings: Settings, folders: Mapping[str, Path], now: datetime) -> Iterator[Check]:
    """Look at everything that is not the database, the rules or the models.

    Parameters
    ----------
    settings : Settings
    folders : mapping of str to Path
        What each is for, and where the service will write.
    now : datetime
        Aware.
    """
    yield _python()
    yield _processors()
    yield _memory()
    for what, folder in folders.items():
        yield _folder(what, folder)
        yield _disk(what, folder, settings.min_free_megabytes)
    yield _clock(now)
    yield _time_zone(now)
    yield _characters()
    yield _port(settings)
    yield _public_address(settings)
    yield from _parts()


def nearest_folder(path: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there."""
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _python() -> Check:
    said = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return bad("python", "Python", said, "请换成 3.11 或更新的版本")
    return good("python", "Python", said)


def _processors() -> Check:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if count < FEW_PROCESSORS:
        return note("processors", "处理器", f"{count} 个", "能用；人多时请求会排队，建议 2 个以上")
    return good("processors", "处理器", f"{count} 个")


def _memory() -> Check:
    bytes_ = _bytes_of_memory()
    if bytes_ is None:
        return note("memory", "内存", "看不出有多少", "请确认至少有 2 GB")
    said = f"可用 {bytes_ / GIGABYTE:.1f} GB"
    if bytes_ < TOO_LITTLE_MEMORY:
        return bad("memory", "内存", said, "请关掉别的程序或加内存，至少留 512 MB")
    if bytes_ < LITTLE_MEMORY:
        return note("memory", "内存", said, "能用；进程多（--workers）或筛查大表时可能不够，建议 2 GB 以上")
    return good("memory", "内存", said)


def _bytes_of_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        limit = _MEMORY_LIMIT.read_text(encoding="ascii").strip() if _MEMORY_LIMIT.exists() else "max"
        return min(available, int(limit)) if limit.isdigit() else available
    except (OSError, ValueError, StopIteration):
        return None


def _folder(what: str, folder: Path) -> Check:
    name, title = "folder", f"{what}的目录"
    try:
        with tempfile.TemporaryFile(dir=nearest_folder(folder)) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return bad(name, title, f"{folder} 写不进去", "请检查目录的属主与权限，以运行服务的账号运行本命令")
    return good(name, title, f"{folder} 可写")


def _disk(what: str, folder: Path, least_megabytes: int) -> Check:
    name, title = "disk", f"{what}的磁盘"
    free = shutil.disk_usage(nearest_folder(folder)).free
    said = f"剩余 {free / GIGABYTE:.1f} GB"
    if free < least_megabytes * 2**20:
        return bad(name, title, said, f"请清理磁盘，至少要 {least_megabytes} MB，否则 /readyz 答 503")
    if free < LITTLE_DISK:
        return note(name, title, said, "能用；每存 10 万条约占 1 GB，建议 5 GB 以上")
    return good(name, title, said)


def _clock(now: datetime) -> Check:
    said = f"{now.astimezone():%Y-%m-%d %H:%M:%S}"
    if not NOT_BEFORE <= now <= NOT_AFTER:
        return bad("clock", "时钟", said, "请校准系统时间（NTP）：编号、时限和审计记录都靠它")
    return good("clock", "时钟", said)


def _time_zone(now: datetime) -> Check:
    name, title = "time_zone", "时区"
    try:
        zoneinfo.ZoneInfo(SHANGHAI)
    except zoneinfo.ZoneInfoNotFoundError:
        return bad(name, title, "系统里没有时区资料", "请安装 tzdata")
    if now.astimezone().utcoffset() != timedelta(hours=8):
        said = f"{time.tzname[0]}，不是北京时间"
        return note(name, title, said, f"网页照样显示北京时间；命令行和日志按系统时区，建议设为 {SHANGHAI}")
    return good(name, title, "北京时间")


def _characters() -> Check:
    encodings = {locale.getpreferredencoding(False), sys.getfilesystemencoding()}
    others = sorted(one for one in encodings if one.replace("-", "").lower() != "utf8")
    if others:
        return note("characters", "字符编码", "、".join(others), "请设 LANG=C.UTF-8，否则中文文件名和提示可能是乱码")
    return good("characters", "字符编码", "UTF-8")


def _port(settings: Settings) -> Check:
    said = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError:
            return note(
                "port",
                "端口",
                f"{said} 用不了",
                "服务已在运行就不用管；否则换一个 --port，或检查 --host 是不是本机的地址",
            )
    return good("port", "端口", f"{said} 空着")


def _public_address(settings: Settings) -> Check:
    name, title = "public_address", "对外地址"
    if settings.public_url:
        return good(name, title, settings.public_url)
    found = address_of(settings.host)
    is_only_here = settings.host == "localhost" or (found is not None and found.is_loopback)
    if is_only_here and not settings.trusted_proxies:
        return good(name, title, "只在本机用")
    advice = "请设 RISK_SCREEN_PUBLIC_URL，否则用主机名访问会答 421，邀请链接按每次访问的地址写"
    return note(name, title, "没有设", advice)


def _parts() -> Iterator[Check]:
    for module, use in PARTS.items():
        has = find_spec(module) is not None
        yield good(f"part_{module}", "可选部分", f"{module} {'已装' if has else '没有装'}：{use}")
