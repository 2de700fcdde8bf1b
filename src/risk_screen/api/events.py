"""GET /v1/events: what happened, in order and without gaps, from where the reader left off; it may wait for news."""

import asyncio
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import IfNoneMatchHeader, answer_unless_known
from risk_screen.api.identity import Needs, NotAllowedError
from risk_screen.api.responses import responses
from risk_screen.operations.feed import Events, events_after, party_within
from risk_screen.operations.feed_watching import FeedWatcher
from risk_screen.operations.store import Store
from risk_screen.storage.events import StoredEvent

router = APIRouter(prefix="/v1", tags=["事件"])
LONGEST_WAIT_SECONDS: Final = 30
MOST_EVENTS: Final = 200
HIGHEST_CURSOR: Final = 2**53 - 1  # as far as every JSON reader counts exactly
Reader = Annotated[Identity, Depends(Needs(Permission.READ_EVENTS))]


class EventAnswer(BaseModel):
    """One thing that happened; it holds ids, states and versions, never a name or a word of a citizen."""

    cursor: int = Field(description="编号：按发生的次序 1、2、3 …")
    kind: str = Field(description="发生了什么，如 consultation.answered；全部种类见 docs/api.md")
    subject_type: str
    subject_id: str = Field(description="对象的编号，凭它查询")
    party: str = Field(description="属于哪个单位；空的只有工作专班看得到")
    payload: dict[str, Any]
    created_at: str


class EventList(BaseModel):
    """Some events, and where to go on."""

    items: list[EventAnswer]
    next: int = Field(description="下次请求的 after；没有新事件时也要用它")


LISTED: Final = responses({200: "事件，按发生的次序"}, 304, 409, 410, 422, model=EventList)


@router.get("/events", summary="读取事件，从上次读到的地方继续", responses=LISTED)
async def events(
    request: Request,
    identity: Reader,
    _: IfNoneMatchHeader = None,
    after: Annotated[
        int | None, Query(ge=0, le=HIGHEST_CURSOR, description="上次应答中的 next；不填从现存最早的事件开始")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = 100,
    wait: Annotated[
        int, Query(ge=0, le=LONGEST_WAIT_SECONDS, description="没有新事件时，最多等多少秒；一有就立即答复")
    ] = 0,
) -> Response:
    """List what happened after a cursor, as far as the asker sees it."""
    party = party_within(identity.reach(Permission.READ_EVENTS))
    if party == "":
        raise NotAllowedError("您的账号或密钥没有写明单位，看不到任何事件：请系统管理员补上单位。")
    store, watcher = request.app.state.store, _watcher(request)
    found = await run_in_threadpool(events_after, store, after, party=party, limit=limit)
    until = asyncio.get_running_loop().time() + wait
    while not found.events and (left := until - asyncio.get_running_loop().time()) > 0 and not _is_stopping(request):
        await watcher.wait_beyond(found.next_cursor, left)
        found = await run_in_threadpool(_later, store, found, party, limit)
    listed = {"items": [_told(one) for one in found.events], "next": found.next_cursor}
    return answer_unless_known(request, orjson.dumps(listed))


def _later(store: Store, found: Events, party: str | None, limit: int) -> Events:
    return events_after(store, found.next_cursor, party=party, limit=limit)


def _told(stored: StoredEvent) -> dict[str, Any]:
    event = stored.event
    return {
        "cursor": stored.cursor,
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "party": event.party,
        "payload": event.payload,
        "created_at": stored.created_at,
    }


def _watcher(request: Request) -> FeedWatcher:
    """One for the application; made when somebody first reads."""
    state = request.app.state
    if not hasattr(state, "feed_watcher"):
        state.feed_watcher = FeedWatcher(state.store, lambda: _is_stopping(request))
    watcher: FeedWatcher = state.feed_watcher
    return watcher


def _is_stopping(request: Request) -> bool:
    return bool(request.app.state.is_stopping)
