"""Store assessments with the texts they were made from, and find them again."""

from dataclasses import dataclass

from sqlalchemy import Connection, desc, insert, select

from risk_screen.screening.assessment import Assessment
from risk_screen.storage.tables import assessments, submitted_texts


@dataclass(frozen=True, slots=True)
class SubmittedText:
    """The fields as sent (a JSON object) and their SHA-256."""

    fields_json: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """The latest assessment under an external id."""

    assessment_id: str
    sha256: str | None
    content: bytes


def store_assessment(
    connection: Connection,
    assessment: Assessment,
    text: SubmittedText,
    *,
    external_id: str | None = None,
    previous_id: str | None = None,
) -> bytes:
    """Insert a stamped assessment and its text; the caller's transaction decides whether both stay.

    Returns
    -------
    bytes
        The canonical JSON as stored.
    """
    content = assessment.to_json()
    connection.execute(
        insert(assessments),
        {
            "id": assessment.id,
            "channel": assessment.channel,
            "external_id": external_id,
            "previous_id": previous_id,
            "score": assessment.score,
            "level": assessment.level,
            "route": assessment.route,
            "content": content,
            "created_at": assessment.created_at,
        },
    )
    connection.execute(
        insert(submitted_texts),
        {
            "assessment_id": assessment.id,
            "fields": text.fields_json,
            "sha256": text.sha256,
            "created_at": assessment.created_at,
        },
    )
    return content


def stored_content(connection: Connection, assessment_id: str) -> bytes | None:
    """Return the canonical JSON of an assessment, byte for byte; None when there is none with this id."""
    row = connection.execute(select(assessments.c.content).where(assessments.c.id == assessment_id)).first()
    return None if row is None else bytes(row[0])


def latest_with_external_id(connection: Connection, channel: str, external_id: str) -> Earlier | None:
    """Find the latest assessment a sender's number was used for."""
    row = connection.execute(
        select(assessments.c.id, submitted_texts.c.sha256, assessments.c.content)
        .join_from(assessments, submitted_texts, isouter=True)
        .where(assessments.c.channel == channel, assessments.c.external_id == external_id)
        .order_by(desc(assessments.c.id))
        .limit(1)
    ).first()
    return None if row is None else Earlier(row[0], row[1], bytes(row[2]))
