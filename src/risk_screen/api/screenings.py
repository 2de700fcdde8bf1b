"""POST /v1/screenings, /v1/screenings/batch and GET /v1/screenings/{id}."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from risk_screen.api import openapi
from risk_screen.api.faults import record_fault
from risk_screen.api.problems import http_problem, invalid_request, problem_of
from risk_screen.api.schemas import EXAMPLES, BatchRequest, ScreeningRequest
from risk_screen.errors import RiskScreenError
from risk_screen.operations.screening import Screened, Store, screen_and_store, store_all, stored_assessment
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission

router = APIRouter(prefix="/v1/screenings", tags=["筛查"])
JSON_TYPE: Final = "application/json"


def _only_json(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON_TYPE:
        raise HTTPException(415)


@router.post("", summary="筛查一条登记或宣传文本", dependencies=[Depends(_only_json)], responses=openapi.SCREEN)
async def screen(request: Request, body: Annotated[ScreeningRequest, Body(openapi_examples=EXAMPLES)]) -> Response:
    """Screen one text, store the assessment and answer with it."""
    submission = Submission.of(body.channel, body.fields)
    content = await run_in_threadpool(screen_and_store, *_parts(request), submission, external_id=body.external_id)
    return Response(content, media_type=JSON_TYPE)


@router.post("/batch", summary="一次筛查至多 1,000 条", dependencies=[Depends(_only_json)], responses=openapi.BATCH)
async def screen_batch(
    request: Request, body: Annotated[BatchRequest, Body(openapi_examples=openapi.BATCH_EXAMPLE)]
) -> Response:
    """Screen many texts; each gets an ``assessment`` or a ``problem``, in the order sent; stored together or not."""
    results = await run_in_threadpool(_screen_items, *_parts(request), body.items)
    return Response(orjson.dumps({"results": results}), media_type=JSON_TYPE)


@router.get("/{assessment_id}", summary="取回一条筛查结果", responses=openapi.STORED)
async def stored(request: Request, assessment_id: str) -> Response:
    """Return a stored assessment, byte for byte as it was answered."""
    _, store = _parts(request)
    return Response(await run_in_threadpool(stored_assessment, store, assessment_id), media_type=JSON_TYPE)


def _screen_items(screener: Screener, store: Store, items: Sequence[object]) -> list[dict[str, Any]]:
    outcomes = [_screened_or_problem(screener, item) for item in items]
    screened = [outcome for outcome in outcomes if isinstance(outcome, Screened)]
    contents = iter(store_all(store, screened) if screened else ())
    return [
        {"index": index, "assessment": orjson.Fragment(next(contents))}
        if isinstance(outcome, Screened)
        else {"index": index, "problem": outcome}
        for index, outcome in enumerate(outcomes)
    ]


def _screened_or_problem(screener: Screener, item: object) -> Screened | dict[str, Any]:
    try:
        body = ScreeningRequest.model_validate(item)
        submission = Submission.of(body.channel, body.fields)
        return Screened(submission, screener.assess(submission), body.external_id)
    except ValidationError as error:
        return invalid_request(error.errors(include_input=False, include_url=False))
    except RiskScreenError as error:
        return problem_of(error)
    except Exception as error:
        record_fault(error, "POST /v1/screenings/batch 中的一条")
        return http_problem(500)


def _parts(request: Request) -> tuple[Screener, Store]:
    return request.app.state.screener, request.app.state.store
