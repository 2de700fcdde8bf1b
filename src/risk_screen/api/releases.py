"""/v1/releases: rulebooks and models proposed by one person, released by another."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known, tag_of_version
from risk_screen.api.identity import Needs
from risk_screen.api.multipart import UploadUnreadableError, text_of, uploaded
from risk_screen.api.parameters import (
    KNOWS_TAG,
    MOST_WORDS,
    ONLY_JSON,
    Changes,
    Creates,
    Part,
    RecordId,
    Words,
    answer_with_tag,
)
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.operations.asking import Asking
from risk_screen.operations.proposing import (
    MAKE,
    RELEASE,
    Proposal,
    decline,
    propose,
    release_it,
    release_list,
    shown_release,
)

router = APIRouter(prefix="/v1/releases", tags=["发布"])
Reader = Annotated[Identity, Depends(Needs(Permission.READ_RULEBOOK))]
AskedToPropose = Annotated[Asking, Depends(Creates(*MAKE.values()))]
AskedToDecide = Annotated[Asking, Depends(Changes(*RELEASE.values()))]
UPLOAD: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["reason", "content"],
    "properties": {
        "reason": {"type": "string", "maxLength": MOST_WORDS, "description": "为什么，给决定的人看"},
        "content": {"type": "string", "format": "binary", "description": "zip：rules/ 或 models/，或两者"},
    },
}


class ReleaseShown(BaseModel):
    """A release."""

    id: str
    version: int = Field(description="第几版；与 ETag 一致")
    state: Literal["proposed", "declined", "released"]
    in_service: bool = Field(description="是不是正在使用的")
    versions: dict[str, Any] = Field(description="规则库、策略和各渠道模型的版本")
    changes: dict[str, Any] = Field(
        description="与提出时的现行版本相比改了什么：规则逐条，策略与模型的新旧版本，改动的文件"
    )
    reason: str
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    note: str


class ReleaseList(BaseModel):
    """A part of the list."""

    items: list[ReleaseShown]
    next: str | None


class Decision(BaseModel, extra="forbid"):
    """Why."""

    note: Words = ""


PROPOSED: Final = responses({201: "已提出，等待另一人决定"}, *WITH_BODY, 409, model=ReleaseShown)
DECIDED: Final = responses({200: "已办理"}, *WITH_BODY, 404, 409, 412, model=ReleaseShown)
SHOWN: Final = responses({200: "一次发布"}, 304, 404, 422, model=ReleaseShown)
LISTED: Final = responses({200: "发布，后提出的在前"}, 304, 422, model=ReleaseList)


@router.get("", summary="发布列表", responses=LISTED, dependencies=[KNOWS_TAG])
async def listed(request: Request, identity: Reader, part: Part) -> Response:
    """List releases."""
    store = request.app.state.store
    return answer_unless_known(request, await run_in_threadpool(release_list, store, identity, part.cursor, part.limit))


@router.post(
    "",
    summary="提出",
    responses=PROPOSED,
    status_code=201,
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": UPLOAD}}}},
)
async def proposed(request: Request, asking: AskedToPropose) -> Response:
    """Check what is proposed and keep it for another to decide on."""
    state = request.app.state
    proposal = await proposal_of(request)
    return answer_with_tag(await run_in_threadpool(propose, state.store, asking, state.screener, proposal))


@router.get("/{release_id}", summary="一次发布", responses=SHOWN, dependencies=[KNOWS_TAG])
async def shown(request: Request, identity: Reader, release_id: RecordId) -> Response:
    """Show a release."""
    one, content = await run_in_threadpool(shown_release, request.app.state.store, identity, release_id)
    return answer_unless_known(request, content, tag_of_version(one.version))


@router.post("/{release_id}/release", summary="发布", responses=DECIDED, dependencies=[ONLY_JSON])
async def released(
    request: Request, asking: AskedToDecide, release_id: RecordId, body: Annotated[Decision, Body()]
) -> Response:
    """Take it into service, or take it into service once more."""
    state = request.app.state
    return answer_with_tag(
        await run_in_threadpool(release_it, state.store, asking, state.screener, release_id, body.note)
    )


@router.post("/{release_id}/decline", summary="不予发布", responses=DECIDED, dependencies=[ONLY_JSON])
async def declined(
    request: Request, asking: AskedToDecide, release_id: RecordId, body: Annotated[Decision, Body()]
) -> Response:
    """Put a proposal aside."""
    return answer_with_tag(await run_in_threadpool(decline, request.app.state.store, asking, release_id, body.note))


async def proposal_of(request: Request) -> Proposal:
    """Read what somebody sends in; a reason is needed.

    Raises
    ------
    UploadUnreadableError
    """
    parts = await uploaded(request)
    proposal = Proposal(parts.get("content", b""), text_of(parts, "reason", MOST_WORDS))
    if not proposal.content or not proposal.reason:
        raise UploadUnreadableError
    return proposal
