"""The bureau asks for a consultation on a registration that no route opened one for."""

from typing import Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.api.reading import note_read
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_requests import request_consultation
from risk_screen.operations.looking_up import look_up
from risk_screen.operations.screening import REGISTRATION, AssessmentNotFoundError
from risk_screen.web.posting import Posted, posted
from risk_screen.web.record_pages import SUBJECT, title_of
from risk_screen.web.templating import page
from risk_screen.web.visiting import Visit, redirect, visited

ADDRESS: Final = "/assessments/{assessment_id}/consultation"
MOST_CHARACTERS: Final = 2_000


def routes() -> list[Route]:
    """Return the addresses of this file."""
    return [
        Route(ADDRESS, visited(shown, Permission.SCREEN_REGISTRATION), methods=["GET"]),
        Route(ADDRESS, visited(asked, Permission.SCREEN_REGISTRATION), methods=["POST"]),
    ]


async def shown(request: Request, visit: Visit) -> Response:
    """Show the form; where there is a consultation already, say so."""
    return await _form(request, visit)


async def asked(request: Request, visit: Visit) -> Response:
    """Open a consultation, and show it."""
    form, store = Posted({}), request.app.state.store
    try:
        form = await posted(request)
        form.need(request="为什么要会商")
        asking, why = Asking(visit.identity), form["request"][:MOST_CHARACTERS]
        answer = await run_in_threadpool(request_consultation, store, asking, request.path_params["assessment_id"], why)
    except AssessmentNotFoundError:
        return page(request, "not_found.html", status=404)
    except RiskScreenError as error:
        return await _form(request, visit, complaint=error.detail)
    return redirect(f"/consultations/{orjson.loads(answer.content)['id']}?done=1#done")


async def _form(request: Request, visit: Visit, *, complaint: str = "") -> Response:
    store, assessment_id = request.app.state.store, request.path_params["assessment_id"]
    try:
        found = await run_in_threadpool(look_up, store, visit.identity, assessment_id)
    except AssessmentNotFoundError:
        return page(request, "not_found.html", status=404)
    if found.assessment.channel != REGISTRATION:
        return page(request, "not_found.html", status=404)
    await note_read(request, visit.identity, SUBJECT, assessment_id)
    status = 422 if complaint else 200
    return page(
        request,
        "asking.html",
        status=status,
        assessment_id=assessment_id,
        consultation_id=found.consultation_id,
        title=title_of(found.fields),
        complaint=complaint,
    )
