"""Numbers for /metrics that are read from the store when asked: to add one, add an entry to GAUGES."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from risk_screen.storage.consultations import count_waiting
from risk_screen.storage.events import last_cursor
from risk_screen.storage.leases import NOBODY, Lease, leases_of
from risk_screen.storage.webhook_attempts import Backlog, webhook_backlog

Values = Mapping[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class StoreGauge:
    """One number, or one for each value of its labels.

    Attributes
    ----------
    name : str
        With its unit, e.g. ``risk_screen_webhook_oldest_seconds``.
    meaning : str
        In Chinese.
    labels : tuple of str
        Names of labels; their values are few and never personal.
    read : callable
        Gets a connection that only reads and the time, and returns label values → number. Quick: an index, not a scan.
    """

    name: str
    meaning: str
    labels: tuple[str, ...]
    read: Callable[[Connection, datetime], Values]


def _head(connection: Connection, _: datetime) -> Values:
    return {(): last_cursor(connection)}


def _of_leases(number: Callable[[Lease], float]) -> Callable[[Connection, datetime], Values]:
    return lambda connection, _: {(name,): number(lease) for name, lease in leases_of(connection).items()}


def _instant(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _of_pushes(number: Callable[[Backlog, datetime], float]) -> Callable[[Connection, datetime], Values]:
    return lambda connection, now: {(): number(webhook_backlog(connection), now)}


def _age_seconds(backlog: Backlog, now: datetime) -> float:
    return max(0.0, now.timestamp() - _instant(backlog.oldest_at)) if backlog.oldest_at else 0.0


def _waiting(connection: Connection, _: datetime) -> Values:
    return {(): count_waiting(connection)}


def _overdue(connection: Connection, now: datetime) -> Values:
    return {(): count_waiting(connection, now.isoformat(timespec="milliseconds"))}


TASK: Final = ("task",)
GAUGES: Final[tuple[StoreGauge, ...]] = (
    StoreGauge("risk_screen_events_head", "最后一个事件的编号", (), _head),
    StoreGauge("risk_screen_consultations_waiting", "等专班答复的会商", (), _waiting),
    StoreGauge("risk_screen_consultations_overdue", "过了期限还没有答复的会商", (), _overdue),
    StoreGauge(
        "risk_screen_background_succeeded_timestamp_seconds",
        "后台任务上次办成的时间（Unix 秒），0 为还没有",
        TASK,
        _of_leases(lambda lease: _instant(lease.succeeded_at)),
    ),
    StoreGauge(
        "risk_screen_background_failures", "后台任务连续失败的次数", TASK, _of_leases(lambda lease: lease.failures)
    ),
    StoreGauge(
        "risk_screen_background_stuck", "后台任务卡住为 1", TASK, _of_leases(lambda lease: lease.state == "stuck")
    ),
    StoreGauge(
        "risk_screen_background_held", "后台任务有进程在做为 1", TASK, _of_leases(lambda lease: lease.holder != NOBODY)
    ),
    StoreGauge("risk_screen_webhook_waiting", "还没有推送到的事件", (), _of_pushes(lambda backlog, _: backlog.waiting)),
    StoreGauge("risk_screen_webhook_dead", "推送的死信", (), _of_pushes(lambda backlog, _: backlog.dead)),
    StoreGauge(
        "risk_screen_webhook_oldest_seconds", "最早的没有推送到的事件已过多少秒，0 为没有", (), _of_pushes(_age_seconds)
    ),
)
