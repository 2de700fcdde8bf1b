"""Errors as application/problem+json. The one table from error class to HTTP status; never the citizen's text."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from risk_screen.api.identity import ForeignRequestError, NotAllowedError
from risk_screen.api.multipart import UploadUnreadableError
from risk_screen.api.request_id import request_id
from risk_screen.casework.consultation import AnswerIncompleteError, ConsultationStateError
from risk_screen.casework.hold_letter import HoldStateError, OwnDraftError
from risk_screen.casework.registration_outcome import CreditCodeError, OutcomeIncompleteError
from risk_screen.delivery.destinations import DestinationInvalidError, DestinationRefusedError
from risk_screen.delivery.provincial import MappingFileError
from risk_screen.errors import RiskScreenError
from risk_screen.operations.accounts import (
    AccountInvalidError,
    AccountNameTakenError,
    AccountNotFoundError,
    LastAdministratorError,
)
from risk_screen.operations.api_keys import KeyNotFoundError, KeyTermsError
from risk_screen.operations.auditing import NoAuditTrailError
from risk_screen.operations.consultation_requests import ConsultationsOffError, OnlyRegistrationsError
from risk_screen.operations.consultation_view import ConsultationNotFoundError, ListCursorError
from risk_screen.operations.consulting import AnswerAwaitsConfirmationError, AnswerNotProposedError
from risk_screen.operations.enterprises import EnterpriseNotFoundError
from risk_screen.operations.exchanging import ExchangeRowError
from risk_screen.operations.expecting import PreconditionFailedError
from risk_screen.operations.feed import CursorExpiredError, UnknownCursorError
from risk_screen.operations.holds import HoldNotFoundError
from risk_screen.operations.idempotency import IdempotencyConflictError
from risk_screen.operations.labelling import LabelNotFoundError, UnknownReasonError
from risk_screen.operations.outcomes import OutcomeConflictError, OutcomeNotFoundError
from risk_screen.operations.proposing import (
    ReleaseIncompleteError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
    ReleaseStateError,
)
from risk_screen.operations.refusing import (
    InviteUnusableError,
    KeyExpiredError,
    KeyNetworkError,
    KeyRateError,
    KeyRefusedError,
    KeyRevokedError,
    NotSignedInError,
    PasswordRefusedError,
    SignInBusyError,
    SignInLockedError,
    SignInRefusedError,
    SignInStageError,
)
from risk_screen.operations.release_archive import ReleaseArchiveError
from risk_screen.operations.release_checking import ReleaseUnfitError
from risk_screen.operations.replaying import ReplayTextGoneError, ReplayVersionsError
from risk_screen.operations.reporters import (
    PurposeMissingError,
    ReporterEmptyError,
    ReporterForbiddenError,
    ReporterNotFoundError,
)
from risk_screen.operations.screening import AssessmentNotFoundError, AssessmentStrippedError
from risk_screen.operations.sessions import SessionNotFoundError
from risk_screen.operations.single_sign_on import (
    SingleSignOnOffError,
    SingleSignOnRefusedError,
    SingleSignOnUnreachableError,
)
from risk_screen.operations.store import StoreUnavailableError
from risk_screen.operations.webhook_destinations import DestinationNotFoundError
from risk_screen.operations.webhook_log import EventNotFoundError
from risk_screen.operations.webhooks import (
    SecretNotFoundError,
    WebhookInvalidError,
    WebhookLimitError,
    WebhookNotFoundError,
)
from risk_screen.screening.advising import NotARegistrationError
from risk_screen.screening.submission import (
    BlankSubmissionError,
    SubmissionError,
    TooLongError,
    UnknownChannelError,
    WrongFieldError,
)
from risk_screen.storage.sealing import KeyFileError, UnsealableError

STATUS: Final[dict[type[RiskScreenError], HTTPStatus]] = {
    TooLongError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BlankSubmissionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownChannelError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotARegistrationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    WrongFieldError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SubmissionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AssessmentNotFoundError: HTTPStatus.NOT_FOUND,
    LabelNotFoundError: HTTPStatus.NOT_FOUND,
    UnknownReasonError: HTTPStatus.UNPROCESSABLE_ENTITY,
    IdempotencyConflictError: HTTPStatus.CONFLICT,
    UnknownCursorError: HTTPStatus.CONFLICT,
    CursorExpiredError: HTTPStatus.GONE,
    DestinationInvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DestinationRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DestinationNotFoundError: HTTPStatus.NOT_FOUND,
    WebhookInvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    WebhookNotFoundError: HTTPStatus.NOT_FOUND,
    WebhookLimitError: HTTPStatus.CONFLICT,
    SecretNotFoundError: HTTPStatus.NOT_FOUND,
    EventNotFoundError: HTTPStatus.NOT_FOUND,
    ExchangeRowError: HTTPStatus.UNPROCESSABLE_ENTITY,
    MappingFileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PreconditionFailedError: HTTPStatus.PRECONDITION_FAILED,
    ConsultationNotFoundError: HTTPStatus.NOT_FOUND,
    ConsultationStateError: HTTPStatus.CONFLICT,
    ConsultationsOffError: HTTPStatus.CONFLICT,
    OnlyRegistrationsError: HTTPStatus.CONFLICT,
    ListCursorError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AnswerIncompleteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    AnswerAwaitsConfirmationError: HTTPStatus.CONFLICT,
    AnswerNotProposedError: HTTPStatus.CONFLICT,
    OwnDraftError: HTTPStatus.CONFLICT,
    OutcomeNotFoundError: HTTPStatus.NOT_FOUND,
    OutcomeConflictError: HTTPStatus.CONFLICT,
    OutcomeIncompleteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CreditCodeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    EnterpriseNotFoundError: HTTPStatus.NOT_FOUND,
    HoldNotFoundError: HTTPStatus.NOT_FOUND,
    HoldStateError: HTTPStatus.CONFLICT,
    ReleaseNotFoundError: HTTPStatus.NOT_FOUND,
    ReleaseRefusedError: HTTPStatus.FORBIDDEN,
    ReleaseStateError: HTTPStatus.CONFLICT,
    ReleaseIncompleteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReleaseArchiveError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReleaseUnfitError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UploadUnreadableError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ReplayTextGoneError: HTTPStatus.GONE,
    AssessmentStrippedError: HTTPStatus.GONE,
    KeyFileError: HTTPStatus.SERVICE_UNAVAILABLE,
    UnsealableError: HTTPStatus.SERVICE_UNAVAILABLE,
    ReporterNotFoundError: HTTPStatus.NOT_FOUND,
    ReporterForbiddenError: HTTPStatus.FORBIDDEN,
    PurposeMissingError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReporterEmptyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReplayVersionsError: HTTPStatus.CONFLICT,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    ForeignRequestError: HTTPStatus.FORBIDDEN,
    NotSignedInError: HTTPStatus.UNAUTHORIZED,
    SignInRefusedError: HTTPStatus.UNAUTHORIZED,
    SignInStageError: HTTPStatus.UNAUTHORIZED,
    SignInLockedError: HTTPStatus.TOO_MANY_REQUESTS,
    SignInBusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    PasswordRefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InviteUnusableError: HTTPStatus.GONE,
    AccountNotFoundError: HTTPStatus.NOT_FOUND,
    AccountNameTakenError: HTTPStatus.CONFLICT,
    AccountInvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    LastAdministratorError: HTTPStatus.CONFLICT,
    KeyNotFoundError: HTTPStatus.NOT_FOUND,
    KeyTermsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SingleSignOnOffError: HTTPStatus.NOT_FOUND,
    SingleSignOnRefusedError: HTTPStatus.UNAUTHORIZED,
    SingleSignOnUnreachableError: HTTPStatus.BAD_GATEWAY,
    SessionNotFoundError: HTTPStatus.NOT_FOUND,
    KeyRefusedError: HTTPStatus.UNAUTHORIZED,
    KeyRevokedError: HTTPStatus.UNAUTHORIZED,
    KeyExpiredError: HTTPStatus.UNAUTHORIZED,
    KeyNetworkError: HTTPStatus.FORBIDDEN,
    KeyRateError: HTTPStatus.TOO_MANY_REQUESTS,
    NoAuditTrailError: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
TITLES: Final[Mapping[int, str]] = {
    400: "请求无法读取",
    401: "需要登录或密钥",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的方法",
    409: "与先前的请求冲突",
    410: "已清除",
    412: "记录已经变了",
    413: "内容过长",
    415: "内容类型不对",
    421: "不答应这个主机名",
    422: "请求内容有误",
    429: "请求过于频繁",
    500: "内部错误",
    502: "单点登录服务没有应答",
    503: "暂时不可用",
}
# Status → code and sentence of problems that no error class stands for.
HTTP_PROBLEMS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("json_invalid", "请求体不是合法的 JSON：请检查引号、逗号、嵌套层数与编码（须为 UTF-8）。"),
    404: ("not_found", "没有这个地址：请对照 /docs 中的接口说明。"),
    405: ("method_not_allowed", "这个地址不支持该方法：请对照 /docs 中的接口说明。"),
    413: ("body_too_large", "请求体太大（单条至多 4 MiB，批量至多 32 MiB）：请分段或分批提交。"),
    415: ("content_type_unsupported", "请求体须是 JSON：请设 Content-Type: application/json。"),
    421: (
        "host_unknown",
        "本服务不答应这个主机名：请用 IP 地址或 localhost 访问；确是本服务的名称的，请维护人员设好"
        " RISK_SCREEN_PUBLIC_URL（人们输入的地址）或 RISK_SCREEN_OTHER_HOSTS（其他主机名），再重新启动。",
    ),
    500: ("internal", "程序内部错误，本次未写入任何内容：请稍后重试，并告知维护人员发生的时间。"),
}
OTHER_PROBLEM: Final = ("http_error", "请求无法处理：请对照 /docs 中的接口说明。")
REQUEST_INVALID: Final = "request_invalid"
# pydantic's error type → what is wrong with a field; its own messages are English and may quote the input.
FIELD_REASONS: Final[Mapping[str, str]] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "string_type": "应是文本",
    "string_unicode": "含有不完整的字符（半个表情符号等）",
    "string_too_long": "太长",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "不能只有空白",
    "too_long": "条数超过上限 1,000，请分批提交",
    "too_short": "至少要有一条",
    "list_type": "应是数组",
    "model_type": "应是 JSON 对象",
    "model_attributes_type": "应是 JSON 对象",
}
RETRY_AFTER_SECONDS: Final = "5"
CHALLENGE: Final = 'Bearer realm="risk_screen"'


def problem(status: int, code: str, detail: str) -> dict[str, Any]:
    """Make the body of a problem."""
    title = TITLES.get(status, HTTPStatus(status).phrase)
    return {"type": "about:blank", "title": title, "status": int(status), "code": code, "detail": detail}


def problem_of(error: RiskScreenError) -> dict[str, Any]:
    """Make the problem of a known error."""
    status = STATUS.get(type(error))
    return http_problem(500) if status is None else problem(status, error.code, error.detail)


def http_problem(status: int) -> dict[str, Any]:
    """Make the problem of a status that no error class stands for."""
    return problem(status, *HTTP_PROBLEMS.get(status, OTHER_PROBLEM))


def invalid_request(errors: Sequence[Any]) -> dict[str, Any]:
    """Say what is wrong with the first wrong field of a request, without what stood in it."""
    kind, place = errors[0]["type"], [part for part in errors[0]["loc"] if part != "body"]
    if kind == "json_invalid":
        return http_problem(400)
    if place[-1:] == ["channel"] and kind == "literal_error":
        return problem_of(UnknownChannelError())
    known = kind != "extra_forbidden" and place
    field = ".".join(str(part) for part in place) if known else "请求体" if not place else "某一项"
    more = f"（共 {len(errors)} 处有误）" if len(errors) > 1 else ""
    reason = FIELD_REASONS.get(kind, "格式不对")
    return problem(422, REQUEST_INVALID, f"{field}：{reason}{more}。请对照 /docs 中的示例修改。")


def respond(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Answer with a problem."""
    status = body["status"]
    more = {"Retry-After": RETRY_AFTER_SECONDS} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    number = request_id.get()
    body = {**body, "request_id": number} if number else body
    return JSONResponse(body, status, {**more, **(headers or {})}, media_type="application/problem+json")


def answer(error: RiskScreenError) -> JSONResponse:
    """Answer with the problem of a known error: how to sign in, or when to try again, where that is known."""
    body, headers = problem_of(error), {}
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = CHALLENGE
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    return respond(body, headers)


def install(app: FastAPI) -> None:
    """Let every error of the application leave as a problem."""
    app.add_exception_handler(RiskScreenError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _known(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RiskScreenError)
    return answer(error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return respond(invalid_request(error.errors()))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return respond(http_problem(error.status_code), error.headers)


async def _unforeseen(_: Request, error: Exception) -> JSONResponse:
    return respond(http_problem(500))
