"""Which rulebook, models and policy are in service, and of which day they are."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from risk_screen.errors import RiskScreenError
from risk_screen.screening.screener import Screener
from risk_screen.wiring import find_rules

LICENCE_LIST: Final = Path("local/licensed_institutions.csv")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def version_metrics(screener: Screener, rules: Path | None) -> Iterator[Metric]:
    """Name the versions of a screener, and the day of each as a Unix time; what has no day is left out."""
    versions = {"rulebook": screener.book.version, "policy": screener.policy.version, "program": screener.program}
    models = {channel: classifier.version for channel, classifier in screener.classifiers.items()}
    told = {**versions, **{f"model_{channel}": version for channel, version in models.items()}}
    yield InfoMetricFamily("risk_screen_versions", "在用的版本", value={k: str(v) for k, v in told.items()})
    days = GaugeMetricFamily("risk_screen_version_timestamp_seconds", "在用版本的日期（Unix 秒）", labels=["part"])
    read = screener.book.rulebook
    days.add_metric(["rulebook"], _instant(read.as_of))
    if (since := _newest(read.policy.model_dump())) is not None:
        days.add_metric(["policy"], _instant(since))
    for channel, version in models.items():
        if found := _DAY.match(version):
            days.add_metric([f"model_{channel}"], _instant(date.fromisoformat(found[0])))
    yield days
    yield from _licence_list(rules)


def _licence_list(rules: Path | None) -> Iterator[Metric]:
    try:
        changed = (find_rules(rules) / LICENCE_LIST).stat().st_mtime
    except (OSError, RiskScreenError):
        return
    yield GaugeMetricFamily(
        "risk_screen_licence_list_timestamp_seconds", "持牌名单文件的时间（Unix 秒）", value=changed
    )


def _newest(value: Any) -> date | None:
    """The latest day anywhere in nested mappings and lists."""
    if isinstance(value, date):
        return value
    below = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return max(filter(None, map(_newest, below)), default=None)


def _instant(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()
