"""Remove what has been kept long enough, and write down what went and by which rule, never what it said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from risk_screen.access.actor import Actor
from risk_screen.operations.store import Store
from risk_screen.storage.audit_trail import AuditEntry
from risk_screen.storage.changes import Change
from risk_screen.storage.retention import ROWS_AT_ONCE, Kind, Old, old_rows, remove_old
from risk_screen.storage.retention_kinds import KINDS

TITLES: Final[Mapping[str, str]] = {
    "texts": "来文",
    "quotes": "筛查结果中引用的字句",
    "labels": "指出有误的意见",
    "consultations": "会商请求",
    "answers": "会商答复",
    "outcomes": "登记结果的更正原因",
    "holds": "暂缓登记建议的文字",
    "enterprises": "企业名称",
    "names": "登记结果中的企业名称",
    "events": "事件",
    "reporters": "举报人信息",
}
SCHEDULES: Final = tuple(dict.fromkeys(kind.schedule for kind in KINDS))
PURGE: Final = "retention.purge"


@dataclass(frozen=True, slots=True)
class Purged:
    """What went of one kind, or would go.

    Attributes
    ----------
    kind, title : str
    days : int
        How long it is kept; 0: for ever.
    count : int
    oldest, newest : str or None
        ISO 8601, UTC.
    setting : str
        What says how long.
    """

    kind: str
    title: str
    days: int
    count: int
    oldest: str | None
    newest: str | None
    setting: str


def due(store: Store, days: Mapping[str, int]) -> list[Purged]:
    """Say what ``purge`` would remove now.

    Parameters
    ----------
    store : Store
    days : mapping of str to int
        Schedule to days, as the settings ``keep_<schedule>_days`` say; 0: kept for ever.

    Raises
    ------
    StoreUnavailableError
    """
    with store.reading() as connection:
        return [
            _purged(kind, days[kind.schedule], [old_rows(connection, kind, store.now() - _kept(days[kind.schedule]))])
            if days[kind.schedule]
            else _purged(kind, 0, [])
            for kind in KINDS
        ]


def purge(store: Store, days: Mapping[str, int], actor: Actor) -> list[Purged]:
    """Remove it, in several transactions; each says in the audit trail what it removed.

    A program killed in the middle has removed some, and says so; the next run removes the rest.

    Raises
    ------
    StoreUnavailableError
    """
    return [_purged(kind, days[kind.schedule], _remove(store, kind, days[kind.schedule], actor)) for kind in KINDS]


def _remove(store: Store, kind: Kind, days: int, actor: Actor) -> list[Old]:
    def work(change: Change) -> Old:
        change.take_turn()
        gone = remove_old(change, kind, change.at - _kept(days))
        if gone.count:
            details = {"count": gone.count, "oldest": gone.oldest, "newest": gone.newest, "days": days}
            change.record(AuditEntry(actor, PURGE, "retention", kind.name, details=details))
        return gone

    pieces: list[Old] = []
    while days and (not pieces or pieces[-1].count >= ROWS_AT_ONCE):
        pieces.append(store.write(work))
    return pieces


def _kept(days: int) -> timedelta:
    return timedelta(days=days)


def _purged(kind: Kind, days: int, pieces: list[Old]) -> Purged:
    some = [piece for piece in pieces if piece.count]
    count = sum(piece.count for piece in some)
    oldest = min((piece.oldest or "" for piece in some), default=None)
    newest = max((piece.newest or "" for piece in some), default=None)
    return Purged(kind.name, TITLES[kind.name], days, count, oldest, newest, f"keep_{kind.schedule}_days")
