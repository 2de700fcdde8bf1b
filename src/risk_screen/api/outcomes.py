"""/v1/screenings/{id}/outcome: the bureau reports what became of a registration."""

from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known, tag_of_version
from risk_screen.api.consultation_schemas import OUTCOME_EXAMPLES, OutcomeRequest, OutcomeShown
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, ONLY_JSON, Changes, RecordId, answer_with_tag
from risk_screen.api.reading import note_read
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.casework.registration_outcome import Outcome, checked_credit_code
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_requests import CREATED
from risk_screen.operations.outcomes import Reported, report_outcome, shown_outcome

router = APIRouter(prefix="/v1/screenings", tags=["登记结果"])
AskedByReporter = Annotated[Asking, Depends(Changes(Permission.REPORT_OUTCOME))]
Reader = Annotated[Identity, Depends(Needs(Permission.READ_ASSESSMENT))]
REPORTED: Final = responses({201: "已记下", 200: "与此前的反馈相同"}, *WITH_BODY, 404, 409, 412, model=OutcomeShown)
SHOWN: Final = responses({200: "登记结果与历次反馈"}, 304, 404, 422, model=OutcomeShown)


@router.post(
    "/{assessment_id}/outcome",
    summary="反馈登记结果，或更正",
    responses=REPORTED,
    status_code=201,
    dependencies=[ONLY_JSON],
)
async def report(
    request: Request,
    asking: AskedByReporter,
    assessment_id: RecordId,
    body: Annotated[OutcomeRequest, Body(openapi_examples=OUTCOME_EXAMPLES)],
) -> Response:
    """Keep what became of a registration and link it to its enterprise; a consultation that still waits is closed."""
    code = checked_credit_code(body.credit_code) if body.credit_code is not None else None
    reported = Reported(Outcome(body.outcome), code, body.registered_name, body.correction_reason)
    answered = await run_in_threadpool(report_outcome, request.app.state.store, asking, assessment_id, reported)
    if answered.status != CREATED:  # it was said already: what was reported is read
        await note_read(request, asking.identity, "assessment", assessment_id)
    return answer_with_tag(answered)


@router.get("/{assessment_id}/outcome", summary="登记结果", responses=SHOWN, dependencies=[KNOWS_TAG])
async def shown(request: Request, identity: Reader, assessment_id: RecordId) -> Response:
    """Show what became of a registration, with every earlier report."""
    content, version = await run_in_threadpool(shown_outcome, request.app.state.store, identity, assessment_id)
    await note_read(request, identity, "assessment", assessment_id)
    return answer_unless_known(request, content, tag_of_version(version))
