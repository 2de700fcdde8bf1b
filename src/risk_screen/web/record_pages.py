"""Stored assessments: the list with its search, one record with its result, and “this is wrong”."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.api.reading import note_list, note_read
from risk_screen.casework.registration_outcome import OUTCOME_TITLES
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.labelling import VERDICTS, Opinion, give_label, labels_on
from risk_screen.operations.looking_up import LookedUp, find_assessments, look_up
from risk_screen.operations.screening import AssessmentNotFoundError
from risk_screen.screening.advising import REGISTRATION, Advice, advise
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission
from risk_screen.screening.wording import LEVEL_TITLES, ROUTE_TITLES
from risk_screen.storage.searching import FoundAssessment, Search
from risk_screen.web.posting import posted
from risk_screen.web.result import Background, view_of
from risk_screen.web.templating import BEIJING, page
from risk_screen.web.visiting import Visit, redirect, visited

ON_A_PAGE: Final = 30
MOST_WORDS: Final = 200
SHOWN_CHARACTERS: Final = 80
SUBJECT: Final = "assessment"


@dataclass(frozen=True, slots=True)
class Row:
    """An assessment of the list: what it was about, in one line."""

    found: FoundAssessment
    title: str


def routes() -> list[Route]:
    """Return the addresses of this file."""
    return [
        Route("/assessments", visited(listed, Permission.READ_ASSESSMENT), methods=["GET"]),
        Route("/assessments/{assessment_id}", visited(shown, Permission.READ_ASSESSMENT), methods=["GET"]),
        Route("/assessments/{assessment_id}/labels", visited(labelled, Permission.GIVE_LABEL), methods=["POST"]),
    ]


async def listed(request: Request, visit: Visit) -> Response:
    """Search, and list the newest first."""
    asked = request.query_params
    search = Search(
        words=asked.get("words", "").strip()[:MOST_WORDS],
        channel=_known(asked.get("channel"), ("registration", "marketing")),
        level=_known(asked.get("level"), LEVEL_TITLES),
        route=_known(asked.get("route"), ROUTE_TITLES),
        since=_instant(asked.get("since")),
        until=_instant(asked.get("until"), days_later=1),
        before=asked.get("before", "")[:64],
    )
    found = await run_in_threadpool(
        find_assessments, request.app.state.store, visit.identity, search, limit=ON_A_PAGE + 1
    )
    await note_list(request, visit.identity, SUBJECT, len(found[:ON_A_PAGE]))
    rows = [Row(one, title_of(None if one.fields is None else orjson.loads(one.fields))) for one in found[:ON_A_PAGE]]
    further = str(request.url.include_query_params(before=rows[-1].found.id).query) if len(found) > ON_A_PAGE else None
    return page(request, "assessments.html", rows=rows, asked=asked, further=further)


async def shown(request: Request, visit: Visit) -> Response:
    """Show one stored assessment as it was answered."""
    return await _record(request, visit)


async def labelled(request: Request, visit: Visit) -> Response:
    """Keep what somebody says is wrong, and show the record again."""
    assessment_id = request.path_params["assessment_id"]
    try:
        form = await posted(request)
        opinion = Opinion(_known(form["verdict"], VERDICTS), form["comment"][:2_000], form["code"])
        if not opinion.verdict or not opinion.comment:
            return await _record(request, visit, complaint="请选哪里不对，并写一句为什么。", typed=opinion)
        await run_in_threadpool(give_label, request.app.state.store, Asking(visit.identity), assessment_id, opinion)
    except AssessmentNotFoundError:
        return page(request, "not_found.html", status=404)
    except RiskScreenError as error:
        return await _record(request, visit, complaint=error.detail)
    return redirect(f"/assessments/{assessment_id}#labels")


async def _record(request: Request, visit: Visit, *, complaint: str = "", typed: Opinion | None = None) -> Response:
    state, assessment_id = request.app.state, request.path_params["assessment_id"]
    try:
        found = await run_in_threadpool(look_up, state.store, visit.identity, assessment_id)
        await note_read(request, visit.identity, SUBJECT, assessment_id)
        labels = []
        if visit.identity.may(Permission.GIVE_LABEL) or visit.identity.may(Permission.READ_LABELS):
            labels = list(await run_in_threadpool(labels_on, state.store, visit.identity, assessment_id))
    except AssessmentNotFoundError:
        return page(request, "not_found.html", status=404)
    assessment, screener = found.assessment, state.screener
    return page(
        request,
        "assessment.html",
        status=422 if complaint else 200,
        view=view_of(assessment, found.fields or {}, Background.of(screener, assessment.channel)),
        advice=await run_in_threadpool(_advice, screener, found),
        found=found,
        outcome_titles=OUTCOME_TITLES,
        title=title_of(found.fields),
        labels=labels,
        may_ask=visit.identity.may(Permission.SCREEN_REGISTRATION),
        may_label=visit.identity.may(Permission.GIVE_LABEL),
        complaint=complaint,
        typed=typed or Opinion("", ""),
        verdicts=VERDICTS,
    )


def _advice(screener: Screener, found: LookedUp) -> Advice | None:
    """What an applicant may be told, as long as the rules are those the assessment was made with."""
    if found.assessment.channel != REGISTRATION or not found.fields:
        return None
    submission = Submission.of(REGISTRATION, found.fields)
    now = screener.assess(submission)
    return advise(screener, submission, now) if now.versions == found.assessment.versions else None


def title_of(fields: Mapping[str, str] | None) -> str:
    """Return the beginning of a text as sent, or the name of a registration, in one line."""
    if fields is None:
        return "（来文已按期限清除）"
    text = " ".join((fields.get("name") or fields.get("business_scope") or fields.get("text") or "").split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}……"


def _known(value: str | None, known: Collection[str]) -> str:
    return value if value and value in known else ""


def _instant(day: str | None, *, days_later: int = 0) -> str:
    """The beginning of a day in Beijing, as instants are stored; empty for what is no day."""
    try:
        begins = datetime.combine(date.fromisoformat(day or ""), time(), BEIJING) + timedelta(days=days_later)
    except (ValueError, OverflowError):
        return ""
    return begins.astimezone(UTC).isoformat(timespec="milliseconds")
