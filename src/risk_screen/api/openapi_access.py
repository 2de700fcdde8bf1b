"""What the OpenAPI document says of access: how to show who one is, and how one is refused."""

from collections.abc import Mapping
from typing import Any, Final

from risk_screen.api.caller import FORM_TOKEN_HEADER, SAFE_METHODS
from risk_screen.api.doorkeeper import GUARDED, PUBLIC
from risk_screen.api.identity import COOKIE, NotAllowedError
from risk_screen.api.problems import http_problem, problem_of
from risk_screen.errors import RiskScreenError
from risk_screen.operations.refusing import KeyRateError, NotSignedInError
from risk_screen.operations.store import StoreUnavailableError

SCHEMES: Final[dict[str, Any]] = {
    "key": {"type": "http", "scheme": "bearer", "description": "接口密钥：Authorization: Bearer rs_…"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "网页登录的会话（https 时名称前加 __Host-）。改动数据的请求须由本系统的页面发出，"
        f"或带 {FORM_TOKEN_HEADER}",
    },
}
RETRY_AFTER: Final = {"description": "多少秒后再试", "schema": {"type": "integer"}}


def describe_access(made: dict[str, Any]) -> None:
    """Add to every operation how to show who one is, and the refusals that any of them may answer with."""
    made["components"]["securitySchemes"] = SCHEMES
    for path, operations in made["paths"].items():
        if not path.startswith(GUARDED):
            continue
        for method, operation in operations.items():
            if path not in PUBLIC:
                operation["security"] = [{name: []} for name in SCHEMES]
            for status, refusal in _refusals(path, method).items():
                operation["responses"].setdefault(status, refusal)


def _refusals(path: str, method: str) -> dict[str, Any]:
    refusals = {
        "401": _refusal("没有登录，或密钥不对、停用、过期", NotSignedInError()),
        "403": _refusal("没有权限，或密钥用在不允许的网段", NotAllowedError("没有“筛查企业登记”的权限。")),
        "421": _refusal("地址里的主机名不是本服务的", http_problem(421)),
        "429": _refusal("超过密钥每分钟的次数", KeyRateError("请求过于频繁，每分钟最多 600 次；请稍后再试。"))
        | {"headers": {"Retry-After": RETRY_AFTER}},
        "503": _refusal("暂时查不到账号与密钥", StoreUnavailableError()),
    }
    if path in PUBLIC and method.upper() in SAFE_METHODS:
        return {status: refusals[status] for status in ("401", "421", "503")}
    return refusals


def _refusal(description: str, error: RiskScreenError | Mapping[str, Any]) -> dict[str, Any]:
    example = problem_of(error) if isinstance(error, RiskScreenError) else error
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": description, "content": {"application/problem+json": content}}
