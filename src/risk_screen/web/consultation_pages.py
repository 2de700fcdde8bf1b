"""Consultations: the list of what waits, one with its answers, and the form to answer, confirm or return."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.api.reading import note_list, note_read
from risk_screen.casework.consultation import (
    ANSWER_TITLES,
    STATE_TITLES,
    WAITING,
    AnswerIncompleteError,
    AnswerKind,
    State,
)
from risk_screen.casework.registration_outcome import OUTCOME_TITLES
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.consultation_view import (
    ConsultationNotFoundError,
    consultation_list,
    place_of,
    shown_consultation,
)
from risk_screen.operations.consulting import Said, answer_consultation, confirm_answer, return_answer
from risk_screen.operations.looking_up import LookedUp, fields_as_sent, look_up
from risk_screen.operations.screening import AssessmentNotFoundError
from risk_screen.operations.store import Store
from risk_screen.operations.waiting import waiting_list, waiting_place
from risk_screen.storage.consultations import Page
from risk_screen.storage.waiting import ORDERS, WAITING_ROUTES, WORST, WaitingPage
from risk_screen.web.posting import Posted, posted
from risk_screen.web.record_pages import title_of
from risk_screen.web.result import Background, view_of
from risk_screen.web.templating import page
from risk_screen.web.visiting import Visit, redirect, visited

ON_A_PAGE: Final = 30
EVERY_STATE: Final = tuple(State)
MOST_CHARACTERS: Final = 2_000
CHOICE: Final = "意见（无异议、有条件同意、有异议）"
Do = Callable[[Store, Asking, str, Posted], object]


@dataclass(frozen=True, slots=True)
class Shown:
    """A consultation with the assessment it is about."""

    consultation: dict[str, Any]
    version: int
    looked_up: LookedUp


def routes() -> list[Route]:
    """Return the addresses of this file."""
    one = "/consultations/{consultation_id}"
    return [
        Route("/consultations", visited(listed, Permission.READ_CONSULTATION), methods=["GET"]),
        Route(one, visited(shown, Permission.READ_CONSULTATION), methods=["GET"]),
        Route(f"{one}/answer", visited(_posting(_answer), Permission.ANSWER_CONSULTATION), methods=["POST"]),
        Route(f"{one}/confirm", visited(_posting(_confirm), Permission.CONFIRM_ANSWER), methods=["POST"]),
        Route(f"{one}/return", visited(_posting(_return), Permission.ANSWER_CONSULTATION), methods=["POST"]),
        Route("/waiting", visited(waiting, Permission.ANSWER_CONSULTATION), methods=["GET"]),
    ]


async def listed(request: Request, visit: Visit) -> Response:
    """List what waits by due time, or everything else newest first."""
    state = request.query_params.get("state", "waiting")
    states = {"waiting": WAITING, "all": EVERY_STATE}.get(state) or (State(state),) if _is_state(state) else WAITING
    try:
        wanted = Page(states, place_of(request.query_params.get("cursor")), ON_A_PAGE)
    except RiskScreenError:
        return redirect("/consultations")
    store = request.app.state.store
    found = orjson.loads(await run_in_threadpool(consultation_list, store, visit.identity, wanted))
    titles = await run_in_threadpool(_titles, store, found["items"])
    await note_list(request, visit.identity, "consultation", len(titles))
    return page(
        request,
        "consultations.html",
        found=found,
        titles=titles,
        state=state if _is_state(state) else "waiting",
        state_titles=STATE_TITLES,
        answer_titles=ANSWER_TITLES,
    )


async def shown(request: Request, visit: Visit) -> Response:
    """Show a consultation."""
    return await _one(request, visit)


async def waiting(request: Request, visit: Visit) -> Response:
    """List the flyers that ask somebody to look, worst first."""
    asked = request.query_params
    route = next((one for one in WAITING_ROUTES if one == asked.get("route")), "site_check")
    try:
        order = next((one for one in ORDERS if one == asked.get("order")), WORST)
        wanted = WaitingPage(route, order, waiting_place(asked.get("cursor")), ON_A_PAGE)
    except RiskScreenError:
        return redirect("/waiting")
    store = request.app.state.store
    found = orjson.loads(await run_in_threadpool(waiting_list, store, visit.identity, wanted))
    titles = await run_in_threadpool(_titles, store, found["items"])
    await note_list(request, visit.identity, "assessment", len(titles))
    return page(request, "waiting.html", found=found, titles=titles, route=route, order=asked.get("order", "worst"))


def _posting(do: Do) -> Callable[[Request, Visit], Any]:
    """Make the page that does something to a consultation and shows it again, as it is then."""

    async def act(request: Request, visit: Visit) -> Response:
        consultation_id = request.path_params["consultation_id"]
        form = Posted({})
        try:
            form = await posted(request)
            asking = Asking(visit.identity, expected=form.expected)
            await run_in_threadpool(do, request.app.state.store, asking, consultation_id, form)
        except ConsultationNotFoundError:
            return page(request, "not_found.html", status=404)
        except RiskScreenError as error:
            return await _one(request, visit, complaint=error.detail, typed=form)
        return redirect(f"/consultations/{consultation_id}?done=1#done")

    return act


def _answer(store: Store, asking: Asking, consultation_id: str, form: Posted) -> object:
    if form["answer"] not in set(AnswerKind):
        raise AnswerIncompleteError(CHOICE)
    texts = [form[name][:MOST_CHARACTERS] for name in ("reasons", "conditions", "correction_reason")]
    return answer_consultation(store, asking, consultation_id, Said(AnswerKind(form["answer"]), *texts))


def _confirm(store: Store, asking: Asking, consultation_id: str, form: Posted) -> object:
    return confirm_answer(store, asking, consultation_id, form.number("number"))


def _return(store: Store, asking: Asking, consultation_id: str, form: Posted) -> object:
    return return_answer(store, asking, consultation_id, form.number("number"), form["note"][:MOST_CHARACTERS])


async def _one(request: Request, visit: Visit, *, complaint: str = "", typed: Posted | None = None) -> Response:
    state = request.app.state
    try:
        found = await run_in_threadpool(_found, state.store, visit, request.path_params["consultation_id"])
    except (ConsultationNotFoundError, AssessmentNotFoundError):
        return page(request, "not_found.html", status=404)
    assessment = found.looked_up.assessment
    await note_read(request, visit.identity, "consultation", found.consultation["id"])
    await note_read(request, visit.identity, "assessment", str(assessment.id))
    return page(
        request,
        "consultation.html",
        status=422 if complaint else 200,
        c=found.consultation,
        found=found.looked_up,
        outcome_titles=OUTCOME_TITLES,
        version=found.version,
        view=view_of(assessment, found.looked_up.fields or {}, Background.of(state.screener, assessment.channel)),
        title=title_of(found.looked_up.fields),
        advice=None,
        complaint=complaint,
        typed=typed or Posted({}),
        is_done="done" in request.query_params,
        may_answer=visit.identity.may(Permission.ANSWER_CONSULTATION),
        may_confirm=visit.identity.may(Permission.CONFIRM_ANSWER),
        state_titles=STATE_TITLES,
        answer_titles=ANSWER_TITLES,
    )


def _found(store: Store, visit: Visit, consultation_id: str) -> Shown:
    content, version = shown_consultation(store, visit.identity, consultation_id)
    consultation = orjson.loads(content)
    return Shown(consultation, version, look_up(store, visit.identity, consultation["assessment_id"]))


def _titles(store: Store, listed: list[dict[str, Any]]) -> dict[str, str]:
    """What the assessments of a list are about, in one line each."""
    fields = fields_as_sent(store, [one["assessment_id"] for one in listed])
    return {one: title_of(texts) for one, texts in fields.items()}


def _is_state(state: str) -> bool:
    return state in ("waiting", "all") or state in set(State)
