"""Errors as application/problem+json. The one table from error class to HTTP status; never the citizen's text."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from risk_screen.errors import RiskScreenError
from risk_screen.operations.screening import AssessmentNotFoundError, StoreUnavailableError
from risk_screen.screening.submission import (
    BlankSubmissionError,
    SubmissionError,
    TooLongError,
    UnknownChannelError,
    WrongFieldError,
)

STATUS: Final[dict[type[RiskScreenError], HTTPStatus]] = {
    TooLongError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BlankSubmissionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownChannelError: HTTPStatus.UNPROCESSABLE_ENTITY,
    WrongFieldError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SubmissionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AssessmentNotFoundError: HTTPStatus.NOT_FOUND,
    StoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
TITLES: Final = {
    400: "请求无法读取",
    404: "没有找到",
    405: "不支持的方法",
    413: "内容过长",
    415: "内容类型不对",
    422: "请求内容有误",
    500: "内部错误",
    503: "暂时不可用",
}
HTTP_DETAILS: Final = {
    404: ("not_found", "没有这个地址：请对照 /docs 中的接口说明。"),
    405: ("method_not_allowed", "这个地址不支持该方法：请对照 /docs 中的接口说明。"),
}


def problem(status: int, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """Make the body of a problem."""
    title = TITLES.get(status, HTTPStatus(status).phrase)
    return {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **extra}


def problem_of(error: RiskScreenError) -> dict[str, Any]:
    """Make the problem of a known error."""
    return problem(STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR), error.code, error.detail)


def invalid_request(errors: Sequence[Any]) -> dict[str, Any]:
    """Say which fields of a request are wrong, without what stood in them."""
    if any(e["type"] == "json_invalid" for e in errors):
        return problem(400, "json_invalid", "请求体不是合法的 JSON：请检查引号、逗号与编码（UTF-8）。")
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body") or "请求体"
    reasons = {
        "missing": "缺少这一项",
        "extra_forbidden": "没有这一项",
        "string_type": "应是文本",
        "literal_error": "只能是 registration 或 marketing" if place.endswith("channel") else "取值不在允许范围内",
        "string_too_long": "太长",
        "string_too_short": "不能为空",
        "too_long": "条数超过上限 1,000，请分批提交",
        "too_short": "至少要有一条",
        "list_type": "应是数组",
        "dict_type": "应是对象",
        "model_attributes_type": "应是 JSON 对象，请设 Content-Type: application/json",
    }
    reason = reasons.get(first["type"], "格式不对")
    code = "unknown_channel" if place.endswith("channel") and first["type"] == "literal_error" else "request_invalid"
    shown = place if place.isascii() and len(place) <= 60 and first["type"] != "extra_forbidden" else "某一项"
    return problem(422, code, f"{shown}：{reason}。请对照 /docs 中的示例修改。")


def respond(body: dict[str, Any]) -> JSONResponse:
    """Answer with a problem."""
    return JSONResponse(body, status_code=body["status"], media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Let every error of the application leave as a problem."""

    async def known(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RiskScreenError)
        return respond(problem_of(error))

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return respond(invalid_request(error.errors()))

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        code, detail = HTTP_DETAILS.get(error.status_code, ("http_error", "请求无法处理：请对照 /docs 中的接口说明。"))
        return respond(problem(error.status_code, code, detail))

    async def unknown(_: Request, error: Exception) -> JSONResponse:
        return respond(
            problem(500, "internal", "程序内部错误，本次未写入任何内容：请稍后重试，并告知维护人员发生的时间。")
        )

    app.add_exception_handler(RiskScreenError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unknown)
