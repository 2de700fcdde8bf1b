"""Why a database cannot be used, in words a person can act on; never its address, which may hold a password."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError

SQLITE: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_CANTOPEN: "文件或它所在的目录打不开，请检查路径与权限",
    sqlite3.SQLITE_READONLY: "文件或它所在的目录不可写，请检查权限",
    sqlite3.SQLITE_NOTADB: "这个文件不是 SQLite 数据库，请换一个文件名",
    sqlite3.SQLITE_CORRUPT: "数据库文件已损坏，请从备份恢复或换一个文件名",
    sqlite3.SQLITE_FULL: "磁盘已满，请腾出空间",
    sqlite3.SQLITE_BUSY: "另一个程序长时间占用着它，请关闭那个程序后重试",
}
# By SQLSTATE, or by its class (the first two characters).
POSTGRESQL: Final[Mapping[str, str]] = {
    "25006": "PostgreSQL 只读（可能是备机），请改用主机的地址",
    "42501": "PostgreSQL 账号没有建表或写入的权限，请让管理员授予该库 public 模式的 CREATE 权限",
    "53100": "PostgreSQL 服务器磁盘已满，请腾出空间",
    "53300": "PostgreSQL 连接数已满，请关闭闲置的连接或调大 max_connections",
    "55P03": "另一个程序长时间占用着它，请关闭那个程序后重试",
    "57": "PostgreSQL 正在启动或停止，请稍后重试",
}
# A refused connection has no SQLSTATE; these are the server's own words, in English unless it was told otherwise.
REFUSED: Final[Mapping[str, str]] = {
    "password": "PostgreSQL 不接受用户名或密码，请检查",
    "role": "PostgreSQL 没有这个用户，请检查用户名，或先建用户",
    "pg_hba.conf": "PostgreSQL 不允许从这台机器用这个用户连接，请检查 pg_hba.conf",
    "starting up": POSTGRESQL["57"],
    "too many": POSTGRESQL["53300"],
    "database": "PostgreSQL 服务器上没有这个库，请先建库（CREATE DATABASE），或检查库名",
}
UNREACHABLE: Final = "连接不上 PostgreSQL，请检查主机、端口、库名和网络，以及服务是否已启动"
UNKNOWN: Final = "连接不上，请检查地址、权限和磁盘空间"
FOLDER: Final = "它所在的目录建不起来，请检查路径与权限"


def cause_of(error: Exception) -> str:
    """Say why, from the driver's own code."""
    if not isinstance(error, DBAPIError):
        return FOLDER
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return SQLITE.get(sqlite_code & 0xFF, UNKNOWN)
    if not hasattr(error.orig, "sqlstate"):
        return UNKNOWN
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2]) or _refusal(str(error.orig), state)


def is_condition_of_the_database(error: Exception) -> bool:
    """Whether the database as a whole is in the way (gone, locked, full), not what was asked of it.

    A deadlock (SQLSTATE class 40) is between two transactions: what was asked may be tried again at once.
    """
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    return isinstance(error, OperationalError) and not state.startswith("40")


def _refusal(said: str, state: str) -> str:
    _, fatal, reason = said.partition("FATAL:")
    if not state and fatal:
        return next((words for sign, words in REFUSED.items() if sign in reason), UNREACHABLE)
    return UNREACHABLE if not state else UNKNOWN
