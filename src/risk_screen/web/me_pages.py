"""One's own account: where one is signed in, password, second factor."""

from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.api.caller import caller_of, gate_of
from risk_screen.api.identity import session_token
from risk_screen.api.session import slowly, with_session
from risk_screen.errors import RiskScreenError
from risk_screen.operations.choosing_passwords import change_password
from risk_screen.operations.second_factor import begin_second_factor, finish_second_factor
from risk_screen.operations.sessions import SessionNotFoundError, close_own_session, own_sessions
from risk_screen.web.posting import posted
from risk_screen.web.sign_in_pages import PasswordsDifferError
from risk_screen.web.templating import page
from risk_screen.web.visiting import SIGN_IN, Visit, redirect, visited


def routes() -> list[Route]:
    """Return the addresses of this file."""
    return [
        Route("/me", visited(shown), methods=["GET"]),
        Route("/me/password", visited(new_password), methods=["POST"]),
        Route("/me/factor", visited(factor), methods=["GET"]),
        Route("/me/factor", visited(bind_factor), methods=["POST"]),
        Route("/me/sessions/{session_id}/end", visited(end), methods=["POST"]),
    ]


async def shown(request: Request, visit: Visit) -> Response:
    """Show who one is and where one is signed in."""
    return await _me(request, visit)


async def new_password(request: Request, visit: Visit) -> Response:
    """Change one's password; other sessions end."""
    try:
        form = await posted(request)
        if form.exactly("new") != form.exactly("again"):
            raise PasswordsDifferError
        gate, caller, token = gate_of(request), caller_of(request), session_token(request) or ""
        old, new = form.exactly("old"), form.exactly("new")
        opened = await slowly(request, change_password, gate, caller, token, old=old, new=new)
    except RiskScreenError as error:
        return await _me(request, visit, complaint=error.detail)
    return with_session(request, opened, redirect("/me?done=password"))


async def factor(request: Request, visit: Visit) -> Response:
    """Show the secret for the authenticator."""
    return await _factor(request, visit)


async def bind_factor(request: Request, visit: Visit) -> Response:
    """Check the first code, and show the recovery codes once."""
    try:
        code = (await posted(request))["code"]
        gate, caller, token = gate_of(request), caller_of(request), session_token(request) or ""
        opened = await run_in_threadpool(finish_second_factor, gate, caller, token, code)
    except RiskScreenError as error:
        return await _factor(request, visit, complaint=error.detail)
    response = page(request, "recovery_codes.html", codes=opened.recovery_codes, following="/me")
    return with_session(request, opened, response)


async def end(request: Request, visit: Visit) -> Response:
    """End one of one's own sessions."""
    gate = gate_of(request)
    try:
        await run_in_threadpool(close_own_session, gate.store, visit.identity, request.path_params["session_id"])
    except SessionNotFoundError as error:
        return await _me(request, visit, complaint=error.detail)
    gate.forget()
    return redirect("/me?done=session")


async def _me(request: Request, visit: Visit, *, complaint: str = "") -> Response:
    if visit.session is None:
        return redirect(SIGN_IN)
    sessions = await run_in_threadpool(own_sessions, gate_of(request).store, visit.identity)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK
    return page(
        request,
        "me.html",
        status=status,
        sessions=sessions,
        this=visit.session.session.id,
        account=visit.session.account,
        complaint=complaint,
        done=request.query_params.get("done", ""),
    )


async def _factor(request: Request, visit: Visit, *, complaint: str = "") -> Response:
    if visit.session is None or visit.session.account.totp_secret is not None:
        return redirect("/me")
    try:
        made = await run_in_threadpool(begin_second_factor, gate_of(request), session_token(request) or "")
    except RiskScreenError as error:
        return await _me(request, visit, complaint=error.detail)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK
    return page(request, "factor.html", status=status, enrolment=made, complaint=complaint)
