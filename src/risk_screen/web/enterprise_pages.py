"""Enterprises: found by credit code, and all that was screened, answered and registered of one, under whatever name."""

from http import HTTPStatus

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.api.reading import note_read
from risk_screen.casework.consultation import ANSWER_TITLES, STATE_TITLES
from risk_screen.casework.hold_letter import HOLD_TITLES
from risk_screen.casework.registration_outcome import OUTCOME_TITLES, CreditCodeError, checked_credit_code
from risk_screen.operations.enterprises import SUBJECT, EnterpriseNotFoundError, enterprise_by_code, enterprise_history
from risk_screen.web.templating import page
from risk_screen.web.visiting import Visit, redirect, visited


def routes() -> list[Route]:
    """Return the addresses of this file."""
    return [
        Route("/enterprises", visited(found, Permission.READ_CONSULTATION), methods=["GET"]),
        Route("/enterprises/{enterprise_id}", visited(shown, Permission.READ_CONSULTATION), methods=["GET"]),
    ]


async def found(request: Request, visit: Visit) -> Response:
    """Ask for a credit code, and lead to the enterprise that has it."""
    typed = request.query_params.get("credit_code", "").strip()
    if not typed:
        return page(request, "enterprises.html", typed="", complaint="")
    try:
        code = checked_credit_code(typed)
        enterprise = orjson.loads(
            await run_in_threadpool(enterprise_by_code, request.app.state.store, visit.identity, code)
        )
    except (CreditCodeError, EnterpriseNotFoundError) as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, CreditCodeError) else HTTPStatus.OK
        return page(request, "enterprises.html", status=status, typed=typed, complaint=error.detail)
    return redirect(f"/enterprises/{enterprise['id']}")


async def shown(request: Request, visit: Visit) -> Response:
    """Show the history of an enterprise, as far as it is within reach."""
    store, enterprise_id = request.app.state.store, request.path_params["enterprise_id"]
    try:
        enterprise = orjson.loads(await run_in_threadpool(enterprise_history, store, visit.identity, enterprise_id))
    except EnterpriseNotFoundError:
        return page(request, "not_found.html", status=404)
    await note_read(request, visit.identity, SUBJECT, enterprise_id)
    return page(
        request,
        "enterprise.html",
        enterprise=enterprise,
        may_draft=visit.identity.may(Permission.ANSWER_CONSULTATION),
        states=STATE_TITLES,
        answers=ANSWER_TITLES,
        outcomes=OUTCOME_TITLES,
        holds=HOLD_TITLES,
    )
