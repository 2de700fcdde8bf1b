"""Registration holds: the list, a draft, one with what may be done to it, and the letter to print."""

from collections.abc import Callable
from typing import Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.api.reading import note_list, note_read
from risk_screen.casework.hold_letter import HOLD_TITLES, PROCEDURE_TITLES, Procedure
from risk_screen.casework.registration_outcome import checked_credit_code
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.enterprises import EnterpriseNotFoundError, enterprise_history
from risk_screen.operations.hold_letters import letter_as_text
from risk_screen.operations.holds import (
    SUBJECT,
    HoldDraft,
    HoldNotFoundError,
    discard_hold,
    draft_hold,
    hold_list,
    lift_hold,
    shown_hold,
    sign_hold,
)
from risk_screen.operations.idempotency import Answer
from risk_screen.operations.store import Store
from risk_screen.web.posting import FormIncompleteError, Posted, posted
from risk_screen.web.templating import page
from risk_screen.web.visiting import Page, Visit, redirect, visited

ON_A_PAGE: Final = 30
MOST_CHARACTERS: Final = 2_000
MOST_IN_A_LINE: Final = 200
NEEDED: Final = {
    "party": "收函单位",
    "addressee": "抬头",
    "subject_name": "单位名称",
    "case_reference": "案号或线索编号",
    "reasons": "理由",
}
Do = Callable[[Store, Asking, str, Posted], Answer]


def routes() -> list[Route]:
    """Return the addresses of this file."""
    one = "/holds/{hold_id}"
    return [
        Route("/holds", visited(listed, Permission.READ_CONSULTATION), methods=["GET"]),
        Route("/holds", visited(drafted, Permission.ANSWER_CONSULTATION), methods=["POST"]),
        Route("/holds/draft", visited(draft, Permission.ANSWER_CONSULTATION), methods=["GET"]),
        Route(one, visited(shown, Permission.READ_CONSULTATION), methods=["GET"]),
        Route(f"{one}/letter", visited(letter, Permission.READ_CONSULTATION), methods=["GET"]),
        Route(f"{one}/sign", visited(_posting(_sign), Permission.SIGN_HOLD), methods=["POST"]),
        Route(f"{one}/lift", visited(_posting(_lift), Permission.SIGN_HOLD), methods=["POST"]),
        Route(f"{one}/discard", visited(_posting(_discard), Permission.ANSWER_CONSULTATION), methods=["POST"]),
    ]


async def listed(request: Request, visit: Visit) -> Response:
    """List holds, the latest first; drafts are shown to the task force only."""
    store, after = request.app.state.store, request.query_params.get("after")
    found = orjson.loads(await run_in_threadpool(hold_list, store, visit.identity, after, ON_A_PAGE))
    await note_list(request, visit.identity, SUBJECT, len(found["items"]))
    return page(
        request,
        "holds.html",
        found=found,
        may_draft=visit.identity.may(Permission.ANSWER_CONSULTATION),
        states=HOLD_TITLES,
        procedures=PROCEDURE_TITLES,
    )


async def draft(request: Request, visit: Visit) -> Response:
    """Show the form of a draft; opened from an enterprise, it names that."""
    enterprise_id, known = request.query_params.get("enterprise", ""), {}
    if enterprise_id:
        store = request.app.state.store
        try:
            known = orjson.loads(await run_in_threadpool(enterprise_history, store, visit.identity, enterprise_id))
        except EnterpriseNotFoundError:
            return page(request, "not_found.html", status=404)
        await note_read(request, visit.identity, "enterprise", enterprise_id)
    typed = {"subject_name": [known.get("name") or ""], "credit_code": [known.get("credit_code", "")]}
    return _draft(request, Posted(typed))


async def drafted(request: Request, visit: Visit) -> Response:
    """Keep a draft."""
    form = Posted({})
    try:
        form = await posted(request)
        made = await run_in_threadpool(draft_hold, request.app.state.store, Asking(visit.identity), _hold_draft(form))
    except RiskScreenError as error:
        return _draft(request, form, complaint=error.detail)
    return redirect(f"/holds/{orjson.loads(made.content)['id']}?done=1#done")


async def shown(request: Request, visit: Visit) -> Response:
    """Show a hold."""
    return await _one(request, visit)


async def letter(request: Request, visit: Visit) -> Response:
    """Show the letter alone, ready to be printed."""
    store = request.app.state.store
    try:
        hold = await run_in_threadpool(shown_hold, store, visit.identity, request.path_params["hold_id"])
        title, number, text = letter_as_text(store, hold).split("\n\n", 2)
    except HoldNotFoundError:
        return page(request, "not_found.html", status=404)
    await note_read(request, visit.identity, SUBJECT, hold.id)
    return page(request, "letter.html", hold=hold, title=title, number=number, text=text)


def _posting(do: Do) -> Page:
    """Make the page that does something to a hold and shows it again, as it is then."""

    async def act(request: Request, visit: Visit) -> Response:
        hold_id, form = request.path_params["hold_id"], Posted({})
        try:
            form = await posted(request)
            asking = Asking(visit.identity, expected=form.expected)
            await run_in_threadpool(do, request.app.state.store, asking, hold_id, form)
        except HoldNotFoundError:
            return page(request, "not_found.html", status=404)
        except RiskScreenError as error:
            return await _one(request, visit, complaint=error.detail, typed=form)
        return redirect(f"/holds/{hold_id}?done=1#done")

    return act


def _sign(store: Store, asking: Asking, hold_id: str, _: Posted) -> Answer:
    return sign_hold(store, asking, hold_id)


def _lift(store: Store, asking: Asking, hold_id: str, form: Posted) -> Answer:
    form.need(reason="为什么解除")
    return lift_hold(store, asking, hold_id, form["reason"][:MOST_CHARACTERS])


def _discard(store: Store, asking: Asking, hold_id: str, _: Posted) -> Answer:
    return discard_hold(store, asking, hold_id)


def _hold_draft(form: Posted) -> HoldDraft:
    form.need(**NEEDED)
    procedures = tuple(one for one in Procedure if one in form.every("procedures"))
    if not procedures:
        raise FormIncompleteError(["暂停办理哪些登记"])
    return HoldDraft(
        party=form["party"][:MOST_IN_A_LINE],
        addressee=form["addressee"][:MOST_IN_A_LINE],
        subject_name=form["subject_name"][:MOST_IN_A_LINE],
        procedures=procedures,
        case_reference=form["case_reference"][:MOST_IN_A_LINE],
        reasons=form["reasons"][:MOST_CHARACTERS],
        credit_code=checked_credit_code(form["credit_code"]) if form["credit_code"] else "",
    )


def _draft(request: Request, typed: Posted, *, complaint: str = "") -> Response:
    status = 422 if complaint else 200
    return page(
        request, "hold_draft.html", status=status, typed=typed, complaint=complaint, procedures=PROCEDURE_TITLES
    )


async def _one(request: Request, visit: Visit, *, complaint: str = "", typed: Posted | None = None) -> Response:
    hold_id = request.path_params["hold_id"]
    try:
        hold = await run_in_threadpool(shown_hold, request.app.state.store, visit.identity, hold_id)
    except HoldNotFoundError:
        return page(request, "not_found.html", status=404)
    await note_read(request, visit.identity, SUBJECT, hold_id)
    return page(
        request,
        "hold.html",
        status=422 if complaint else 200,
        hold=hold,
        is_own=hold.made_by == visit.identity.actor.id,
        may_discard=visit.identity.may(Permission.ANSWER_CONSULTATION),
        may_sign=visit.identity.may(Permission.SIGN_HOLD),
        complaint=complaint,
        typed=typed or Posted({}),
        is_done="done" in request.query_params,
        states=HOLD_TITLES,
        procedures=PROCEDURE_TITLES,
    )
