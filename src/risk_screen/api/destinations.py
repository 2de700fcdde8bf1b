"""The addresses that pushes may go to: /v1/webhook-destinations, kept by an administrator."""

from typing import Annotated, Final, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import IfNoneMatchHeader, answer_unless_known
from risk_screen.api.identity import Needs
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.delivery.destinations import destination
from risk_screen.operations.webhook_destinations import allow, allow_list, disallow

router = APIRouter(prefix="/v1/webhook-destinations", tags=["推送"])
Administration = Annotated[Identity, Depends(Needs(Permission.MANAGE_WEBHOOKS))]
NO_NUL: Final = r"^[^\x00]*$"


class DestinationRequest(BaseModel):
    """Something that pushes may go to."""

    model_config = ConfigDict(extra="forbid", strict=True)

    host: str = Field(min_length=1, max_length=255, description="域名，或 IP 地址、网段（10.1.2.0/24）")
    port: int = Field(ge=1, le=65_535)
    scheme: Literal["https", "http"] = Field(default="https", description="http 不加密，只在确有必要时用")
    description: str = Field(default="", max_length=200, pattern=NO_NUL)


class DestinationAnswer(BaseModel):
    """An entry as it is kept."""

    id: str
    scheme: str
    host: str
    port: int
    description: str
    made_by: str
    created_at: str


class DestinationList(BaseModel):
    """The whole list."""

    items: list[DestinationAnswer]
    next: None = None


ADDED: Final = responses({201: "已加入"}, *WITH_BODY, model=DestinationAnswer)
TAKEN_OFF: Final = responses({200: "已移出，从此不再向它推送"}, 404, 422, model=DestinationAnswer)
LISTED: Final = responses({200: "允许名单"}, 304, 422, model=DestinationList)


@router.get("", summary="推送的允许名单", responses=LISTED)
async def listed(request: Request, identity: Administration, _: IfNoneMatchHeader = None) -> Response:
    """List what pushes may go to."""
    found = await run_in_threadpool(allow_list, request.app.state.store)
    return answer_unless_known(request, orjson.dumps({"items": found, "next": None}))


@router.post("", summary="加入允许名单", responses=ADDED, status_code=201)
async def add(request: Request, identity: Administration, body: DestinationRequest) -> Response:
    """Allow a host or a network, on one port; what is there already stays as it is."""
    wanted = destination(body.scheme, body.host, body.port)
    kept = await run_in_threadpool(allow, request.app.state.store, identity.actor, wanted, body.description)
    return Response(orjson.dumps(kept), 201, media_type="application/json")


@router.delete("/{destination_id}", summary="移出允许名单", responses=TAKEN_OFF)
async def take_off(
    request: Request, identity: Administration, destination_id: Annotated[str, Path(max_length=64, pattern=r"^[!-~]+$")]
) -> Response:
    """Send nothing there any more."""
    gone = await run_in_threadpool(disallow, request.app.state.store, identity.actor, destination_id)
    return Response(orjson.dumps(gone), media_type="application/json")
