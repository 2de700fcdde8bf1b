"""Sign in step by step, sign out, and see one's own sessions: /v1/session and /v1/sessions."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.access.stages import Stage
from risk_screen.access.tokens import form_token
from risk_screen.api.access_schemas import (
    AccountAnswer,
    CodeRequest,
    EnrolmentAnswer,
    InviteRequest,
    OwnSession,
    OwnSessions,
    PasswordRequest,
    SessionAnswer,
    SignInRequest,
)
from risk_screen.api.caller import caller_of, gate_of, is_foreign
from risk_screen.api.identity import (
    ForeignRequestError,
    Needs,
    drop_session,
    session_of,
    session_token,
    set_session,
)
from risk_screen.api.parameters import ONLY_JSON, RecordId
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.operations.choosing_passwords import accept_invite, change_password
from risk_screen.operations.refusing import NotSignedInError
from risk_screen.operations.second_factor import begin_second_factor, finish_second_factor
from risk_screen.operations.sessions import Opened, SignedIn, close_own_session, own_sessions, sign_out
from risk_screen.operations.signing_in import confirm, sign_in

T = TypeVar("T")
router = APIRouter(prefix="/v1", tags=["登录"])
ANSWERED: Final = responses({200: "登录到了哪一步；会话在 Cookie 里"}, *WITH_BODY, model=SessionAnswer)
Signed = Annotated[Identity, Depends(Needs())]


async def _own_page(request: Request) -> None:
    """Refuse what a page of another site sends, also where no session is needed yet."""
    if is_foreign(request):
        raise ForeignRequestError


JSON_FROM_HERE: Final = [Depends(_own_page), ONLY_JSON]


@router.post("/session", summary="登录：名称和密码", responses=ANSWERED, dependencies=JSON_FROM_HERE)
async def begin(request: Request, body: SignInRequest) -> Response:
    """Check name and password; a session the browser had before ends."""
    earlier = await _earlier_session(request)
    opened = await slowly(request, sign_in, gate_of(request), caller_of(request), body.name, body.password)
    if earlier is not None:
        await run_in_threadpool(sign_out, gate_of(request).store, earlier)
    return with_session(request, opened)


@router.post("/session/second-factor", summary="登录：动态码", responses=ANSWERED, dependencies=JSON_FROM_HERE)
async def second(request: Request, body: CodeRequest) -> Response:
    """Check the second factor, or a recovery code."""
    token, _ = await _session(request)
    return with_session(
        request, await run_in_threadpool(confirm, gate_of(request), caller_of(request), token, body.code)
    )


@router.post(
    "/session/second-factor/new",
    summary="绑定动态码：取得密钥",
    responses=responses({200: "给验证器的密钥与二维码"}, model=EnrolmentAnswer),
    dependencies=[Depends(_own_page)],
)
async def begin_factor(request: Request) -> EnrolmentAnswer:
    """Make a secret for the authenticator."""
    token, _ = await _session(request)
    made = await run_in_threadpool(begin_second_factor, gate_of(request), token)
    return EnrolmentAnswer(uri=made.uri, secret=made.secret, qr_svg=made.qr_svg)


@router.put(
    "/session/second-factor/new", summary="绑定动态码：第一个码", responses=ANSWERED, dependencies=JSON_FROM_HERE
)
async def finish_factor(request: Request, body: CodeRequest) -> Response:
    """Check the first code; the answer has the recovery codes."""
    token, _ = await _session(request)
    opened = await run_in_threadpool(finish_second_factor, gate_of(request), caller_of(request), token, body.code)
    return with_session(request, opened)


@router.post("/session/password", summary="更换自己的密码", responses=ANSWERED, dependencies=JSON_FROM_HERE)
async def replace_password(request: Request, body: PasswordRequest) -> Response:
    """Put a new password in the place of one's own."""
    token, _ = await _session(request)
    gate, caller = gate_of(request), caller_of(request)
    return with_session(
        request, await slowly(request, change_password, gate, caller, token, old=body.old, new=body.new)
    )


@router.post(
    "/session/invite",
    summary="凭一次性链接设密码",
    responses=responses({200: "登录到了哪一步；会话在 Cookie 里"}, *WITH_BODY, 410, model=SessionAnswer),
    dependencies=JSON_FROM_HERE,
)
async def accept(request: Request, body: InviteRequest) -> Response:
    """Choose a password by link, and sign in."""
    opened = await slowly(request, accept_invite, gate_of(request), caller_of(request), body.token, body.password)
    return with_session(request, opened)


@router.get("/session", summary="我是谁", responses=responses({200: "登录到了哪一步"}, model=SessionAnswer))
async def whoami(request: Request) -> Response:
    """Tell who is signed in, and what they may do."""
    token, signed = await _session(request)
    return JSONResponse(_answer(token, signed).model_dump(), headers=NOT_KEPT)


@router.delete("/session", summary="退出", status_code=204, responses=responses({204: "已退出"}))
async def end(request: Request) -> Response:
    """Sign out; without a session there is nothing to do."""
    signed = await session_of(request)
    if signed is not None:
        await run_in_threadpool(sign_out, gate_of(request).store, signed)
    response = Response(status_code=204, headers=NOT_KEPT)
    drop_session(request, response)
    return response


@router.get("/sessions", summary="我的登录", responses=responses({200: "自己的各个会话"}, model=OwnSessions))
async def mine(request: Request, identity: Signed) -> OwnSessions:
    """List one's own sessions; none for programs."""
    found = await run_in_threadpool(own_sessions, gate_of(request).store, identity)
    this = await session_of(request)
    return OwnSessions(items=[OwnSession.of(one, this.session.id if this else "") for one in found])


@router.delete(
    "/sessions/{session_id}",
    summary="退出自己的另一处登录",
    status_code=204,
    responses=responses({204: "已退出"}, 404, 422),
)
async def end_other(request: Request, identity: Signed, session_id: RecordId) -> Response:
    """End one of one's own sessions."""
    await run_in_threadpool(close_own_session, gate_of(request).store, identity, session_id)
    gate_of(request).forget()
    return Response(status_code=204)


NOT_KEPT: Final = {"Cache-Control": "no-store"}


async def slowly(request: Request, work: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Do what checks passwords, in the few threads for it.

    Raises
    ------
    SignInBusyError
    """
    return await asyncio.wrap_future(gate_of(request).slow_lane.submit(work, *arguments, **named))


def with_session(request: Request, opened: Opened, response: Response | None = None) -> Response:
    """Answer with how far the sign-in has come, or with a page; and set the cookie."""
    if response is None:
        answer = _answer(opened.token, opened.signed_in, opened.recovery_codes)
        response = JSONResponse(answer.model_dump(), headers=NOT_KEPT)
    set_session(request, response, opened.token)
    return response


async def _earlier_session(request: Request) -> SignedIn | None:
    """The session that ends when another begins; a program need not show its token for that."""
    try:
        return await session_of(request)
    except ForeignRequestError:
        return None


async def _session(request: Request) -> tuple[str, SignedIn]:
    """The token of the session and whose it is, whatever it still asks for."""
    signed, token = await session_of(request), session_token(request)
    if signed is None or token is None:
        raise NotSignedInError
    return token, signed


def _answer(token: str, signed: SignedIn, codes: tuple[str, ...] = ()) -> SessionAnswer:
    is_full = signed.stage == Stage.FULL
    return SessionAnswer(
        stage=signed.stage,
        expires_at=signed.session.expires_at,
        csrf_token=form_token(token),
        account=AccountAnswer.of(signed.account),
        permissions=[one for one in Permission if is_full and signed.identity.may(one)],
        recovery_codes=list(codes),
    )
