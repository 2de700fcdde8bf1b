"""Why a database cannot be used, in words a person can act on; never its address, which may hold a password."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

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
# A refused connection has no SQLSTATE: these are words of the server and of libpq, in English unless the server was
# told to speak otherwise. The first that fits is taken: conditions of the server before what is wrong with the address.
REFUSED: Final[Mapping[str, str]] = {
    "too many": POSTGRESQL["53300"],
    "connection slots": POSTGRESQL["53300"],
    "the database system": POSTGRESQL["57"],
    "pg_hba.conf": "PostgreSQL 不允许从这台机器用这个用户连接，请检查 pg_hba.conf",
    "password authentication failed": "PostgreSQL 不接受用户名或密码，请检查",
    "no password supplied": "PostgreSQL 要密码而地址里没有，请写成 用户:密码@主机",
    "not permitted to log in": "PostgreSQL 不让这个用户登录，请让管理员给它 LOGIN 权限",
    "permission denied for database": "PostgreSQL 不让这个用户连接这个库，请让管理员授予 CONNECT 权限",
    "not currently accepting connections": "PostgreSQL 的这个库不接受连接，请让管理员打开（ALLOW_CONNECTIONS）",
    "role": "PostgreSQL 没有这个用户，请检查用户名，或先建用户",
    "database": "PostgreSQL 服务器上没有这个库，请先建库（CREATE DATABASE），或检查库名",
}
ROLE_OR_DATABASE: Final = ("role", "database")
ABSENT: Final = "does not exist"
UNREACHABLE: Final = "连接不上 PostgreSQL，请检查主机、端口、库名和网络，以及服务是否已启动"
UNKNOWN: Final = "连接不上，请检查地址、权限和磁盘空间"
# Only reading is allowed; the transaction is gone or was ended from outside. (25P02 follows somebody's own error.)
CONDITIONS: Final = frozenset({"25006", "25P01", "25P03", "25P04"})
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
    state = _state(error)
    return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2]) or _refusal(str(error.orig), state)


def is_condition_of_the_database(error: Exception) -> bool:
    """Whether the database as a whole is in the way (gone, locked, full), not what was asked of it."""
    if isinstance(error, PoolTimeoutError) or _state(error) in CONDITIONS:
        return True
    return isinstance(error, OperationalError) and not is_between_transactions(error)


def is_between_transactions(error: Exception) -> bool:
    """Whether two were in each other's way (serialization, deadlock): the same may be tried again at once."""
    return _state(error).startswith("40")


def _state(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _refusal(said: str, state: str) -> str:
    _, fatal, reason = said.partition("FATAL:")
    if state:
        return UNKNOWN
    return next((words for sign, words in REFUSED.items() if fatal and _says(reason, sign)), UNREACHABLE)


def _says(reason: str, sign: str) -> bool:
    return sign in reason and (sign not in ROLE_OR_DATABASE or ABSENT in reason)
