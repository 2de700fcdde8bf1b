"""Sign in step by step: password, code, a new password, setting up the second factor; and links to begin with."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.stages import Stage
from risk_screen.api.caller import caller_of, gate_of, is_foreign
from risk_screen.api.identity import ForeignRequestError, session_of, session_token
from risk_screen.api.session import slowly, with_session
from risk_screen.errors import RiskScreenError
from risk_screen.operations.choosing_passwords import accept_invite, change_password
from risk_screen.operations.second_factor import begin_second_factor, finish_second_factor
from risk_screen.operations.sessions import Opened, SignedIn, sign_out
from risk_screen.operations.signing_in import confirm, sign_in
from risk_screen.web.posting import Posted, posted
from risk_screen.web.templating import page
from risk_screen.web.visiting import HOME, SIGN_IN, own_address, redirect

NOT_THE_SAME: Final = "两次输入的新密码不一样：请重新输入。"
Step = Callable[[Request, Posted], Awaitable[Opened]]


def routes() -> list[Route]:
    """Return the addresses of this file."""
    steps: dict[str, Step] = {"": _password, "/code": _code, "/password": _new_password, "/factor": _factor}
    return [
        Route(SIGN_IN, shown, methods=["GET"]),
        *(Route(SIGN_IN + name, _taking(step), methods=["POST"]) for name, step in steps.items()),
        Route("/invite", invite, methods=["GET"]),
        Route("/invite", _accepting, methods=["POST"]),
        Route("/sign-out", leave, methods=["POST"]),
    ]


async def shown(request: Request) -> Response:
    """Show what the sign-in asks for next; who has signed in is led on."""
    signed = await session_of(request)
    if signed is not None and signed.stage == Stage.FULL:
        return redirect(own_address(request.query_params.get("next", HOME)))
    return await _form(request, signed, following=request.query_params.get("next", HOME))


async def invite(request: Request) -> Response:
    """Ask for a first password; the code stands behind # in the link, where no server sees it."""
    return page(request, "invite.html", complaint="")


async def leave(request: Request) -> Response:
    """Sign out."""
    try:
        signed = await session_of(request)
    except ForeignRequestError as error:
        return page(request, "refused.html", status=HTTPStatus.FORBIDDEN, error=error)
    if signed is not None:
        await run_in_threadpool(sign_out, gate_of(request).store, signed)
        gate_of(request).forget()
    return redirect(SIGN_IN)


def _taking(step: Step) -> Callable[[Request], Awaitable[Response]]:
    """Make the endpoint of a step: take it, then lead on, ask for the next one, or say what is wrong."""

    async def take(request: Request) -> Response:
        signed, form = None, Posted({})
        try:
            if is_foreign(request):
                raise ForeignRequestError
            signed = await session_of(request)
            form = await posted(request)
            opened = await step(request, form)
        except RiskScreenError as error:
            return await _form(request, signed, following=form["next"], complaint=error.detail, name=form["name"])
        return await _further(request, opened, form["next"])

    return take


async def _accepting(request: Request) -> Response:
    try:
        if is_foreign(request):
            raise ForeignRequestError
        form = await posted(request)
        _check_same(form)
        token = form["token"].rpartition("#")[2]
        opened = await slowly(request, accept_invite, gate_of(request), caller_of(request), token, form.exactly("new"))
    except RiskScreenError as error:
        return page(request, "invite.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, complaint=error.detail)
    return await _further(request, opened, HOME)


async def _password(request: Request, form: Posted) -> Opened:
    earlier = await session_of(request)
    gate, caller = gate_of(request), caller_of(request)
    opened = await slowly(request, sign_in, gate, caller, form["name"], form.exactly("password"))
    if earlier is not None:
        await run_in_threadpool(sign_out, gate.store, earlier)
    return opened


async def _code(request: Request, form: Posted) -> Opened:
    return await run_in_threadpool(confirm, gate_of(request), caller_of(request), _token(request), form["code"])


async def _new_password(request: Request, form: Posted) -> Opened:
    _check_same(form)
    gate, caller = gate_of(request), caller_of(request)
    old, new = form.exactly("old"), form.exactly("new")
    return await slowly(request, change_password, gate, caller, _token(request), old=old, new=new)


async def _factor(request: Request, form: Posted) -> Opened:
    return await run_in_threadpool(
        finish_second_factor, gate_of(request), caller_of(request), _token(request), form["code"]
    )


async def _further(request: Request, opened: Opened, following: str) -> Response:
    if opened.recovery_codes:
        response = page(request, "recovery_codes.html", codes=opened.recovery_codes, following=own_address(following))
    elif opened.signed_in.stage == Stage.FULL:
        response = redirect(own_address(following))
    else:
        response = redirect(f"{SIGN_IN}?next={quote(own_address(following))}")
    return with_session(request, opened, response)


async def _form(
    request: Request, signed: SignedIn | None, *, following: str, complaint: str = "", name: str = ""
) -> Response:
    stage = None if signed is None or signed.stage == Stage.FULL else signed.stage
    shown: dict[str, Any] = {"following": own_address(following or HOME), "complaint": complaint, "name": name}
    if stage == Stage.SET_UP_SECOND_FACTOR:
        shown["enrolment"] = await run_in_threadpool(begin_second_factor, gate_of(request), _token(request))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK
    return page(request, "sign_in.html", status=status, stage=stage, **shown)


def _check_same(form: Posted) -> None:
    if form.exactly("new") != form.exactly("again"):
        raise PasswordsDifferError


def _token(request: Request) -> str:
    return session_token(request) or ""


class PasswordsDifferError(RiskScreenError):
    """A new password was typed in two ways."""

    code = "passwords_differ"

    def __init__(self) -> None:
        super().__init__(NOT_THE_SAME)
