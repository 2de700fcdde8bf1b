"""/v1/consultations: what waits for the task force's answer, and the answer that goes back to the bureau."""

from typing import Annotated, Final, Literal

import orjson
from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known, tag_of_version
from risk_screen.api.consultation_schemas import (
    ANSWER_EXAMPLES,
    AnswerRequest,
    ConsultationList,
    ConsultationRequest,
    ConsultationShown,
    ReturnRequest,
)
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, ONLY_JSON, Changes, Creates, Part, RecordId, Storable, answer_with_tag
from risk_screen.api.reading import note_read
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.casework.consultation import WAITING, AnswerKind, State
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_requests import CREATED, request_consultation
from risk_screen.operations.consultation_view import (
    EVERY_STATE,
    consultation_list,
    consultation_list_about,
    place_of,
    shown_consultation,
)
from risk_screen.operations.consulting import Said, answer_consultation, confirm_answer, return_answer
from risk_screen.storage.consultations import Page

router = APIRouter(prefix="/v1/consultations", tags=["会商"])
Reader = Annotated[Identity, Depends(Needs(Permission.READ_CONSULTATION))]
AskedBySender = Annotated[Asking, Depends(Creates(Permission.SCREEN_REGISTRATION))]
AskedByAnswerer = Annotated[Asking, Depends(Changes(Permission.ANSWER_CONSULTATION))]
AskedByConfirmer = Annotated[Asking, Depends(Changes(Permission.CONFIRM_ANSWER))]
Number = Annotated[int, Path(ge=1, le=1_000_000, description="第几份答复")]
ListedState = Literal["waiting", "open", "overdue", "answered", "superseded", "closed", "all"]
LISTED: Final = responses({200: "会商；先到期的在前，超期的在最前"}, 304, 422, model=ConsultationList)
SHOWN: Final = responses({200: "会商与答复"}, 304, 404, 422, model=ConsultationShown)
OPENED: Final = responses({201: "已发起", 200: "这条结果已有会商"}, *WITH_BODY, 404, 409, model=ConsultationShown)
ANSWERED: Final = responses({201: "已记下"}, *WITH_BODY, 404, 409, 412, model=ConsultationShown)
SETTLED: Final = responses({200: "已办理"}, 404, 409, 412, 422, model=ConsultationShown)
RETURNED: Final = responses({200: "已退回"}, *WITH_BODY, 404, 409, 412, model=ConsultationShown)


@router.get("", summary="会商列表", responses=LISTED, dependencies=[KNOWS_TAG])
async def listed(
    request: Request,
    identity: Reader,
    part: Part,
    state: Annotated[ListedState, Query(description="waiting：待答复与已超期")] = "waiting",
    assessment_id: Annotated[str | None, Query(max_length=64, description="只要这条筛查结果的会商"), Storable] = None,
) -> Response:
    """List consultations within reach: what waits by due time, everything else newest first."""
    store = request.app.state.store
    if assessment_id is not None:
        content = await run_in_threadpool(consultation_list_about, store, identity, assessment_id)
    else:
        page = Page(_states(state), place_of(part.cursor), part.limit)
        content = await run_in_threadpool(consultation_list, store, identity, page)
    return answer_unless_known(request, content)


@router.post("", summary="审批局提出会商", responses=OPENED, status_code=201, dependencies=[ONLY_JSON])
async def ask(request: Request, asking: AskedBySender, body: ConsultationRequest) -> Response:
    """Open a consultation on a registration that no route opened one for."""
    store = request.app.state.store
    answered = await run_in_threadpool(request_consultation, store, asking, body.assessment_id, body.request)
    if answered.status != CREATED:  # it was there already: it is read
        await note_read(request, asking.identity, "consultation", orjson.loads(answered.content)["id"])
    return answer_with_tag(answered)


@router.get("/{consultation_id}", summary="一件会商", responses=SHOWN, dependencies=[KNOWS_TAG])
async def shown(request: Request, identity: Reader, consultation_id: RecordId) -> Response:
    """Show a consultation with its answers; what has not gone out is shown to the task force only."""
    store = request.app.state.store
    content, version = await run_in_threadpool(shown_consultation, store, identity, consultation_id)
    await note_read(request, identity, "consultation", consultation_id)
    return answer_unless_known(request, content, tag_of_version(version))


@router.post(
    "/{consultation_id}/answers",
    summary="答复，或更正答复",
    responses=ANSWERED,
    status_code=201,
    dependencies=[ONLY_JSON],
)
async def answer(
    request: Request,
    asking: AskedByAnswerer,
    consultation_id: RecordId,
    body: Annotated[AnswerRequest, Body(openapi_examples=ANSWER_EXAMPLES)],
) -> Response:
    """Answer a consultation; where the terms say so, the answer waits for a lead."""
    said = Said(AnswerKind(body.answer), body.reasons, body.conditions, body.correction_reason)
    store = request.app.state.store
    return answer_with_tag(await run_in_threadpool(answer_consultation, store, asking, consultation_id, said))


@router.post("/{consultation_id}/answers/{number}/confirmation", summary="负责人确认答复", responses=SETTLED)
async def confirm(request: Request, asking: AskedByConfirmer, consultation_id: RecordId, number: Number) -> Response:
    """Let an answer out that somebody else wrote."""
    store = request.app.state.store
    return answer_with_tag(await run_in_threadpool(confirm_answer, store, asking, consultation_id, number))


@router.post(
    "/{consultation_id}/answers/{number}/return",
    summary="退回等待确认的答复",
    responses=RETURNED,
    dependencies=[ONLY_JSON],
)
async def give_back(
    request: Request, asking: AskedByAnswerer, consultation_id: RecordId, number: Number, body: ReturnRequest
) -> Response:
    """Return an answer that waits; the consultation goes on waiting for one."""
    store = request.app.state.store
    answered = await run_in_threadpool(return_answer, store, asking, consultation_id, number, body.note)
    return answer_with_tag(answered)


def _states(state: ListedState) -> tuple[State, ...]:
    if state == "waiting":
        return WAITING
    return EVERY_STATE if state == "all" else (State(state),)
