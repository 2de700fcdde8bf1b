"""Releases: the list, the form to propose one, and one with what it changes and what may be done to it."""

from collections.abc import Callable
from typing import Any, Final

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.api.releases import proposal_of
from risk_screen.errors import RiskScreenError
from risk_screen.operations.asking import Asking
from risk_screen.operations.idempotency import Answer
from risk_screen.operations.proposing import (
    MAKE,
    RELEASE,
    ReleaseNotFoundError,
    decline,
    propose,
    release_it,
    release_list,
    shown_release,
    why_not_by,
)
from risk_screen.web.posting import Posted, posted
from risk_screen.web.templating import page
from risk_screen.web.visiting import Page, Visit, redirect, visited

ON_A_PAGE: Final = 30
MOST_CHARACTERS: Final = 2_000
STATES: Final = {"proposed": "等待决定", "declined": "不予发布", "released": "已发布"}
CHANGES: Final = {"added": "新增", "changed": "修改", "removed": "删除"}
CHANNELS: Final = {"registration": "企业登记", "marketing": "宣传文本"}
Do = Callable[[Request, Asking, str, Posted], Answer]


def routes() -> list[Route]:
    """Return the addresses of this file."""
    one = "/releases/{release_id}"
    return [
        Route("/releases", visited(listed, Permission.READ_RULEBOOK), methods=["GET"]),
        Route("/releases", visited(proposed, *MAKE.values()), methods=["POST"]),
        Route("/releases/propose", visited(proposing, *MAKE.values()), methods=["GET"]),
        Route(one, visited(shown, Permission.READ_RULEBOOK), methods=["GET"]),
        Route(f"{one}/release", visited(_posting(_release), *RELEASE.values()), methods=["POST"]),
        Route(f"{one}/decline", visited(_posting(_decline), *RELEASE.values()), methods=["POST"]),
    ]


async def listed(request: Request, visit: Visit) -> Response:
    """List releases, the latest first."""
    store, after = request.app.state.store, request.query_params.get("after")
    found = orjson.loads(await run_in_threadpool(release_list, store, visit.identity, after, ON_A_PAGE))
    return page(request, "releases.html", found=found, may_propose=_may(visit, MAKE), states=STATES)


async def proposing(request: Request, _: Visit) -> Response:
    """Show the form."""
    return page(request, "release_propose.html", complaint="")


async def proposed(request: Request, visit: Visit) -> Response:
    """Keep a proposal that could be run."""
    state = request.app.state
    try:
        proposal = await proposal_of(request)
        made = await run_in_threadpool(propose, state.store, Asking(visit.identity), state.screener, proposal)
    except RiskScreenError as error:
        return page(request, "release_propose.html", status=422, complaint=error.detail)
    return redirect(f"/releases/{orjson.loads(made.content)['id']}?done=1#done")


async def shown(request: Request, visit: Visit) -> Response:
    """Show a release."""
    return await _one(request, visit)


def _posting(do: Do) -> Page:
    """Make the page that decides on a release and shows it again, as it is then."""

    async def act(request: Request, visit: Visit) -> Response:
        release_id = request.path_params["release_id"]
        try:
            form = await posted(request)
            await run_in_threadpool(do, request, Asking(visit.identity, expected=form.expected), release_id, form)
        except ReleaseNotFoundError:
            return page(request, "not_found.html", status=404)
        except RiskScreenError as error:
            return await _one(request, visit, complaint=error.detail)
        return redirect(f"/releases/{release_id}?done=1#done")

    return act


def _release(request: Request, asking: Asking, release_id: str, form: Posted) -> Answer:
    state = request.app.state
    return release_it(state.store, asking, state.screener, release_id, form["note"][:MOST_CHARACTERS])


def _decline(request: Request, asking: Asking, release_id: str, form: Posted) -> Answer:
    form.need(note="为什么不予发布")
    return decline(request.app.state.store, asking, release_id, form["note"][:MOST_CHARACTERS])


async def _one(request: Request, visit: Visit, *, complaint: str = "") -> Response:
    store, release_id = request.app.state.store, request.path_params["release_id"]
    try:
        release, content = await run_in_threadpool(shown_release, store, visit.identity, release_id)
    except ReleaseNotFoundError:
        return page(request, "not_found.html", status=404)
    may_decide = _may(visit, RELEASE)
    return page(
        request,
        "release.html",
        status=422 if complaint else 200,
        release=orjson.loads(content),
        may_decide=may_decide,
        why_not=await run_in_threadpool(why_not_by, store, visit.identity, release) if may_decide else None,
        complaint=complaint,
        is_done="done" in request.query_params,
        states=STATES,
        changes=CHANGES,
        channels=CHANNELS,
    )


def _may(visit: Visit, permissions: dict[str, Any]) -> bool:
    return any(visit.identity.may(permission) for permission in permissions.values())
