"""Every metric has a row in docs/operations.md, and the page names none that does not exist."""

import re

import pytest
from markdown_files import page

from builders import CannedScreener, flyer_assessment
from risk_screen.api import metrics, store_gauges
from risk_screen.api.age_gauges import version_metrics

NAME = re.compile(r"\brisk_screen_[a-z_]+\b")
LICENCES = "risk_screen_licence_list_timestamp_seconds"
OPERATIONS = page("docs/operations.md")
IN_SERVICE = version_metrics(CannedScreener(flyer_assessment()), None)  # type: ignore[arg-type]
MADE = {
    *(f"{one.name}{'_total' if one.type == 'counter' else ''}" for one in metrics.HERE.collect()),
    *(gauge.name for gauge in store_gauges.GAUGES),
    *(f"{one.name}{'_info' if one.type == 'info' else ''}" for one in IN_SERVICE),
    *(LICENCES, "risk_screen_store_readable"),
}
ROWS = {name for table in OPERATIONS.tables for row in table for name in NAME.findall(row.split("|")[1])}


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_metric_has_a_row(name: str) -> None:
    assert name in ROWS


def test_the_page_names_no_metric_that_is_not_made() -> None:
    assert {name for name in ROWS if name.startswith("risk_screen_")} - MADE == set()
