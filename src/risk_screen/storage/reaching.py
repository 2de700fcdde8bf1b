"""Narrow a query to the records somebody may see."""

from sqlalchemy import ColumnElement, Table, false, or_, true

from risk_screen.access.identity import Reach


def within_reach(table: Table, reach: Reach) -> ColumnElement[bool]:
    """Return the condition on a table with the columns ``made_by``, ``party`` and ``town``."""
    if reach.everything:
        return true()
    owners = {"made_by": reach.actor_id, "party": reach.party, "town": reach.town}
    return or_(false(), *(table.c[column] == value for column, value in owners.items() if value))
