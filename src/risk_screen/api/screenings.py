"""POST /v1/screenings, /v1/screenings/batch and GET /v1/screenings/{id}."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from risk_screen.api.problems import invalid_request, problem_of
from risk_screen.api.schemas import EXAMPLES, BatchRequest, Problem, ScreeningRequest
from risk_screen.errors import RiskScreenError
from risk_screen.operations.screening import Store, screen_and_store, store_screened, stored_assessment
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission

router = APIRouter(prefix="/v1/screenings", tags=["筛查"])

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": description, "content": {"application/problem+json": {}}}
    for status, description in {
        400: "请求体不是合法的 JSON",
        413: "文本超过 100,000 个字符",
        422: "渠道、字段或内容有误",
        503: "结果暂时无法保存",
    }.items()
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "没有这个编号的结果"},
    503: PROBLEMS[503],
}
ASSESSMENT: dict[str, Any] = {
    "description": "筛查结果（Assessment），字段说明见 docs/api.md",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@router.post("", summary="筛查一条登记或宣传文本", responses={200: ASSESSMENT, **PROBLEMS})
async def screen(request: Request, body: Annotated[ScreeningRequest, Body(openapi_examples=EXAMPLES)]) -> Response:
    """Screen one text, store the assessment and answer with it."""
    screener, store = _parts(request)
    submission = Submission.of(body.channel, body.fields)
    assessment = screener.assess(submission)
    content = await run_in_threadpool(store_screened, store, submission, assessment, external_id=body.external_id)
    return Response(content, media_type="application/json")


@router.post("/batch", summary="一次筛查至多 1,000 条", responses={**PROBLEMS})
async def screen_batch(request: Request, body: BatchRequest) -> Response:
    """Screen many texts; each gets an ``assessment`` or a ``problem``, in the order sent."""
    screener, store = _parts(request)
    results = [
        {"index": index, **await run_in_threadpool(_one_of_batch, screener, store, item)}
        for index, item in enumerate(body.items)
    ]
    return Response(orjson.dumps({"results": results}), media_type="application/json")


@router.get("/{assessment_id}", summary="取回一条筛查结果", responses={200: ASSESSMENT, **NOT_FOUND})
async def stored(request: Request, assessment_id: str) -> Response:
    """Return a stored assessment, byte for byte as it was answered."""
    _, store = _parts(request)
    return Response(await run_in_threadpool(stored_assessment, store, assessment_id), media_type="application/json")


def _one_of_batch(screener: Screener, store: Store, item: dict[str, Any]) -> dict[str, Any]:
    try:
        body = ScreeningRequest.model_validate(item)
        submission = Submission.of(body.channel, body.fields)
        content = screen_and_store(screener, store, submission, external_id=body.external_id)
    except ValidationError as error:
        return {"problem": invalid_request(error.errors(include_input=False, include_url=False))}
    except RiskScreenError as error:
        return {"problem": problem_of(error)}
    return {"assessment": orjson.Fragment(content)}


def _parts(request: Request) -> tuple[Screener, Store]:
    return request.app.state.screener, request.app.state.store
