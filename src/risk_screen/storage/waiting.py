"""Find assessments that ask somebody to look, as long as no newer text took their place."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, desc, exists, func, or_, select

from risk_screen.access.identity import Reach
from risk_screen.storage.reaching import within_reach
from risk_screen.storage.tables import assessments

WAITING_ROUTES: Final = ("verify", "site_check")
WORST, NEWEST, OLDEST = "worst", "newest", "oldest"
ORDERS: Final = (WORST, NEWEST, OLDEST)


@dataclass(frozen=True, slots=True)
class WaitingAssessment:
    """One flyer that waits."""

    assessment_id: str
    route: str
    level: str
    score: float
    town: str
    created_at: str


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Which part of the list is wanted.

    Attributes
    ----------
    route : str
        One of WAITING_ROUTES.
    order : str
        One of ORDERS: which come first.
    after : tuple or None
        Score and id of the last one seen.
    limit : int
    since, until : str
        Stored at the one or later, before the other (ISO 8601, UTC); all when empty.
    town : str
        Of whoever sent it; all when empty.
    """

    route: str
    order: str
    after: tuple[float, str] | None
    limit: int
    since: str = ""
    until: str = ""
    town: str = ""


def assessments_waiting(connection: Connection, reach: Reach, page: WaitingPage) -> list[WaitingAssessment]:
    """Return what waits: the worst first (of equals the newest), the newest or the oldest."""
    table = assessments.c
    query = select(table.id, table.route, table.level, table.score, table.town, table.created_at)
    query = query.where(*_wanted(reach, page))
    if page.after is not None:
        query = query.where(_further(page.order, *page.after))
    orders = {WORST: (desc(table.score), desc(table.id)), NEWEST: (desc(table.id),), OLDEST: (table.id,)}
    found = connection.execute(query.order_by(*orders[page.order]).limit(page.limit))
    return [WaitingAssessment(*row) for row in found]


def count_waiting(connection: Connection, reach: Reach, page: WaitingPage) -> int:
    """Count what waits on all pages together."""
    return connection.execute(select(func.count()).select_from(assessments).where(*_wanted(reach, page))).scalar_one()


def _wanted(reach: Reach, page: WaitingPage) -> list[ColumnElement[bool]]:
    table = assessments.c
    newer = assessments.alias("newer")
    conditions = [
        table.route == page.route,
        within_reach(assessments, reach),
        ~exists().where(newer.c.previous_id == table.id),
    ]
    if page.since:
        conditions.append(table.created_at >= page.since)
    if page.until:
        conditions.append(table.created_at < page.until)
    if page.town:
        conditions.append(table.town == page.town)
    return conditions


def _further(order: str, score: float, assessment_id: str) -> ColumnElement[bool]:
    table = assessments.c
    if order == OLDEST:
        return table.id > assessment_id
    if order == NEWEST:
        return table.id < assessment_id
    return or_(table.score < score, and_(table.score == score, table.id < assessment_id))
