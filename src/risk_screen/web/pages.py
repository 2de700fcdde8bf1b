"""The addresses of the page: the form and its result at /, the description of the API at /docs, and kind refusals."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.api.identity import NotAllowedError
from risk_screen.api.screenings import PERMISSION_OF_CHANNEL
from risk_screen.errors import RiskScreenError
from risk_screen.operations.screening import Screened, is_trial, store_screened
from risk_screen.operations.store import Store, StoreUnavailableError
from risk_screen.screening.advising import REGISTRATION, Advice, advise
from risk_screen.screening.assessment import Assessment
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import (
    FIELDS_OF_CHANNEL,
    MAX_CHARACTERS,
    Submission,
    SubmissionError,
    TooLongError,
)
from risk_screen.web import (
    account_pages,
    asking_pages,
    audit_pages,
    consultation_pages,
    enterprise_pages,
    hold_pages,
    key_pages,
    me_pages,
    outcome_pages,
    record_pages,
    release_pages,
    sign_in_pages,
)
from risk_screen.web.examples import EXAMPLES
from risk_screen.web.forms import ForeignFormError, Form, FormTooLargeError, FormUnreadableError, read_form
from risk_screen.web.headers import SecurityHeaders
from risk_screen.web.posting import FormIncompleteError
from risk_screen.web.result import Background, ResultView, view_of
from risk_screen.web.sign_in_pages import PasswordsDifferError
from risk_screen.web.templating import page, static_file
from risk_screen.web.visiting import Visit, redirect, visited

TABS: Final = ("marketing", "registration")
STATUS: Final[dict[type[RiskScreenError], HTTPStatus]] = {
    TooLongError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FormTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FormUnreadableError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ForeignFormError: HTTPStatus.FORBIDDEN,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    FormIncompleteError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PasswordsDifferError: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
# What a browser gets a page for, where the API answers with a problem.
PAGE_STATUS: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.INTERNAL_SERVER_ERROR})
# Addresses for programs: they get application/problem+json whatever they accept.
PROGRAM_PATHS: Final = ("/v1/", "/openapi.json", "/healthz", "/readyz", "/metrics")


def add_pages(app: FastAPI) -> None:
    """Add the pages to the application; it holds the screener and the store in ``app.state``."""
    app.router.routes.extend(
        [
            Route("/", visited(form_page), methods=["GET"]),
            Route("/", visited(result_page, *PERMISSION_OF_CHANNEL.values()), methods=["POST"]),
            Route("/docs", visited(docs_page), methods=["GET"]),
            Route("/static/{name}", static_file, methods=["GET"]),
            *sign_in_pages.routes(),
            *me_pages.routes(),
            *consultation_pages.routes(),
            *record_pages.routes(),
            *asking_pages.routes(),
            *outcome_pages.routes(),
            *enterprise_pages.routes(),
            *hold_pages.routes(),
            *release_pages.routes(),
            *account_pages.routes(),
            *key_pages.routes(),
            *audit_pages.routes(),
        ]
    )
    app.add_middleware(SecurityHeaders)
    _show_pages_for_browsers(app)


async def form_page(request: Request, visit: Visit) -> Response:
    """Show the empty form, or the one an example fills; who does not screen is led to their own work."""
    if not _channels(visit):
        return redirect(visit.places[0].address if visit.places else "/me")
    asked = request.query_params
    return _form(request, Form.asked_for(asked.get("channel"), asked.get("example")))


async def result_page(request: Request, visit: Visit) -> Response:
    """Screen what was posted and show the result below the form, or say what is wrong and keep what was typed."""
    form = Form()
    try:
        form = await read_form(request)
        submission = Submission.of(form.channel, form.fields)
        why_not = visit.identity.why_not(PERMISSION_OF_CHANNEL[submission.channel])
        if why_not is not None:
            raise NotAllowedError(why_not)
        screener, store = request.app.state.screener, request.app.state.store
        view, advice = await run_in_threadpool(_screened, screener, store, submission, visit)
    except RiskScreenError as error:
        return _form(request, form, error=error)
    return _form(request, form, view=view, advice=advice)


async def docs_page(request: Request, _: Visit) -> Response:
    """Describe the API."""
    return page(request, "docs.html", most_characters=MAX_CHARACTERS)


def _channels(visit: Visit) -> tuple[str, ...]:
    """The channels they may screen, in the order of the tabs."""
    return tuple(channel for channel in TABS if visit.identity.may(PERMISSION_OF_CHANNEL[channel]))


def _screened(
    screener: Screener, store: Store, submission: Submission, visit: Visit
) -> tuple[ResultView, Advice | None]:
    assessment = _stored(screener, store, submission, visit)
    advice = advise(screener, submission, assessment) if submission.channel == REGISTRATION else None
    return view_of(assessment, dict(submission.fields), Background.of(screener, submission.channel)), advice


def _stored(screener: Screener, store: Store, submission: Submission, visit: Visit) -> Assessment:
    """Screen and store; the id and the time of the stored assessment are those shown."""
    assessment = screener.assess(submission)
    screened = Screened(submission, assessment, town=visit.identity.town, is_trial=is_trial(visit.identity))
    stored = orjson.loads(store_screened(store, screened, actor=visit.identity.actor))
    return assessment.stamped(assessment_id=stored["id"], created_at=stored["created_at"])


def _form(
    request: Request,
    form: Form,
    *,
    view: ResultView | None = None,
    advice: Advice | None = None,
    error: RiskScreenError | None = None,
) -> Response:
    status = HTTPStatus.OK if error is None else STATUS.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    channels = _channels(request.state.visit)
    return page(
        request,
        "form.html",
        status=status,
        form=form,
        channel=form.shown_channel if form.shown_channel in channels or error or view else channels[0],
        channels=channels,
        view=view,
        advice=advice,
        error=error,
        faulty=_faulty_field(form, error),
        examples=EXAMPLES,
        most_characters=MAX_CHARACTERS,
    )


def _faulty_field(form: Form, error: RiskScreenError | None) -> str | None:
    """Name the field that has to be mended, where it is one."""
    if not isinstance(error, SubmissionError) or form.channel not in FIELDS_OF_CHANNEL:
        return None
    too_long = (name for name, text in form.fields.items() if len(text) > MAX_CHARACTERS)
    return next(too_long, FIELDS_OF_CHANNEL[form.channel][0])


def _show_pages_for_browsers(app: FastAPI) -> None:
    """Let a browser see a page where a program gets a problem; everything else goes to the handlers already there."""
    for cause, template in ((HTTPException, "not_found.html"), (Exception, "fault.html")):
        handler = app.exception_handlers.get(cause)
        if handler is not None:
            app.add_exception_handler(cause, _for_browsers(template, handler))


def _for_browsers(template: str, for_programs: Callable[..., Any]) -> Callable[[Request, Exception], Awaitable[Any]]:
    async def respond(request: Request, error: Exception) -> Any:
        status = getattr(error, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if status in PAGE_STATUS and _is_browser(request):
            return page(request, template, status=status)
        return await for_programs(request, error)

    return respond


def _is_browser(request: Request) -> bool:
    accepts_pages = "text/html" in request.headers.get("accept", "")
    return accepts_pages and not request.url.path.startswith(PROGRAM_PATHS)
