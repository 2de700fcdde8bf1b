"""The columns of exchange files: an English key for programs, a Chinese heading for offices; neither ever changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """A column under its two names."""

    key: str
    heading: str


RECORDS: Final = (
    Column("id", "筛查编号"),
    Column("external_id", "来文编号"),
    Column("channel", "来源"),
    Column("name", "企业名称"),
    Column("business_scope", "经营范围"),
    Column("text", "宣传文本"),
    Column("score", "分数"),
    Column("level", "级别"),
    Column("route", "去向"),
    Column("reasons", "理由"),
    Column("consultation_id", "会商编号"),
    Column("consultation_state", "会商状态"),
    Column("consultation_answer", "会商答复"),
    Column("outcome", "登记结果"),
    Column("credit_code", "统一社会信用代码"),
    Column("created_at", "筛查时间"),
)
"""What is given out of a stored screening; names and texts only where they were asked for."""
WITH_TEXTS: Final = frozenset({"name", "business_scope", "text", "reasons"})
OUTCOMES: Final = (
    Column("id", "筛查编号"),
    Column("external_id", "来文编号"),
    Column("outcome", "登记结果"),
    Column("credit_code", "统一社会信用代码"),
    Column("registered_name", "登记的名称"),
    Column("correction_reason", "更正原因"),
)
"""What the bureau sends back: one row for each registration, found by either number."""


class HeadingsError(ValueError):
    """The heading row is not the fixed one; ``missing`` are the headings that are not there."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__("、".join(missing))
        self.missing = missing


def places_of(headings: list[str], columns: tuple[Column, ...], needed: frozenset[str]) -> dict[str, int]:
    """Find where each column stands in a heading row; others are left alone.

    Parameters
    ----------
    headings : list of str
        Chinese headings or English keys.
    columns : tuple of Column
    needed : frozenset of str
        Keys without which nothing can be read.

    Raises
    ------
    HeadingsError
    """
    written = [heading.strip() for heading in headings]
    places = {
        column.key: next(place for place, heading in enumerate(written) if heading in (column.heading, column.key))
        for column in columns
        if column.heading in written or column.key in written
    }
    missing = tuple(column.heading for column in columns if column.key in needed and column.key not in places)
    if missing:
        raise HeadingsError(missing)
    return places


def in_chinese(row: Mapping[str, str], columns: tuple[Column, ...]) -> list[str]:
    """Return the cells of a row in the order of the columns."""
    return [row.get(column.key, "") for column in columns]
