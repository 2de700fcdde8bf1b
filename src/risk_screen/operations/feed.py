"""Read what happened, from where the reader left off; nothing is skipped, whoever writes at the same time."""

from dataclasses import dataclass
from typing import Final

from risk_screen.access.identity import Reach
from risk_screen.errors import RiskScreenError
from risk_screen.operations.store import Store
from risk_screen.storage.events import StoredEvent, events_between, last_cursor, oldest_cursor

MOST_EVENTS: Final = 1_000


class UnknownCursorError(RiskScreenError):
    """A cursor beyond the last event: from another database, or from before a backup was put back."""

    code = "cursor_unknown"

    def __init__(self) -> None:
        super().__init__(
            "没有这个游标：它比最后一个事件还靠后，可能来自另一个数据库，或数据库从备份恢复过。"
            "请从头（不带 after）重新读取。"
        )


class CursorExpiredError(RiskScreenError):
    """Events after this cursor are no longer kept."""

    code = "cursor_expired"

    def __init__(self, oldest: int) -> None:
        super().__init__(
            f"这个游标太旧：它之后的一部分事件已按保存期限清除。现存最早的事件是第 {oldest} 个；"
            "请从头（不带 after）读取现存的事件，更早的变化按编号查询各条记录补齐。"
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


def events_after(store: Store, cursor: int | None, *, party: str | None = None, limit: int = 100) -> Events:
    """Return the events after a cursor.

    Parameters
    ----------
    store : Store
    cursor : int or None
        The ``next_cursor`` of the last answer; None begins with the oldest event that is kept.
    party : str, optional
        Only events of this institution; all when None.
    limit : int
        At most so many, 1 to 1,000.

    Raises
    ------
    UnknownCursorError, CursorExpiredError, StoreUnavailableError
    """
    wanted = min(max(limit, 1), MOST_EVENTS)
    with store.reading() as connection:
        last = last_cursor(connection)  # before the events: what is committed in between belongs to the next answer
        after = max(oldest_cursor(connection) - 1, 0) if cursor is None else cursor
        if not 0 <= after <= last:
            raise UnknownCursorError
        found = events_between(connection, after, last, limit=wanted, party=party)
        oldest = oldest_cursor(connection)  # after the events: what is removed meanwhile is no gap that nobody tells
        if cursor is not None and cursor < oldest - 1:
            raise CursorExpiredError(oldest)
    return Events(tuple(found), found[-1].cursor if len(found) == wanted else last)


def party_within(reach: Reach) -> str | None:
    """Name the institution whose events somebody sees; None for everybody's, empty for nobody's."""
    return None if reach.everything else reach.party
