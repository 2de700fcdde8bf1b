"""Whether the database will do, before the service is started or after. Changes nothing that is there."""

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from risk_screen.operations.checking import Check, bad, good, note
from risk_screen.operations.machine_checks import nearest_folder
from risk_screen.storage.database import POSTGRESQL, SQLITE, DatabaseError, attach_database, reading
from risk_screen.storage.migrating import is_current, knows, revision_of

OLDEST_SQLITE: Final = (3, 35)
MOST_DRIFT: Final = timedelta(seconds=5)
# SQLite's locks and its shared memory do not work there.
NETWORKED: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "glusterfs", "ceph"})


def database_checks(address: str, now: datetime) -> Iterator[Check]:
    """Look at the database of this address, whichever it is.

    Parameters
    ----------
    address : str
    now : datetime
        Aware; compared with the clock of the server.
    """
    try:
        url = make_url(address)
        kind = url.get_backend_name()
    except ArgumentError:
        kind = ""
    file = Path(str(url.database)) if kind == SQLITE and url.database else None
    if file is not None:
        yield _sqlite_version()
        yield _file_system(file.parent)
        yield _wal(file.parent)
        if not file.exists():
            yield good("schema", "数据库", f"{file} 还没有，启动服务时建立")
            return
    try:
        engine = attach_database(address)
    except DatabaseError as error:
        yield bad("database", "数据库", "打不开", error.detail)
        return
    yield from _attached(engine, now)
    engine.dispose()


def _attached(engine: Engine, now: datetime) -> Iterator[Check]:
    try:
        with reading(engine) as connection:
            yield _schema(connection)
            if engine.dialect.name == POSTGRESQL:
                yield from _postgresql(connection, now)
    except SQLAlchemyError:
        yield bad("database", "数据库", "读不了", "请检查权限；SQLite 文件损坏的，从备份恢复")


def _schema(connection: Connection) -> Check:
    revision = revision_of(connection)
    if not revision:
        return good("schema", "数据库", "空的，启动服务时建表")
    if is_current(connection):
        return good("schema", "数据库", f"表结构 {revision}，与程序相符")
    if knows(revision):
        return note("schema", "数据库", f"表结构 {revision}，比程序旧", "启动服务时自动升级；先备份")
    return bad("schema", "数据库", f"表结构 {revision}，比程序新", "请升级程序，或换一个数据库")


def _postgresql(connection: Connection, now: datetime) -> Iterator[Check]:
    def shown(name: str) -> str:
        return str(connection.execute(text(f"SHOW {name}")).scalar())

    yield good("postgresql", "PostgreSQL", f"{shown('server_version')}，编码 {shown('server_encoding')}")
    if connection.execute(text("SELECT pg_is_in_recovery()")).scalar():
        yield bad("postgresql_writes", "PostgreSQL 写入", "是只读的备机", "请改用主机的地址")
    if shown("synchronous_commit") in ("off", "local"):
        said = f"synchronous_commit = {shown('synchronous_commit')}"
        yield note("postgresql_commits", "PostgreSQL 落盘", said, "断电会丢已答复的记录，请改为 on")
    if shown("fsync") == "off":
        yield bad("postgresql_fsync", "PostgreSQL 落盘", "fsync = off", "断电会毁掉数据库，请改为 on")
    drift = abs(connection.execute(text("SELECT now()")).scalar_one() - now)
    if drift > MOST_DRIFT:
        said = f"与本机相差 {drift.total_seconds():.0f} 秒"
        yield note("postgresql_clock", "PostgreSQL 时钟", said, "请把两台机器都对时（NTP）")


def _sqlite_version() -> Check:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        return bad("sqlite", "SQLite", sqlite3.sqlite_version, "太旧，请换一个自带 3.35 以上的 Python")
    return good("sqlite", "SQLite", sqlite3.sqlite_version)


def _file_system(folder: Path) -> Check:
    kind = _kind_of_file_system(nearest_folder(folder))
    if kind in NETWORKED:
        advice = "SQLite 放在网络磁盘上会损坏，请放到本机磁盘，或改用 PostgreSQL"
        return bad("file_system", "数据库的文件系统", f"{kind}（网络磁盘）", advice)
    return good("file_system", "数据库的文件系统", kind or "看不出是哪一种")


def _kind_of_file_system(folder: Path) -> str:
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        return ""
    above = {str(folder), *map(str, folder.parents)}
    found = [(len(mount[1]), mount[2]) for mount in mounts if mount[1] in above]
    return max(found, default=(0, ""))[1]


def _wal(folder: Path) -> Check:
    """Write ahead on this file system, in a database of its own that is gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(dir=nearest_folder(folder)) as place:
            connection = sqlite3.connect(Path(place) / "probe.db", isolation_level=None)
            mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
            connection.execute("CREATE TABLE t (x)")
            connection.close()
    except (OSError, sqlite3.Error):
        mode = ""
    if mode != "wal":
        return bad("wal", "SQLite 先写日志（WAL）", "这个目录里用不了", "请把数据库放到本机磁盘上可写的目录")
    return good("wal", "SQLite 先写日志（WAL）", "可用")
