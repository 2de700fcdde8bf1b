"""Read what happened, from where the reader left off; nothing is skipped, whoever writes at the same time."""

from dataclasses import dataclass
from typing import Final

from risk_screen.errors import RiskScreenError
from risk_screen.operations.store import Store
from risk_screen.storage.events import StoredEvent, events_between, last_cursor

MOST_EVENTS: Final = 1_000


class UnknownCursorError(RiskScreenError):
    """A cursor beyond the last event: from another database, or from before a backup was put back."""

    code = "cursor_unknown"

    def __init__(self) -> None:
        super().__init__(
            "没有这个游标：它比最后一个事件还靠后，可能来自另一个数据库，或数据库从备份恢复过。请从 0 重新读取。"
        )


@dataclass(frozen=True, slots=True)
class Events:
    """Events in the order of their commits.

    Attributes
    ----------
    events : tuple of StoredEvent
    next_cursor : int
        What to ask with next; also when ``events`` is empty.
    """

    events: tuple[StoredEvent, ...]
    next_cursor: int


def events_after(store: Store, cursor: int, *, party: str | None = None, limit: int = 100) -> Events:
    """Return the events after a cursor; 0 begins at the beginning.

    Parameters
    ----------
    store : Store
    cursor : int
        The ``next_cursor`` of the last answer.
    party : str, optional
        Only events of this institution; all when None.
    limit : int
        At most so many, 1 to 1,000.

    Raises
    ------
    UnknownCursorError, StoreUnavailableError
    """
    wanted = min(max(limit, 1), MOST_EVENTS)
    with store.reading() as connection:
        last = last_cursor(connection)  # before the events: what is committed in between belongs to the next answer
        if not 0 <= cursor <= last:
            raise UnknownCursorError
        found = events_between(connection, cursor, last, limit=wanted, party=party)
    return Events(tuple(found), found[-1].cursor if len(found) == wanted else last)
