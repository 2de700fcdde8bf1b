"""What was found in the open and waits for somebody to look: flyers for the task force or the grid, worst first."""

import orjson

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.operations.consultation_view import ListCursorError
from risk_screen.operations.store import Store
from risk_screen.storage.waiting import WaitingPage, assessments_waiting, count_waiting


def waiting_list(store: Store, identity: Identity, page: WaitingPage) -> bytes:
    """Return a part of what waits as JSON: ids, levels, scores and times; the texts are asked for by id.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        reach = identity.reach(Permission.READ_ASSESSMENT)
        found, count = assessments_waiting(connection, reach, page), count_waiting(connection, reach, page)
    following = f"{found[-1].score}~{found[-1].assessment_id}" if len(found) == page.limit else None
    return orjson.dumps({"count": count, "items": found, "next": following})


def waiting_place(cursor: str | None) -> tuple[float, str] | None:
    """Read a cursor.

    Raises
    ------
    ListCursorError
    """
    if cursor is None:
        return None
    score, separator, assessment_id = cursor.partition("~")
    try:
        place = float(score), assessment_id
    except ValueError as error:
        raise ListCursorError from error
    if not (separator and assessment_id) or "\x00" in cursor or not 0 <= place[0] <= 100:
        raise ListCursorError
    return place
