"""The OpenAPI document: every status that can occur, the real schema of the answers, and answers as examples."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from risk_screen.api.assessment_schema import component_schemas
from risk_screen.api.field_texts import describe
from risk_screen.api.openapi_access import describe_access
from risk_screen.api.problems import http_problem, problem, problem_of
from risk_screen.api.schemas import EXAMPLES, Problem
from risk_screen.operations.idempotency import IdempotencyConflictError
from risk_screen.operations.screening import AssessmentNotFoundError, AssessmentStrippedError
from risk_screen.operations.store import StoreUnavailableError
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import BlankSubmissionError, Submission

Responses = dict[int | str, dict[str, Any]]
EXAMPLE_ID: Final = "01931f00-0000-7000-8000-000000000000"
EXAMPLE_TIME: Final = "2026-11-22T04:00:00.000+00:00"
SCHEMAS: Final = "#/components/schemas/"


def _problem(description: str, example: Mapping[str, Any]) -> dict[str, Any]:
    content = {"schema": {"$ref": f"{SCHEMAS}Problem"}, "example": example}
    return {"description": description, "content": {"application/problem+json": content}}


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"$ref": SCHEMAS + schema}}}}


PROBLEM_500: Final[Responses] = {500: _problem("内部错误", http_problem(500))}
_STORE_PROBLEMS: Final[Responses] = {
    503: _problem("结果暂时无法保存", problem_of(StoreUnavailableError())),
    **PROBLEM_500,
}
_REQUEST_PROBLEMS: Final[Responses] = {
    400: _problem("请求体不是合法的 JSON", http_problem(400)),
    409: _problem("Idempotency-Key 已用于另一个请求", problem_of(IdempotencyConflictError())),
    413: _problem("请求体太大，或一个字段超过 100,000 个字符", http_problem(413)),
    415: _problem("Content-Type 不是 application/json", http_problem(415)),
    422: _problem("渠道、字段或内容有误", problem_of(BlankSubmissionError("marketing"))),
    **_STORE_PROBLEMS,
}
LINK: Final = {
    "description": '发起了会商时，它的地址：</v1/consultations/…>; rel="consultation"',
    "schema": {"type": "string"},
}
SCREEN: Final[Responses] = {
    200: _answer("筛查结果", "ScreeningAnswer") | {"headers": {"Link": LINK}},
    **_REQUEST_PROBLEMS,
}
SCREENING_ANSWER: Final[dict[str, Any]] = {
    "description": "筛查结果；请求时写了 ?advice=true 的，多一个 advice",
    "allOf": [{"$ref": f"{SCHEMAS}Assessment"}],
    "properties": {"advice": {"$ref": f"{SCHEMAS}AdviceAnswer"}},
}
BATCH: Final[Responses] = {200: _answer("逐条的结果，次序与请求相同", "BatchAnswer"), **_REQUEST_PROBLEMS}
STORED: Final[Responses] = {
    200: _answer("筛查结果，与当初返回的逐字节相同", "Assessment"),
    404: _problem("没有这个编号的结果", problem_of(AssessmentNotFoundError())),
    410: _problem("已过保存期限，引用的字句已清除", problem_of(AssessmentStrippedError())),
    **_STORE_PROBLEMS,
}
BATCH_EXAMPLE: Final[dict[str, Any]] = {
    "batch": {
        "summary": "一条登记、一条宣传、一条写错的",
        "value": {"items": [*(example["value"] for example in EXAMPLES.values()), {"channel": "marketing"}]},
    }
}
BATCH_ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["results"],
    "properties": {
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "description": "assessment 与 problem 必有其一",
                "required": ["index"],
                "properties": {
                    "index": {"type": "integer", "description": "在请求中的次序，从 0 起"},
                    "assessment": {"$ref": f"{SCHEMAS}Assessment"},
                    "problem": {"$ref": f"{SCHEMAS}Problem"},
                },
            },
        }
    },
}


def document(app: FastAPI) -> dict[str, Any]:
    """Make the OpenAPI document of the application; the examples are answers of the screener in service."""
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = made["components"]["schemas"]
    schemas |= component_schemas(SCHEMAS)
    schemas |= {
        "Problem": Problem.model_json_schema(),
        "BatchAnswer": BATCH_ANSWER,
        "ScreeningAnswer": SCREENING_ANSWER,
    }
    _drop_unused_422(made)
    describe(made)
    describe_access(made)
    answers = {name: example_answer(app.state.screener, example["value"]) for name, example in EXAMPLES.items()}
    for path, method in (("/v1/screenings", "post"), ("/v1/screenings/{assessment_id}", "get")):
        content = made["paths"][path][method]["responses"]["200"]["content"]["application/json"]
        content["examples"] = {name: {"summary": EXAMPLES[name]["summary"], "value": a} for name, a in answers.items()}
    content = made["paths"]["/v1/screenings/batch"]["post"]["responses"]["200"]["content"]["application/json"]
    content["example"] = {"results": _batch_results(list(answers.values()))}
    return made


def example_answer(screener: Screener, request: Mapping[str, Any]) -> dict[str, Any]:
    """Screen a request of the documentation; id and time are fixed."""
    fields = {name: text for name, text in request.items() if name not in ("channel", "external_id")}
    assessment = screener.assess(Submission.of(request["channel"], fields))
    return assessment.stamped(assessment_id=EXAMPLE_ID, created_at=EXAMPLE_TIME).to_dict()


def _batch_results(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    blank = BlankSubmissionError("marketing")
    results: list[dict[str, Any]] = [{"index": i, "assessment": answer} for i, answer in enumerate(answers)]
    return [*results, {"index": len(answers), "problem": problem(422, blank.code, blank.detail)}]


def _drop_unused_422(made: dict[str, Any]) -> None:
    """Take out FastAPI's own validation answer, which never leaves this application."""
    for operations in made["paths"].values():
        for operation in operations.values():
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
