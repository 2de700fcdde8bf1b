"""What a route may answer, for the OpenAPI document: one line per status, the same words on every route."""

from collections.abc import Mapping
from typing import Any, Final

from risk_screen.api.schemas import Problem

Responses = dict[int | str, dict[str, Any]]
DESCRIPTIONS: Final[Mapping[int, str]] = {
    304: "与上次得到的相同，不带内容",
    400: "请求体不是合法的 JSON",
    401: "没有登录，也没有带接口密钥；或者密钥无效",
    403: "没有这项权限",
    404: "没有这个编号，或不在可见范围内",
    409: "与先前的请求或现在的状态冲突",
    410: "已按期限清除",
    412: "记录在读取之后变过",
    413: "请求体太大",
    415: "Content-Type 不对",
    421: "不答应这个主机名",
    422: "内容有误",
    429: "请求过于频繁",
    500: "内部错误",
    502: "别的系统没有应答",
    503: "数据库暂时不能用",
}
# Any route that asks who is calling and reads the database may answer so.
EVERYWHERE: Final = (401, 403, 429, 500, 503)
# One that takes a JSON body, besides.
WITH_BODY: Final = (400, 413, 415, 422)


def responses(success: Mapping[int, str], *statuses: int, model: Any = None) -> Responses:
    """Describe what a route answers.

    Parameters
    ----------
    success : mapping of int to str
        Status to description.
    *statuses : int
        Of the problems it may answer besides those of EVERYWHERE, e.g. ``*WITH_BODY, 404``.
    model : type, optional
        Schema of the first successful answer.
    """
    made: Responses = {status: {"description": text} for status, text in success.items()}
    if model is not None:
        made[next(iter(success))]["model"] = model
    # An id may also be too long to be one.
    needed = (422,) if 404 in statuses else ()
    for status in sorted({*statuses, *needed, *EVERYWHERE}):
        made[status] = {"description": DESCRIPTIONS[status]}
        if status >= 400:
            made[status]["content"] = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return made
