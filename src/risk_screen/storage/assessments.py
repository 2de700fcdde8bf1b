"""Store assessments with the texts they were made from, and find them again."""

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, desc, select

from risk_screen.access.identity import Origin
from risk_screen.screening.assessment import Assessment
from risk_screen.storage.changes import Change
from risk_screen.storage.tables import assessments, submitted_texts


@dataclass(frozen=True, slots=True)
class SubmittedText:
    """The fields as sent (a JSON object) and their SHA-256."""

    fields_json: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Whose an assessment is, and how it hangs together with earlier ones.

    Attributes
    ----------
    origin : Origin
    external_id : str or None
        The sender's own number; every institution has numbers of its own.
    previous_id : str or None
        The earlier assessment under this number.
    """

    origin: Origin = field(default_factory=Origin)
    external_id: str | None = None
    previous_id: str | None = None


NOBODYS: Final = Sent()


@dataclass(frozen=True, slots=True)
class Kept:
    """An assessment as it was answered, and whose it is."""

    content: bytes
    origin: Origin


@dataclass(frozen=True, slots=True)
class Earlier:
    """The latest assessment under an external id."""

    assessment_id: str
    sha256: str | None
    content: bytes


def store_assessment(change: Change, assessment: Assessment, text: SubmittedText, sent: Sent = NOBODYS) -> bytes:
    """Add a stamped assessment and its text to a transaction.

    Returns
    -------
    bytes
        The canonical JSON as stored.
    """
    content = assessment.to_json()
    row = {
        "id": assessment.id,
        "channel": assessment.channel,
        "external_id": sent.external_id,
        "previous_id": sent.previous_id,
        "score": assessment.score,
        "level": assessment.level,
        "route": assessment.route,
        "content": content,
        "created_at": assessment.created_at,
        "made_by": sent.origin.actor_id,
        "party": sent.origin.party,
        "town": sent.origin.town,
    }
    change.add(assessments, row, name=sent.external_id and (assessment.channel, sent.external_id, sent.origin.party))
    change.add(
        submitted_texts,
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


def kept_assessment(connection: Connection, assessment_id: str) -> Kept | None:
    """Return an assessment and whose it is; None when there is none with this id."""
    columns = assessments.c.content, assessments.c.made_by, assessments.c.party, assessments.c.town
    row = connection.execute(select(*columns).where(assessments.c.id == assessment_id)).first()
    return None if row is None else Kept(bytes(row[0]), Origin(*row[1:]))


def origin_of(connection: Connection, assessment_id: str) -> Origin | None:
    """Tell whose an assessment is; None when there is none with this id."""
    columns = assessments.c.made_by, assessments.c.party, assessments.c.town
    row = connection.execute(select(*columns).where(assessments.c.id == assessment_id)).first()
    return None if row is None else Origin(*row)


def route_of(connection: Connection, assessment_id: str) -> tuple[str, str]:
    """Return channel and route of an assessment that is there."""
    columns = assessments.c.channel, assessments.c.route
    channel, route = connection.execute(select(*columns).where(assessments.c.id == assessment_id)).one()
    return channel, route


def stored_fields(connection: Connection, assessment_id: str) -> str | None:
    """Return the fields an assessment was made from, as a JSON object; None when they are gone."""
    query = select(submitted_texts.c.fields).where(submitted_texts.c.assessment_id == assessment_id)
    return connection.execute(query).scalar()


def latest_with_external_id(change: Change, channel: str, external_id: str, party: str = "") -> Earlier | None:
    """Find the latest assessment a sender's number was used for; until the commit nobody else uses it for another."""
    change.take_turn()
    change.settle((channel, external_id, party))
    row = change.connection.execute(
        select(assessments.c.id, submitted_texts.c.sha256, assessments.c.content)
        .join_from(assessments, submitted_texts, isouter=True)
        .where(assessments.c.channel == channel, assessments.c.external_id == external_id, assessments.c.party == party)
        .order_by(desc(assessments.c.id))
        .limit(1)
    ).first()
    return None if row is None else Earlier(row[0], row[1], bytes(row[2]))
