"""How pushes go: status, delivery log, dead letters, sending again and a test message, for an administrator."""

from dataclasses import asdict
from datetime import UTC
from typing import Annotated, Final, Literal, Self

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from starlette.concurrency import run_in_threadpool

from risk_screen.access.actor import Actor
from risk_screen.api.conditional import IfNoneMatchHeader, answer_unless_known
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.api.webhooks import Administration, EndpointId
from risk_screen.delivery.sending import RESULTS
from risk_screen.operations.store import Store
from risk_screen.operations.webhook_log import (
    attempts_at,
    dead_letters_of,
    health_of,
    ping,
    resend,
    resend_after,
    resend_dead_letters,
    resend_since,
)
from risk_screen.storage.webhook_queue import instant

router = APIRouter(prefix="/v1/webhooks/{endpoint_id}", tags=["推送"])
HIGHEST_CURSOR: Final = 2**53 - 1


class StatusAnswer(BaseModel):
    """How an endpoint fares."""

    state: str
    cursor: int = Field(description="到这个编号为止的事件都推送过，或不属于它")
    waiting: int = Field(description="还没有送达的事件：没有试过的，和等着再试的")
    oldest_waiting_at: str | None
    dead: int = Field(description="死信：试过三天放弃了的")
    failures: int = Field(description="连续失败次数")
    failing_since: str | None
    rests_until: str | None = Field(description="在此之前不再尝试")
    delivered_at: str | None = Field(description="上次送达")


class AttemptAnswer(BaseModel):
    """One line of the delivery log."""

    id: str
    endpoint_id: str
    event_cursor: int | None = Field(description="事件编号；测试消息为 null")
    number: int = Field(description="这个事件的第几次")
    result: str = Field(description="、".join(f"{code} {title}" for code, title in RESULTS.items()))
    status: int | None = Field(description="接收方应答的 HTTP 状态")
    duration_ms: int
    attempted_at: str


class AttemptList(BaseModel):
    """Some lines, the newest first."""

    items: list[AttemptAnswer]
    next: str | None


class DeadLetterAnswer(BaseModel):
    """An event that was given up."""

    endpoint_id: str
    event_cursor: int
    state: Literal["dead"]
    attempts: int
    problem: str
    due_at: str = Field(description="何时放弃")
    attempted_at: str | None


class DeadLetterList(BaseModel):
    """Some dead letters, by event."""

    items: list[DeadLetterAnswer]
    next: int | None


class ResendRequest(BaseModel):
    """What to send again: one of the four."""

    model_config = ConfigDict(extra="forbid", strict=True)

    event: int | None = Field(default=None, ge=1, le=HIGHEST_CURSOR, description="事件编号，送达过的也可以")
    dead_letters_since: AwareDatetime | None = Field(
        default=None, strict=False, description="重推这个时间（带时区）以后发生的全部死信"
    )
    after: int | None = Field(
        default=None, ge=0, le=HIGHEST_CURSOR, description="重推这个编号以后的全部事件，送达过的也推；至多 100,000 个"
    )
    since: AwareDatetime | None = Field(
        default=None,
        strict=False,
        description="重推这个时间（带时区）以后的全部事件，送达过的也推；至多 100,000 个",
    )

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if [self.event, self.dead_letters_since, self.after, self.since].count(None) != 3:
            raise ValueError("one of the four")
        return self


class ResendAnswer(BaseModel):
    """How many are sent again."""

    count: int = Field(description="排队等着推送的；after 和 since 的，连同本来就在排队的", examples=[12])


STATUS: Final = responses({200: "推送情况"}, 304, 404, 422, model=StatusAnswer)
LOG: Final = responses({200: "推送记录，最近的在前"}, 304, 404, 422, model=AttemptList)
DEAD: Final = responses({200: "死信"}, 304, 404, 422, model=DeadLetterList)
RESENT: Final = responses({202: "已排队，很快重推"}, *WITH_BODY, 404, 409, model=ResendAnswer)
PINGED: Final = responses({200: "测试消息的结果"}, 404, 422, model=AttemptAnswer)


@router.get("/status", summary="推送情况：到了哪里、积压多少", responses=STATUS)
async def status(
    request: Request, identity: Administration, endpoint_id: EndpointId, _: IfNoneMatchHeader = None
) -> Response:
    """Tell how far an endpoint has come."""
    health = await run_in_threadpool(health_of, request.app.state.store, endpoint_id)
    progress, backlog = health.progress, health.backlog
    told = StatusAnswer(
        state=health.endpoint.state,
        cursor=progress.cursor,
        waiting=backlog.waiting,
        oldest_waiting_at=backlog.oldest_at,
        dead=backlog.dead,
        failures=progress.failures,
        failing_since=progress.failing_since,
        rests_until=progress.rests_until,
        delivered_at=progress.delivered_at,
    )
    return answer_unless_known(request, told.model_dump_json().encode())


@router.get("/attempts", summary="推送记录", responses=LOG)
async def attempts(
    request: Request,
    identity: Administration,
    endpoint_id: EndpointId,
    _: IfNoneMatchHeader = None,
    after: Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$", description="上次应答中的 next")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response:
    """List what was tried, page by page, the newest first."""
    found = await run_in_threadpool(attempts_at, request.app.state.store, endpoint_id, after, limit)
    following = found[-1].id if len(found) == limit else None
    return answer_unless_known(request, orjson.dumps({"items": found, "next": following}))


@router.get("/dead-letters", summary="死信", responses=DEAD)
async def dead_letters(
    request: Request,
    identity: Administration,
    endpoint_id: EndpointId,
    _: IfNoneMatchHeader = None,
    after: Annotated[int, Query(ge=0, le=HIGHEST_CURSOR, description="上次应答中的 next")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response:
    """List what was given up, page by page."""
    found = await run_in_threadpool(dead_letters_of, request.app.state.store, endpoint_id, after, limit)
    following = found[-1].event_cursor if len(found) == limit else None
    return answer_unless_known(request, orjson.dumps({"items": found, "next": following}))


@router.post("/resend", summary="重推一个事件、死信，或从某处起的全部事件", responses=RESENT, status_code=202)
async def send_again(
    request: Request, identity: Administration, endpoint_id: EndpointId, body: ResendRequest
) -> Response:
    """Send again as soon as may be."""
    count = await run_in_threadpool(_again, request.app.state.store, identity.actor, endpoint_id, body)
    return Response(orjson.dumps({"count": count}), 202, media_type="application/json")


def _again(store: Store, actor: Actor, endpoint_id: str, body: ResendRequest) -> int:
    if body.event is not None:
        return resend(store, actor, endpoint_id, body.event)
    if body.after is not None:
        return resend_after(store, actor, endpoint_id, body.after)
    if body.since is not None:
        return resend_since(store, actor, endpoint_id, instant(body.since.astimezone(UTC)))
    assert body.dead_letters_since is not None  # the request has one of the four
    return resend_dead_letters(store, actor, endpoint_id, instant(body.dead_letters_since.astimezone(UTC)))


@router.post("/ping", summary="立即发一条测试消息", responses=PINGED)
async def test_message(request: Request, identity: Administration, endpoint_id: EndpointId) -> Response:
    """Send a message that tells nothing, and answer how it fared."""
    state = request.app.state
    told = await ping(state.store, state.webhook_sender, identity.actor, endpoint_id)
    return Response(orjson.dumps(asdict(told)), media_type="application/json")
