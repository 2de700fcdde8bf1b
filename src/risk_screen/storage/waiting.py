"""Find assessments that ask somebody to look, as long as no newer text took their place."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, desc, exists, or_, select

from risk_screen.access.identity import Reach
from risk_screen.storage.reaching import within_reach
from risk_screen.storage.tables import assessments

WAITING_ROUTES: Final = ("verify", "site_check")


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
    is_worst_first : bool
        Else the newest first.
    after : tuple or None
        Score and id of the last one seen.
    limit : int
    """

    route: str
    is_worst_first: bool
    after: tuple[float, str] | None
    limit: int


def assessments_waiting(connection: Connection, reach: Reach, page: WaitingPage) -> list[WaitingAssessment]:
    """Return what waits, the worst first (of equals the newest), or the newest first."""
    table = assessments.c
    newer = assessments.alias("newer")
    query = select(table.id, table.route, table.level, table.score, table.town, table.created_at).where(
        table.route == page.route,
        within_reach(assessments, reach),
        ~exists().where(newer.c.previous_id == table.id),
    )
    if page.after is not None:
        score, assessment_id = page.after
        below = and_(table.score == score, table.id < assessment_id)
        further = or_(table.score < score, below) if page.is_worst_first else table.id < assessment_id
        query = query.where(further)
    order = (desc(table.score), desc(table.id)) if page.is_worst_first else (desc(table.id),)
    return [WaitingAssessment(*row) for row in connection.execute(query.order_by(*order).limit(page.limit))]
