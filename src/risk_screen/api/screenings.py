"""POST /v1/screenings, /v1/screenings/batch and GET /v1/screenings/{id}."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api import openapi
from risk_screen.api.advice import with_advice
from risk_screen.api.caller import gate_of
from risk_screen.api.direct import JSON_TYPE, Direct, is_json
from risk_screen.api.idempotency import KeyHeader, key_of, respond
from risk_screen.api.identity import Needs, NotAllowedError
from risk_screen.api.problems import http_problem, invalid_request, problem_of
from risk_screen.api.schemas import EXAMPLES, BatchRequest, ScreeningRequest
from risk_screen.casework.registration_outcome import checked_credit_code
from risk_screen.errors import RiskScreenError
from risk_screen.operations.consultation_view import consultation_link
from risk_screen.operations.fault_log import record_fault
from risk_screen.operations.idempotency import Answer, answered_before
from risk_screen.operations.screening import REGISTRATION, Screened, is_trial, readable_assessment, submit_screened
from risk_screen.operations.store import Store
from risk_screen.screening.advising import advise
from risk_screen.screening.assessment import Assessment
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission, WrongFieldError

router = APIRouter(prefix="/v1/screenings", tags=["筛查"])
# A registration this long takes about as long to screen as handing it to a thread; a longer one, and any flyer (1.5 ms
# for 50 characters, 13 ms for 1,000), would keep others waiting.
SHORT_CHARACTERS: Final = 1_000
PERMISSION_OF_CHANNEL: Final = {
    "registration": Permission.SCREEN_REGISTRATION,
    "marketing": Permission.SCREEN_MARKETING,
}
MAY_SEND: Final = Needs(*PERMISSION_OF_CHANNEL.values())
Sender = Annotated[Identity, Depends(MAY_SEND)]
Reader = Annotated[Identity, Depends(Needs(Permission.READ_ASSESSMENT))]


async def _only_json(request: Request) -> None:
    if not is_json(request):
        raise HTTPException(415)


async def screen(
    request: Request,
    identity: Sender,
    body: Annotated[ScreeningRequest, Body(openapi_examples=EXAMPLES)],
    idempotency_key: KeyHeader = None,
    advice: Annotated[bool, Query(description="true：应答里多一个 advice，可以对申请人说的话；只用于登记")] = False,
) -> Response:
    """Screen one text, store the assessment and answer with it; with what an applicant may be told, if asked for."""
    screener, store = _parts(request)
    _check_channel(identity, body.channel)
    submission = Submission.of(body.channel, body.fields)
    screened = _screened(identity, body, submission, await _assess(screener, submission))
    advised = await run_in_threadpool(advise, screener, submission, screened.assessment) if advice else None
    key = await key_of(request, idempotency_key, identity.actor)
    stored = submit_screened(store, [screened], actor=identity.actor, key=key, answered=_only)
    answer = await asyncio.wrap_future(stored)
    if advised is not None:
        answer = replace(answer, content=with_advice(answer.content, advised, screened.assessment))
    return await _with_link(store, screened, answer)


router.add_api_route(
    "",
    screen,
    methods=["POST"],
    summary="筛查一条登记或宣传文本",
    dependencies=[Depends(_only_json)],
    responses=openapi.SCREEN,
    route_class_override=Direct(screen, MAY_SEND, ScreeningRequest).route(),
)


@router.post("/batch", summary="一次筛查至多 1,000 条", dependencies=[Depends(_only_json)], responses=openapi.BATCH)
async def screen_batch(
    request: Request,
    identity: Sender,
    body: Annotated[BatchRequest, Body(openapi_examples=openapi.BATCH_EXAMPLE)],
    idempotency_key: KeyHeader = None,
) -> Response:
    """Screen many texts; each gets an ``assessment`` or a ``problem``, in the order sent; stored together or not."""
    screener, store = _parts(request)
    key = await key_of(request, idempotency_key, identity.actor)
    earlier = None if key is None else await run_in_threadpool(answered_before, store, key)
    if earlier is not None:
        return respond(earlier)
    outcomes = await run_in_threadpool(lambda: [_screened_or_problem(screener, identity, item) for item in body.items])
    screened = [outcome for outcome in outcomes if isinstance(outcome, Screened)]
    if not screened and key is None:
        return respond(Answer(_results(outcomes, ())))
    stored = submit_screened(store, screened, actor=identity.actor, key=key, answered=partial(_results, outcomes))
    return respond(await asyncio.wrap_future(stored))


@router.get("/{assessment_id}", summary="取回一条筛查结果", responses=openapi.STORED)
async def stored(request: Request, identity: Reader, assessment_id: str) -> Response:
    """Return a stored assessment, byte for byte as it was answered."""

    def read() -> bytes:
        gate = gate_of(request)
        content = readable_assessment(gate.store, identity, assessment_id)
        gate.reads.note(identity.actor, "assessment", assessment_id)
        return content

    return Response(await run_in_threadpool(read), media_type=JSON_TYPE)


def _check_channel(identity: Identity, channel: str) -> None:
    why_not = identity.why_not(PERMISSION_OF_CHANNEL[channel])
    if why_not is not None:
        raise NotAllowedError(why_not)


def _screened(identity: Identity, body: ScreeningRequest, submission: Submission, assessment: Assessment) -> Screened:
    return Screened(
        submission,
        assessment,
        body.external_id,
        town=identity.town,
        credit_code=_credit_code(body),
        is_trial=is_trial(identity),
    )


def _credit_code(body: ScreeningRequest) -> str | None:
    if body.credit_code is None:
        return None
    if body.channel != REGISTRATION:
        raise WrongFieldError("credit_code", body.channel)
    return checked_credit_code(body.credit_code)


async def _with_link(store: Store, screened: Screened, answer: Answer) -> Response:
    """Say where the consultation is that this screening opened."""
    response = respond(answer)
    if store.terms is not None and screened.assessment.route in store.terms.opening_routes:
        consultation_id = answer.consultation_id
        if consultation_id is None:  # of an answer given before, it has to be looked up
            assessment_id = orjson.loads(answer.content)["id"]
            consultation_id = await run_in_threadpool(consultation_link, store, assessment_id)
        if consultation_id is not None:
            response.headers["Link"] = f'</v1/consultations/{consultation_id}>; rel="consultation"'
    return response


async def _assess(screener: Screener, submission: Submission) -> Assessment:
    if submission.channel == REGISTRATION and sum(len(text) for _, text in submission.fields) <= SHORT_CHARACTERS:
        return screener.assess(submission)
    return await run_in_threadpool(screener.assess, submission)


def _only(contents: Sequence[bytes]) -> bytes:
    return contents[0]


def _results(outcomes: Sequence[Screened | dict[str, Any]], contents: Sequence[bytes]) -> bytes:
    following = iter(contents)
    results = [
        {"index": index, "assessment": orjson.Fragment(next(following))}
        if isinstance(outcome, Screened)
        else {"index": index, "problem": outcome}
        for index, outcome in enumerate(outcomes)
    ]
    return orjson.dumps({"results": results})


def _screened_or_problem(screener: Screener, identity: Identity, item: object) -> Screened | dict[str, Any]:
    try:
        body = ScreeningRequest.model_validate(item)
        _check_channel(identity, body.channel)
        submission = Submission.of(body.channel, body.fields)
        return _screened(identity, body, submission, screener.assess(submission))
    except ValidationError as error:
        return invalid_request(error.errors(include_input=False, include_url=False))
    except RiskScreenError as error:
        return problem_of(error)
    except Exception as error:  # one item's fault must not cost the sender the other answers
        record_fault(error, "POST /v1/screenings/batch 中的一条")
        return http_problem(500)


def _parts(request: Request) -> tuple[Screener, Store]:
    return request.app.state.screener, request.app.state.store
