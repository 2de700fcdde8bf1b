"""GET /metrics for Prometheus: what happened in all processes, what the store says now; nothing personal."""

import os
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool

from risk_screen.api.age_gauges import version_metrics
from risk_screen.api.identity import NotAllowedError
from risk_screen.api.openapi import PROBLEM_500
from risk_screen.api.store_gauges import GAUGES
from risk_screen.operations.store import Store, StoreUnavailableError
from risk_screen.settings import Settings
from risk_screen.storage.changes import Change

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PIECES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
HERE: Final = CollectorRegistry()
REQUEST_SECONDS: Final = Histogram(
    "risk_screen_request_seconds", "请求用时", ["method", "route", "status"], buckets=SECONDS, registry=HERE
)
COMMIT_PIECES: Final = Histogram("risk_screen_commit_pieces", "一次提交里合了几件", buckets=PIECES, registry=HERE)
# What ``Change.count`` may count: name → counter.
COUNTERS: Final = {
    "screenings": Counter("risk_screen_screenings", "存下的筛查结果", ["channel", "level", "route"], registry=HERE),
    "shadow_hits": Counter("risk_screen_shadow_hits", "试运行规则的命中", ["rule"], registry=HERE),
}
router = APIRouter(tags=["运行"])


def count_committed(change: Change) -> None:
    """Count what a transaction says, after its commit; must not fail."""
    COMMIT_PIECES.observe(change.pieces)
    for (name, labels), number in change.counts.items():
        if name in COUNTERS:
            COUNTERS[name].labels(**dict(labels)).inc(number)


@router.get(
    "/metrics",
    summary="运行指标（Prometheus）",
    response_class=Response,
    responses={
        200: {"description": "Prometheus 文本格式", "content": {"text/plain": {"schema": {"type": "string"}}}},
        403: {
            "description": "这个地址不能读取",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        },
        **PROBLEM_500,
    },
)
async def metrics(request: Request) -> Response:
    """Tell the metrics to addresses that may read them."""
    settings: Settings = request.app.state.settings
    if not _is_allowed(request, settings):
        raise NotAllowedError(
            "这个地址不能读取指标：请在服务所在的机器上读取，或把来源地址加进 RISK_SCREEN_METRICS_ALLOWED。"
        )
    content = await run_in_threadpool(_exposition, request.app.state)
    return Response(content, media_type=CONTENT_TYPE_LATEST)


def _is_allowed(request: Request, settings: Settings) -> bool:
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return any(address in network for network in settings.metrics_allowed)


def _exposition(state: Any) -> bytes:
    registry = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(_Here())
    registry.register(_InService(state))
    return generate_latest(registry)


class _Here(Collector):
    """What is counted in this process."""

    def collect(self) -> Iterator[Metric]:
        yield from HERE.collect()


class _InService(Collector):
    """What is in service, and what the store says."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def collect(self) -> Iterator[Metric]:
        yield from version_metrics(self._state.screener, self._state.settings.rules)
        yield from _of_store(self._state.store)


def _of_store(store: Store) -> Iterator[Metric]:
    reachable = GaugeMetricFamily("risk_screen_store_readable", "数据库读得了为 1")
    try:
        with store.reading() as connection:
            found = [(gauge, gauge.read(connection, store.now())) for gauge in GAUGES]
    except StoreUnavailableError:
        found = []
        reachable.add_metric([], 0)
    else:
        reachable.add_metric([], 1)
    yield reachable
    for gauge, values in found:
        family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
        for labels, number in values.items():
            family.add_metric(labels, number)
        yield family
