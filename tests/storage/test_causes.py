"""Why a database cannot be used: the advice fits what the server said, and is not for somebody else's fault."""

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from risk_screen.storage.causes import UNKNOWN, UNREACHABLE, cause_of, is_condition_of_the_database

REFUSALS = [
    ("sorry, too many clients already", "连接数已满"),
    ('too many connections for role "app"', "连接数已满"),
    ('too many connections for database "district"', "连接数已满"),
    ("remaining connection slots are reserved for roles with the SUPERUSER attribute", "连接数已满"),
    ("the database system is starting up", "正在启动或停止"),
    ("the database system is shutting down", "正在启动或停止"),
    ("the database system is in recovery mode", "正在启动或停止"),
    ('no pg_hba.conf entry for host "10.0.0.1", user "app", database "district", no encryption', "pg_hba.conf"),
    ('pg_hba.conf rejects connection for host "10.0.0.1", user "app", database "district"', "pg_hba.conf"),
    ('password authentication failed for user "role"', "不接受用户名或密码"),
    ('role "app" is not permitted to log in', "LOGIN"),
    ('permission denied for database "district"', "CONNECT"),
    ('database "district" is not currently accepting connections', "ALLOW_CONNECTIONS"),
    ('role "app" does not exist', "没有这个用户"),
    ('database "district" does not exist', "没有这个库"),
    ("Peer authentication failed for user app", UNREACHABLE),
]


def refused(reason: str) -> DBAPIError:
    said = f'connection failed: connection to server at "10.0.0.9", port 5432 failed: FATAL:  {reason}'
    return OperationalError("", {}, psycopg.OperationalError(said))


@pytest.mark.parametrize(("reason", "advice"), REFUSALS)
def test_a_refused_connection_gets_the_advice_that_fits(reason: str, advice: str) -> None:
    assert advice in cause_of(refused(reason))


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (errors.ReadOnlySqlTransaction(), "备机"),
        (errors.InsufficientPrivilege(), "CREATE 权限"),
        (errors.DiskFull(), "磁盘已满"),
        (errors.AdminShutdown(), "正在启动或停止"),
        (errors.UndefinedTable(), UNKNOWN),
        (psycopg.OperationalError('could not translate host name "database.role" to address'), UNREACHABLE),
    ],
)
def test_an_error_of_the_server_is_told_by_its_state(error: psycopg.Error, advice: str) -> None:
    assert advice in cause_of(DBAPIError("SELECT", {}, error))


def test_what_is_no_error_of_a_driver_is_the_folder() -> None:
    assert "目录建不起来" in cause_of(PermissionError())


@pytest.mark.parametrize(
    ("error", "is_condition"),
    [
        (PoolTimeoutError("QueuePool limit reached"), True),
        (OperationalError("", {}, psycopg.OperationalError("server closed the connection")), True),
        (OperationalError("", {}, sqlite3.OperationalError("database is locked")), True),
        (DBAPIError("", {}, errors.IdleInTransactionSessionTimeout()), True),
        (DBAPIError("", {}, errors.InFailedSqlTransaction()), False),
        (DBAPIError("", {}, errors.ReadOnlySqlTransaction()), True),
        (OperationalError("", {}, errors.SerializationFailure()), False),
        (OperationalError("", {}, errors.DeadlockDetected()), False),
        (IntegrityError("", {}, errors.UniqueViolation()), False),
        (ProgrammingError("", {}, errors.UndefinedTable()), False),
        (ZeroDivisionError(), False),
    ],
)
def test_a_condition_of_the_database_is_told_from_a_fault_of_one(error: Exception, is_condition: bool) -> None:
    assert is_condition_of_the_database(error) is is_condition
