"""Keep and find registration holds."""

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, RowMapping, desc, func, select

from risk_screen.access.identity import Origin, Reach
from risk_screen.casework.hold_letter import HoldState
from risk_screen.storage.changes import Change
from risk_screen.storage.reaching import within_reach
from risk_screen.storage.registration_tables import registration_holds

OUTSIDE = (HoldState.SIGNED, HoldState.LIFTED)
"""States in which the institution it is addressed to sees a hold; drafts are nobody's business but the task force's."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One registration hold; see the columns of ``registration_tables`` for what each value means."""

    id: str
    state: HoldState
    year: int | None
    serial: int | None
    number: str
    addressee: str
    subject_name: str
    credit_code: str
    enterprise_id: str | None
    procedures: str
    case_reference: str
    reasons: str
    signed_by: str | None
    signed_at: str | None
    lifted_by: str | None
    lifted_at: str | None
    lifting_reason: str
    version: int
    made_by: str
    party: str
    town: str
    created_at: str
    changed_at: str

    @property
    def origin(self) -> Origin:
        """Whom it is addressed to."""
        return Origin(self.made_by, self.party, self.town)


def add_hold(change: Change, hold: Hold) -> None:
    """Add a draft."""
    change.connection.execute(registration_holds.insert(), asdict(hold))


def save_hold(change: Change, hold: Hold) -> None:
    """Put a hold in the place of its earlier version."""
    change.connection.execute(registration_holds.update().where(registration_holds.c.id == hold.id), asdict(hold))


def hold_with_id(connection: Connection, hold_id: str, reach: Reach) -> Hold | None:
    """Return a hold that is within reach; None when there is none with this id."""
    query = select(registration_holds).where(registration_holds.c.id == hold_id, _visible(reach))
    row = connection.execute(query).mappings().first()
    return None if row is None else _hold(row)


def last_serial(connection: Connection, year: int) -> int:
    """Return the last number given to a hold in a year; 0 before the first. Ask when it is one's turn."""
    query = select(func.max(registration_holds.c.serial)).where(registration_holds.c.year == year)
    return connection.execute(query).scalar() or 0


def holds_newest_first(connection: Connection, reach: Reach, after: str | None, limit: int) -> list[Hold]:
    """Return holds within reach, the latest drafted first, those after one id."""
    query = select(registration_holds).where(_visible(reach))
    if after is not None:
        query = query.where(registration_holds.c.id < after)
    rows = connection.execute(query.order_by(desc(registration_holds.c.id)).limit(limit)).mappings()
    return [_hold(row) for row in rows]


def holds_about(connection: Connection, credit_code: str, reach: Reach) -> list[Hold]:
    """Return the holds on an enterprise that are within reach, latest first."""
    query = select(registration_holds).where(registration_holds.c.credit_code == credit_code, _visible(reach))
    return [_hold(row) for row in connection.execute(query.order_by(desc(registration_holds.c.id))).mappings()]


def _visible(reach: Reach) -> ColumnElement[bool]:
    mine = within_reach(registration_holds, reach)
    return mine if reach.everything else mine & registration_holds.c.state.in_(OUTSIDE)


def _hold(row: RowMapping) -> Hold:
    return Hold(**{**row, "state": HoldState(row["state"])})
