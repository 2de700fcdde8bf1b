"""GET /v1/waiting: flyers that ask somebody to look, worst first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known
from risk_screen.api.consultation_schemas import WaitingList
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, Part, Storable
from risk_screen.api.responses import responses
from risk_screen.operations.waiting import waiting_list, waiting_place
from risk_screen.storage.waiting import WaitingPage

router = APIRouter(prefix="/v1/waiting", tags=["待核查"])
Reader = Annotated[Identity, Depends(Needs(Permission.READ_ASSESSMENT))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of those that wait are asked for, and which come first."""

    order: Annotated[Literal["worst", "newest", "oldest"], Query(description="分数高的、新的或等得久的在前")] = "worst"
    since: Annotated[AwareDatetime | None, Query(description="只要这个时间（带时区）以来筛查的")] = None
    until: Annotated[AwareDatetime | None, Query(description="只要这个时间（带时区）以前筛查的")] = None
    town: Annotated[str, Query(max_length=64, description="只要这个镇街的；不填不限"), Storable] = ""


LISTED: Final = responses({200: "等待核查的宣传文本"}, 304, 422, model=WaitingList)


@router.get("", summary="等待核查的宣传文本", responses=LISTED, dependencies=[KNOWS_TAG])
async def listed(
    request: Request,
    identity: Reader,
    part: Part,
    wanted: Annotated[Wanted, Depends()],
    route: Annotated[Literal["site_check", "verify"], Query(description="专班现场核查或网格员核实")] = "site_check",
) -> Response:
    """List what waits, within reach; a text that a newer one took the place of is not listed."""
    page = WaitingPage(
        route,
        wanted.order,
        waiting_place(part.cursor),
        part.limit,
        since=_instant(wanted.since),
        until=_instant(wanted.until),
        town=wanted.town,
    )
    return answer_unless_known(request, await run_in_threadpool(waiting_list, request.app.state.store, identity, page))


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")
