"""Accounts, for administrators: list, add, change, disable, reset. A link to begin with is shown once."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import ROLE_TITLES, Permission, Role
from risk_screen.api.accounts import invite_link
from risk_screen.api.caller import gate_of
from risk_screen.api.reading import note_list, note_read
from risk_screen.errors import RiskScreenError
from risk_screen.operations.accounts import (
    SUBJECT,
    AccountNotFoundError,
    Administration,
    Invited,
    Person,
    add_account,
    change_account,
    disable_account,
    enable_account,
    list_accounts,
    one_account,
    reset_account,
)
from risk_screen.storage.accounts import Account
from risk_screen.web.posting import Posted, posted
from risk_screen.web.templating import page
from risk_screen.web.visiting import Page, Visit, redirect, visited

ON_A_PAGE: Final = 50
STATE_TITLES: Final = {"invited": "等待设密码", "active": "在用", "disabled": "已停用"}
Do = Callable[[Administration, str, Posted], Account | Invited]


def routes() -> list[Route]:
    """Return the addresses of this file."""
    one = "/accounts/{account_id}"
    doings: dict[str, Do] = {"change": _change, "disable": _disable, "enable": _enable, "reset": _reset}
    return [
        Route("/accounts", visited(listed, Permission.MANAGE_ACCOUNTS), methods=["GET"]),
        Route("/accounts", visited(added, Permission.MANAGE_ACCOUNTS), methods=["POST"]),
        Route(one, visited(shown, Permission.MANAGE_ACCOUNTS), methods=["GET"]),
        *(
            Route(f"{one}/{name}", visited(_posting(do), Permission.MANAGE_ACCOUNTS), methods=["POST"])
            for name, do in doings.items()
        ),
    ]


async def listed(request: Request, _: Visit) -> Response:
    """List accounts, with the form for a new one."""
    return await _list(request)


async def added(request: Request, visit: Visit) -> Response:
    """Make an account and show the link for its owner, once."""
    form = Posted({})
    try:
        form = await posted(request)
        made = await run_in_threadpool(
            add_account, _administration(request, visit), form["sign_in_name"], _person(form)
        )
    except RiskScreenError as error:
        return await _list(request, complaint=error.detail, typed=form)
    return _link(request, made)


async def shown(request: Request, _: Visit) -> Response:
    """Show one account."""
    return await _one(request)


def _posting(do: Do) -> Page:
    async def act(request: Request, visit: Visit) -> Response:
        account_id = request.path_params["account_id"]
        try:
            outcome = await run_in_threadpool(do, _administration(request, visit), account_id, await posted(request))
        except AccountNotFoundError:
            return page(request, "not_found.html", status=404)
        except RiskScreenError as error:
            return await _one(request, complaint=error.detail)
        gate_of(request).forget()
        return _link(request, outcome) if isinstance(outcome, Invited) else redirect(f"/accounts/{account_id}?done=1")

    return act


def _change(administration: Administration, account_id: str, form: Posted) -> Account:
    return change_account(administration, account_id, _person(form), form.expected)


def _disable(administration: Administration, account_id: str, form: Posted) -> Account:
    return disable_account(administration, account_id, form.expected)


def _enable(administration: Administration, account_id: str, form: Posted) -> Account:
    return enable_account(administration, account_id, form.expected)


def _reset(administration: Administration, account_id: str, form: Posted) -> Invited:
    return reset_account(administration, account_id, second_factor=bool(form["second_factor"]), expected=form.expected)


def _administration(request: Request, visit: Visit) -> Administration:
    gate = gate_of(request)
    return Administration(gate.store, visit.identity.actor, gate.policy.invite)


def _person(form: Posted) -> Person:
    roles = frozenset(Role(one) for one in form.every("roles") if one in set(Role))
    subject = form["external_subject"] or None
    return Person(form["display_name"][:64] or form["sign_in_name"], roles, form["party"], form["town"], subject)


def _link(request: Request, made: Invited) -> Response:
    link = invite_link(request, made.token)
    return page(request, "account_link.html", account=made.account, link=link)


async def _list(request: Request, *, complaint: str = "", typed: Posted | None = None) -> Response:
    after = request.query_params.get("after", "")[:64]
    found = await run_in_threadpool(list_accounts, gate_of(request).store, after, ON_A_PAGE)
    await note_list(request, request.state.visit.identity, SUBJECT, len(found))
    return page(
        request,
        "accounts.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK,
        accounts=found,
        further=found[-1].id if len(found) == ON_A_PAGE else None,
        typed=typed or Posted({}),
        complaint=complaint,
        roles=ROLE_TITLES,
        states=STATE_TITLES,
    )


async def _one(request: Request, *, complaint: str = "") -> Response:
    try:
        account = await run_in_threadpool(one_account, gate_of(request).store, request.path_params["account_id"])
    except AccountNotFoundError:
        return page(request, "not_found.html", status=404)
    await note_read(request, request.state.visit.identity, SUBJECT, account.id)
    return page(
        request,
        "account.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK,
        account=account,
        complaint=complaint,
        is_done="done" in request.query_params,
        roles=ROLE_TITLES,
        states=STATE_TITLES,
    )
