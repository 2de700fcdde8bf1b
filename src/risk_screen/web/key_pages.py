"""Keys of programs, for administrators: list, give (shown once), revoke."""

from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_network
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.keys import PEOPLE_ONLY
from risk_screen.access.roles import PERMISSION_TITLES, Permission
from risk_screen.api.caller import gate_of
from risk_screen.errors import RiskScreenError
from risk_screen.operations.api_keys import (
    AskedTerms,
    KeyHolder,
    KeyNotFoundError,
    KeyTermsError,
    give_key,
    keys_given,
    revoke_key,
)
from risk_screen.web.posting import Posted, posted
from risk_screen.web.templating import page
from risk_screen.web.visiting import Visit, redirect, visited

FOR_PROGRAMS: Final = {one: title for one, title in PERMISSION_TITLES.items() if one not in PEOPLE_ONLY}
USUAL_DAYS: Final = "365"
USUAL_REQUESTS: Final = "600"
MOST_DAYS: Final = 9_999  # beyond any life that is allowed, within what a date can be


def routes() -> list[Route]:
    """Return the addresses of this file."""
    return [
        Route("/keys", visited(listed, Permission.MANAGE_KEYS), methods=["GET"]),
        Route("/keys", visited(given, Permission.MANAGE_KEYS), methods=["POST"]),
        Route("/keys/{key_id}/revoke", visited(revoked, Permission.MANAGE_KEYS), methods=["POST"]),
    ]


async def listed(request: Request, _: Visit) -> Response:
    """List keys, with the form for a new one."""
    return await _list(request)


async def given(request: Request, visit: Visit) -> Response:
    """Make a key and show it, once."""
    form, store = Posted({}), gate_of(request).store
    try:
        form = await posted(request)
        if not form["name"]:
            raise KeyTermsError("请写明哪个系统用。")
        holder = KeyHolder(form["name"][:64], form["party"][:64], form["town"][:64])
        terms = _asked(form, store.now()).checked(store.now())
        made = await run_in_threadpool(give_key, store, visit.identity.actor, holder, terms)
    except RiskScreenError as error:
        return await _list(request, complaint=error.detail, typed=form)
    return page(request, "key_given.html", text=made.text, key=made.key)


async def revoked(request: Request, visit: Visit) -> Response:
    """Take a key back; within two seconds nothing gets in with it."""
    gate = gate_of(request)
    try:
        await run_in_threadpool(revoke_key, gate.store, visit.identity.actor, request.path_params["key_id"])
    except KeyNotFoundError:
        return page(request, "not_found.html", status=404)
    gate.forget()
    return redirect("/keys?done=1")


def _asked(form: Posted, now: datetime) -> AskedTerms:
    try:
        networks = tuple(ip_network(one, strict=False) for one in form["networks"].replace("，", " ").split())
    except ValueError as error:
        raise KeyTermsError("允许的网段写得不对：例如 10.1.2.0/24，一行一个；单台机器写它的地址。") from error
    permissions = frozenset(Permission(one) for one in form.every("permissions") if one in FOR_PROGRAMS)
    life = timedelta(days=min(form.number("days"), MOST_DAYS))
    return AskedTerms(permissions, networks, form.number("requests"), now + life)


async def _list(request: Request, *, complaint: str = "", typed: Posted | None = None) -> Response:
    store = gate_of(request).store
    return page(
        request,
        "keys.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK,
        keys=await run_in_threadpool(keys_given, store),
        now=store.now(),
        typed=typed or Posted({"days": [USUAL_DAYS], "requests": [USUAL_REQUESTS]}),
        complaint=complaint,
        permissions=FOR_PROGRAMS,
        titles=PERMISSION_TITLES,
        is_done="done" in request.query_params,
    )
