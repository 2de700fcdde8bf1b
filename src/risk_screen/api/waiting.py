"""GET /v1/waiting: flyers that ask somebody to look, worst first."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known
from risk_screen.api.consultation_schemas import WaitingList
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, Part
from risk_screen.api.responses import responses
from risk_screen.operations.waiting import waiting_list, waiting_place
from risk_screen.storage.waiting import WaitingPage

router = APIRouter(prefix="/v1/waiting", tags=["待核查"])
Reader = Annotated[Identity, Depends(Needs(Permission.READ_ASSESSMENT))]
LISTED: Final = responses({200: "等待核查的宣传文本"}, 304, 422, model=WaitingList)


@router.get("", summary="等待核查的宣传文本", responses=LISTED, dependencies=[KNOWS_TAG])
async def listed(
    request: Request,
    identity: Reader,
    part: Part,
    route: Annotated[Literal["site_check", "verify"], Query(description="专班现场核查或网格员核实")] = "site_check",
    order: Annotated[Literal["worst", "newest"], Query(description="分数高的在前，或新的在前")] = "worst",
) -> Response:
    """List what waits, within reach; a text that a newer one took the place of is not listed."""
    page = WaitingPage(route, order == "worst", waiting_place(part.cursor), part.limit)
    return answer_unless_known(request, await run_in_threadpool(waiting_list, request.app.state.store, identity, page))
