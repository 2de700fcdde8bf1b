"""Keep, change and list what people said was wrong with a result."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, and_, or_, select, tuple_

from risk_screen.access.identity import Reach
from risk_screen.storage.changes import Change
from risk_screen.storage.label_tables import labels
from risk_screen.storage.reaching import within_reach

GIVEN = "given"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Label:
    """One thing that somebody says is wrong with one result.

    Attributes
    ----------
    id, assessment_id : str
    verdict : str
        ``false_alarm``, ``missed_risk`` or ``wrong_reason``.
    code : str
        The reason meant; empty for the result as a whole.
    comment : str
        Why; may name people.
    state : str
        ``given`` or ``withdrawn``.
    version : int
        One more with every change.
    made_by, party, town : str
    created_at, changed_at : str
        ISO 8601, UTC.
    """

    id: str
    assessment_id: str
    verdict: str
    code: str
    comment: str
    state: str
    version: int
    made_by: str
    party: str
    town: str
    created_at: str
    changed_at: str


def save_label(change: Change, label: Label) -> None:
    """Add a label, or put it in the place of its earlier version."""
    row = asdict(label)
    if label.version == 1:
        change.connection.execute(labels.insert(), row)
    else:
        change.connection.execute(labels.update().where(labels.c.id == label.id), row)


def label_with_id(connection: Connection, label_id: str) -> Label | None:
    """Return a label; None when there is none with this id."""
    row = connection.execute(select(labels).where(labels.c.id == label_id)).mappings().first()
    return None if row is None else Label(**row)


def label_given_by(connection: Connection, assessment_id: str, made_by: str, code: str) -> Label | None:
    """Return what somebody said of a result, or of one of its reasons."""
    mine = and_(labels.c.assessment_id == assessment_id, labels.c.made_by == made_by, labels.c.code == code)
    row = connection.execute(select(labels).where(mine)).mappings().first()
    return None if row is None else Label(**row)


def labels_of_assessment(connection: Connection, assessment_id: str, reach: Reach) -> list[Label]:
    """Return what was said of a result by those within reach, in the order it was said."""
    query = select(labels).where(labels.c.assessment_id == assessment_id, within_reach(labels, reach))
    return [Label(**row) for row in connection.execute(query.order_by(labels.c.id)).mappings()]


def labels_changed_after(connection: Connection, after: tuple[str, str], reach: Reach, limit: int) -> Sequence[Label]:
    """Return labels in the order they were last changed, those after ``(changed_at, id)``."""
    query = select(labels).where(
        or_(tuple_(labels.c.changed_at, labels.c.id) > tuple_(*after)), within_reach(labels, reach)
    )
    rows = connection.execute(query.order_by(labels.c.changed_at, labels.c.id).limit(limit)).mappings()
    return [Label(**row) for row in rows]
