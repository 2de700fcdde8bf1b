"""Find stored assessments by what people remember of them: a number, words of the text, level, route, days."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, desc, or_, select

from risk_screen.access.identity import Reach
from risk_screen.storage.reaching import within_reach
from risk_screen.storage.tables import assessments, submitted_texts


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; an empty value asks for nothing.

    Attributes
    ----------
    words : str
        Part of the text as sent, or the whole id or the sender's number.
    channel, level, route : str
    since, until : str
        Instants (ISO 8601, UTC); ``until`` is not included.
    before : str
        Id of the last one seen; the list goes from new to old.
    """

    words: str = ""
    channel: str = ""
    level: str = ""
    route: str = ""
    since: str = ""
    until: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class FoundAssessment:
    """One row of the list; ``fields`` is the JSON object as sent, None when it was cleared."""

    id: str
    channel: str
    external_id: str | None
    score: float
    level: str
    route: str
    created_at: str
    fields: str | None


def search_assessments(connection: Connection, reach: Reach, search: Search, limit: int) -> list[FoundAssessment]:
    """Return what is found within reach, the newest first."""
    table = assessments.c
    query = (
        select(
            *(table.id, table.channel, table.external_id, table.score, table.level, table.route, table.created_at),
            submitted_texts.c.fields,
        )
        .join_from(assessments, submitted_texts, isouter=True)
        .where(within_reach(assessments, reach))
    )
    for column, wanted in ((table.channel, search.channel), (table.level, search.level), (table.route, search.route)):
        if wanted:
            query = query.where(column == wanted)
    if search.since:
        query = query.where(table.created_at >= search.since)
    if search.until:
        query = query.where(table.created_at < search.until)
    if search.before:
        query = query.where(table.id < search.before)
    if search.words:
        is_inside = submitted_texts.c.fields.contains(_as_stored(search.words), autoescape=True)
        query = query.where(or_(table.id == search.words, table.external_id == search.words, is_inside))
    rows = connection.execute(query.order_by(desc(table.id)).limit(limit))
    return [FoundAssessment(*row) for row in rows]


def _as_stored(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)[1:-1]
