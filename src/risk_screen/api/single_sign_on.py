"""GET /v1/session/single-sign-on leads to the office's own sign-in page, and …/return back from it."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from risk_screen.api.caller import caller_of, gate_of, own_address
from risk_screen.api.identity import set_session
from risk_screen.api.responses import responses
from risk_screen.operations.single_sign_on import (
    LIFE,
    Provider,
    Returned,
    SingleSignOnOffError,
    begin_sign_on,
    finish_sign_on,
)

PATH: Final = "/v1/session/single-sign-on"
COOKIE: Final = "risk_screen_sign_on"
router = APIRouter(prefix=PATH, tags=["登录"])
Brought = Annotated[str, Query(max_length=4_000)]


@router.get("", summary="单点登录：去", status_code=303, responses=responses({303: "到单点登录服务的页面"}, 404, 502))
async def leave(request: Request) -> Response:
    """Send the browser to the provider."""
    begun = await run_in_threadpool(begin_sign_on, gate_of(request), _provider(request), _redirect_uri(request))
    response = RedirectResponse(begun.address, 303)
    is_secure, seconds = caller_of(request).is_secure, int(LIFE.total_seconds())
    response.set_cookie(
        COOKIE, begun.state, max_age=seconds, path=PATH, secure=is_secure, httponly=True, samesite="lax"
    )
    return response


@router.get(
    "/return",
    summary="单点登录：回",
    status_code=303,
    responses=responses({303: "登录成功，到首页；会话在 Cookie 里"}, 404, 422, 502),
)
async def come_back(request: Request, state: Brought = "", code: Brought = "") -> Response:
    """Open a session for who the provider says it is."""
    returned = Returned(state, request.cookies.get(COOKIE, ""), code, _redirect_uri(request))
    opened = await run_in_threadpool(finish_sign_on, gate_of(request), _provider(request), caller_of(request), returned)
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE, path=PATH)
    set_session(request, response, opened.token)
    return response


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise SingleSignOnOffError
    return provider


def _redirect_uri(request: Request) -> str:
    return f"{own_address(request)}{PATH}/return"
