"""The audit trail, for auditors: the newest entries first, narrowed by who, what and when; checked on demand."""

from http import HTTPStatus
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from risk_screen.access.roles import Permission
from risk_screen.operations.auditing import verify
from risk_screen.operations.store import Store
from risk_screen.storage.audit_search import AuditSearch, KnownEntry, search_audit_trail
from risk_screen.web.audit_titles import SUBJECT_TITLES
from risk_screen.web.templating import page
from risk_screen.web.visiting import Visit, visited

ON_A_PAGE: Final = 50
KIND_TITLES: Final = {"person": "人员", "key": "接口密钥", "system": "系统"}


def routes() -> list[Route]:
    """Return the addresses of this file."""
    return [
        Route("/audit", visited(listed, Permission.READ_AUDIT), methods=["GET"]),
        Route("/audit", visited(checked, Permission.READ_AUDIT), methods=["POST"]),
    ]


async def listed(request: Request, visit: Visit) -> Response:
    """List entries."""
    return await _list(request) if _sees_everything(visit) else _refused(request)


async def checked(request: Request, visit: Visit) -> Response:
    """Check that no entry was changed, removed or cut off."""
    if not _sees_everything(visit):
        return _refused(request)
    store = request.app.state.store
    outcome = await run_in_threadpool(verify, store.engine)
    return await _list(request, outcome=outcome)


def _sees_everything(visit: Visit) -> bool:
    """Entries belong to no institution and no town: who has a permission for those alone sees none."""
    return visit.identity.reach(Permission.READ_AUDIT).everything


def _refused(request: Request) -> Response:
    return page(request, "forbidden.html", status=HTTPStatus.FORBIDDEN, why="审计记录只能整体查看，不分单位和镇街。")


async def _list(request: Request, *, outcome: object = None) -> Response:
    asked = request.query_params
    before = asked.get("before", "")
    search = AuditSearch(
        actor_id=asked.get("actor", "").strip()[:64],
        action=asked.get("action", "").strip()[:64],
        subject_id=asked.get("subject", "").strip()[:64],
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None,
    )
    found = await run_in_threadpool(_search, request.app.state.store, search)
    return page(
        request,
        "audit.html",
        entries=found,
        kinds=KIND_TITLES,
        subjects=SUBJECT_TITLES,
        asked=asked,
        outcome=outcome,
        further=str(request.url.include_query_params(before=found[-1].sequence).query)
        if len(found) == ON_A_PAGE
        else None,
    )


def _search(store: Store, search: AuditSearch) -> list[KnownEntry]:
    with store.reading() as connection:
        return search_audit_trail(connection, search, ON_A_PAGE)
