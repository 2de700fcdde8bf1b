"""/v1/holds: registration holds, drafted by one, signed by another; a document, never an effect."""

from typing import Annotated, Final, Literal

import orjson
from fastapi import APIRouter, Body, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known, tag_of_version
from risk_screen.api.consultation_schemas import HOLD_EXAMPLES, HoldList, HoldRequest, HoldShown, LiftRequest
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, ONLY_JSON, Changes, Creates, Part, RecordId, answer_with_tag
from risk_screen.api.reading import note_list, note_read
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.casework.hold_letter import Procedure
from risk_screen.casework.registration_outcome import checked_credit_code
from risk_screen.operations.asking import Asking
from risk_screen.operations.hold_letters import letter_as_html, letter_as_text
from risk_screen.operations.holds import (
    SUBJECT,
    HoldDraft,
    discard_hold,
    draft_hold,
    hold_as_json,
    hold_list,
    lift_hold,
    shown_hold,
    sign_hold,
)

router = APIRouter(prefix="/v1/holds", tags=["暂缓登记建议"])
Reader = Annotated[Identity, Depends(Needs(Permission.READ_CONSULTATION))]
AskedToDraft = Annotated[Asking, Depends(Creates(Permission.ANSWER_CONSULTATION))]
AskedToDiscard = Annotated[Asking, Depends(Changes(Permission.ANSWER_CONSULTATION))]
AskedToSign = Annotated[Asking, Depends(Changes(Permission.SIGN_HOLD))]
DRAFTED: Final = responses({201: "已起草"}, *WITH_BODY, 409, model=HoldShown)
CHANGED: Final = responses({200: "已办理"}, 404, 409, 412, 422, model=HoldShown)
LIFTED: Final = responses({200: "已解除"}, *WITH_BODY, 404, 409, 412, model=HoldShown)
SHOWN: Final = responses({200: "暂缓登记建议"}, 304, 404, 422, model=HoldShown)
LISTED: Final = responses({200: "暂缓登记建议，后起草的在前"}, 304, 422, model=HoldList)
LETTER: Final = responses({200: "建议函，可以打印"}, 304, 404, 409, 422)
LETTER[200]["content"] = {kind: {"schema": {"type": "string"}} for kind in ("text/html", "text/plain")}


@router.get("", summary="暂缓登记建议列表", responses=LISTED, dependencies=[KNOWS_TAG])
async def listed(request: Request, identity: Reader, part: Part) -> Response:
    """List holds within reach; drafts are shown to the task force only."""
    content = await run_in_threadpool(hold_list, request.app.state.store, identity, part.cursor, part.limit)
    await note_list(request, identity, SUBJECT, len(orjson.loads(content)["items"]))
    return answer_unless_known(request, content)


@router.post("", summary="起草", responses=DRAFTED, status_code=201, dependencies=[ONLY_JSON])
async def draft(
    request: Request, asking: AskedToDraft, body: Annotated[HoldRequest, Body(openapi_examples=HOLD_EXAMPLES)]
) -> Response:
    """Keep a draft."""
    drafted = HoldDraft(
        party=body.party,
        addressee=body.addressee,
        subject_name=body.subject_name,
        procedures=tuple(Procedure(one) for one in dict.fromkeys(body.procedures)),
        case_reference=body.case_reference,
        reasons=body.reasons,
        credit_code=checked_credit_code(body.credit_code) if body.credit_code is not None else "",
    )
    return answer_with_tag(await run_in_threadpool(draft_hold, request.app.state.store, asking, drafted))


@router.get("/{hold_id}", summary="一份暂缓登记建议", responses=SHOWN, dependencies=[KNOWS_TAG])
async def shown(request: Request, identity: Reader, hold_id: RecordId) -> Response:
    """Show a hold."""
    hold = await run_in_threadpool(shown_hold, request.app.state.store, identity, hold_id)
    await note_read(request, identity, SUBJECT, hold_id)
    return answer_unless_known(request, hold_as_json(hold), tag_of_version(hold.version))


@router.get("/{hold_id}/letter", summary="建议函", responses=LETTER, dependencies=[KNOWS_TAG])
async def letter(
    request: Request,
    identity: Reader,
    hold_id: RecordId,
    form: Annotated[Literal["html", "text"], Query(description="网页或纯文本")] = "html",
) -> Response:
    """Show the letter, ready to be printed."""
    store = request.app.state.store
    hold = await run_in_threadpool(shown_hold, store, identity, hold_id)
    await note_read(request, identity, SUBJECT, hold_id)
    write, media_type = (letter_as_html, "text/html") if form == "html" else (letter_as_text, "text/plain")
    return answer_unless_known(request, write(store, hold).encode(), media_type=f"{media_type}; charset=utf-8")


@router.post("/{hold_id}/signature", summary="签发", responses=CHANGED)
async def sign(request: Request, asking: AskedToSign, hold_id: RecordId) -> Response:
    """Sign a draft that somebody else wrote."""
    return answer_with_tag(await run_in_threadpool(sign_hold, request.app.state.store, asking, hold_id))


@router.post("/{hold_id}/lifting", summary="解除", responses=LIFTED, dependencies=[ONLY_JSON])
async def lift(request: Request, asking: AskedToSign, hold_id: RecordId, body: LiftRequest) -> Response:
    """Lift a hold that was signed."""
    return answer_with_tag(await run_in_threadpool(lift_hold, request.app.state.store, asking, hold_id, body.reason))


@router.delete("/{hold_id}", summary="作废草稿", responses=CHANGED)
async def discard(request: Request, asking: AskedToDiscard, hold_id: RecordId) -> Response:
    """Put a draft aside; it stays in the record."""
    return answer_with_tag(await run_in_threadpool(discard_hold, request.app.state.store, asking, hold_id))
