"""What became of a registration: every report of it, and the form by which the bureau reports or corrects it."""

from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.api.reading import note_read
from risk_screen.casework.registration_outcome import OUTCOME_TITLES, Outcome, checked_credit_code
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.looking_up import look_up
from risk_screen.operations.outcomes import OutcomeNotFoundError, Reported, report_outcome, shown_outcome
from risk_screen.operations.screening import REGISTRATION, AssessmentNotFoundError
from risk_screen.operations.store import Store
from risk_screen.web.posting import FormIncompleteError, Posted, posted
from risk_screen.web.record_pages import SUBJECT, title_of
from risk_screen.web.templating import page
from risk_screen.web.visiting import Visit, redirect, visited

ADDRESS: Final = "/assessments/{assessment_id}/outcome"
MOST_CHARACTERS: Final = 2_000
MOST_IN_A_LINE: Final = 200
NOTHING_YET: Final[dict[str, Any]] = {"version": 0, "reports": []}


def routes() -> list[Route]:
    """Return the addresses of this file."""
    return [
        Route(ADDRESS, visited(shown, Permission.READ_ASSESSMENT), methods=["GET"]),
        Route(ADDRESS, visited(reported, Permission.REPORT_OUTCOME), methods=["POST"]),
    ]


async def shown(request: Request, visit: Visit) -> Response:
    """Show what became of a registration."""
    return await _outcome(request, visit)


async def reported(request: Request, visit: Visit) -> Response:
    """Keep what became of a registration, and show it."""
    assessment_id, form = request.path_params["assessment_id"], Posted({})
    try:
        form = await posted(request)
        asking = Asking(visit.identity, expected=form.expected)
        store = request.app.state.store
        await run_in_threadpool(report_outcome, store, asking, assessment_id, _reported(form))
    except AssessmentNotFoundError:
        return page(request, "not_found.html", status=404)
    except RiskScreenError as error:
        return await _outcome(request, visit, complaint=error.detail, typed=form)
    return redirect(f"/assessments/{assessment_id}/outcome?done=1#done")


def _reported(form: Posted) -> Reported:
    if form["outcome"] not in set(Outcome):
        raise FormIncompleteError(["结果"])
    return Reported(
        Outcome(form["outcome"]),
        checked_credit_code(form["credit_code"]) if form["credit_code"] else None,
        form["registered_name"][:MOST_IN_A_LINE] or None,
        form["correction_reason"][:MOST_CHARACTERS],
    )


async def _outcome(request: Request, visit: Visit, *, complaint: str = "", typed: Posted | None = None) -> Response:
    store, assessment_id = request.app.state.store, request.path_params["assessment_id"]
    try:
        found = await run_in_threadpool(look_up, store, visit.identity, assessment_id)
    except AssessmentNotFoundError:
        return page(request, "not_found.html", status=404)
    if found.assessment.channel != REGISTRATION:
        return page(request, "not_found.html", status=404)
    await note_read(request, visit.identity, SUBJECT, assessment_id)
    return page(
        request,
        "outcome.html",
        status=422 if complaint else 200,
        found=found,
        title=title_of(found.fields),
        outcome=await run_in_threadpool(_reports, store, visit, assessment_id),
        may_report=visit.identity.may(Permission.REPORT_OUTCOME),
        complaint=complaint,
        typed=typed or Posted({}),
        is_done="done" in request.query_params,
        titles=OUTCOME_TITLES,
    )


def _reports(store: Store, visit: Visit, assessment_id: str) -> dict[str, Any]:
    try:
        content, _ = shown_outcome(store, visit.identity, assessment_id)
    except OutcomeNotFoundError:
        return NOTHING_YET
    reports: dict[str, Any] = orjson.loads(content)
    return reports
