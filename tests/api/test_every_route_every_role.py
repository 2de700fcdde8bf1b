"""Every route asked by every role, by nobody, by a revoked key, by a key without scope: who gets in is in GRANTS.

What a route needs is written at the route; what is public is written here. A route with neither fails.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route
from starlette.testclient import TestClient

from people import CHEAP, OFFICE, POLICY, account_with, gate_for, key_with, session_of, with_key
from risk_screen.access.caller import AccessMode, Site
from risk_screen.access.keys import PEOPLE_ONLY
from risk_screen.access.roles import GRANTS, Permission, Role
from risk_screen.api.doorkeeper import PUBLIC
from risk_screen.api.identity import COOKIE
from risk_screen.operations.api_keys import revoke_key
from risk_screen.operations.gate import Gate

IN, OUT, UNKNOWN = "in", "may not", "unknown"
# Answered to anybody; /metrics asks for the address instead.
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/openapi.json", "/metrics"}) | PUBLIC
ANYBODY_KNOWN = frozenset({"/v1/sessions", "/v1/sessions/{session_id}"})
REFUSALS = {401: UNKNOWN, 403: OUT}


@dataclass(frozen=True, slots=True)
class Asked:
    """One method of one route."""

    method: str
    path: str
    needs: frozenset[Permission] | None

    @property
    def address(self) -> str:
        """With something in place of every parameter that is no id of anything."""
        pieces = ("nothing" if piece.startswith("{") else piece for piece in self.path.split("/"))
        return "/".join(pieces)


def routes_of(app: FastAPI) -> list[Asked]:
    found = []
    for route in walked(app.routes):
        methods = sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
        needs = declared(route.dependant) if isinstance(route, APIRoute) else None
        found += [Asked(method, route.path, needs) for method in methods]
    return found


def walked(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if isinstance(route, Route):
            yield route
        elif inner is not None:
            yield from walked(inner.routes)


def declared(dependant: Any) -> frozenset[Permission] | None:
    """What the dependencies of a route ask for; None when none of them asks."""
    asked = getattr(dependant.call, "permissions", None)
    inner = [declared(one) for one in dependant.dependencies]
    found = [one for one in (*inner, None if asked is None else frozenset(asked)) if one is not None]
    return frozenset().union(*found) if found else None


def undeclared(app: FastAPI) -> list[str]:
    """Routes that say nothing of who may use them."""
    return [
        f"{one.method} {one.path}"
        for one in routes_of(app)
        if one.path not in OPEN_PATHS | ANYBODY_KNOWN and not one.needs
    ]


@pytest.fixture
def gate(app: FastAPI) -> Gate:
    app.state.gate = gate_for(app.state.store, Site(AccessMode.REQUIRED))
    return app.state.gate


@pytest.fixture
def client(app: FastAPI, gate: Gate) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000), follow_redirects=False)


def outcome(client: TestClient, asked: Asked, headers: Mapping[str, str]) -> str:
    sent = {"sec-fetch-site": "same-origin", "content-type": "application/json", **headers}
    answer = client.request(asked.method, asked.address, headers=sent, content=b"{}")
    assert answer.status_code < 500, (asked, answer.text)
    return REFUSALS.get(answer.status_code, IN)


def guarded(app: FastAPI) -> list[Asked]:
    return [one for one in routes_of(app) if one.path not in OPEN_PATHS]


def test_every_route_says_who_may_use_it(app: FastAPI) -> None:
    assert undeclared(app) == []


def test_the_walk_sees_the_routes_there_are(app: FastAPI) -> None:
    paths = {one.path for one in routes_of(app)}
    assert {"/v1/screenings", "/v1/accounts/{account_id}", "/v1/keys", "/v1/sessions", "/healthz"} <= paths
    assert set(app.openapi()["paths"]) <= paths


def test_a_route_that_says_nothing_is_noticed(app: FastAPI) -> None:
    router = APIRouter()
    router.add_api_route("/v1/secrets", lambda: "told", methods=["GET"])
    app.include_router(router)
    assert undeclared(app) == ["GET /v1/secrets"]


def test_a_route_that_asks_for_too_little_is_noticed(app: FastAPI, gate: Gate, client: TestClient) -> None:
    async def asks_for_nothing() -> None: ...

    router = APIRouter()
    router.add_api_route("/v1/secrets", lambda: "told", methods=["GET"], dependencies=[Depends(asks_for_nothing)])
    app.include_router(router)
    asked = Asked("GET", "/v1/secrets", frozenset({Permission.READ_AUDIT}))
    headers = session_headers(gate, Role.GRID_WORKER)
    assert outcome(client, asked, headers) != expected(asked, Role.GRID_WORKER)


def expected(asked: Asked, role: Role) -> str:
    if asked.path in ANYBODY_KNOWN:
        return IN
    return IN if asked.needs and asked.needs & GRANTS[role].keys() else OUT


def session_headers(gate: Gate, role: Role) -> Mapping[str, str]:
    account = account_with(gate, role, name=f"user-{role.value}")
    return {"cookie": f"{COOKIE}={session_of(gate, account).token}"}


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_in_where_its_grants_say_and_nowhere_else(
    app: FastAPI, gate: Gate, client: TestClient, role: Role
) -> None:
    headers = session_headers(gate, role)
    found = {(one.method, one.path): outcome(client, one, headers) for one in guarded(app)}
    assert found == {(one.method, one.path): expected(one, role) for one in guarded(app)}


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer rs_x"}, {"authorization": "Basic YTpi"}, {"cookie": f"{COOKIE}=x"}]
)
def test_nobody_gets_in(app: FastAPI, client: TestClient, headers: dict[str, str]) -> None:
    assert {outcome(client, one, headers) for one in guarded(app)} == {UNKNOWN}


def test_a_revoked_key_gets_in_nowhere(app: FastAPI, gate: Gate, client: TestClient) -> None:
    key = key_with(gate.store, *(set(Permission) - PEOPLE_ONLY))
    revoke_key(gate.store, OFFICE, key.key.stored.id)
    assert {outcome(client, one, with_key(key)) for one in guarded(app)} == {UNKNOWN}


@pytest.mark.parametrize("granted", [Permission.READ_STATISTICS, Permission.READ_EVENTS, Permission.SCREEN_MARKETING])
def test_a_key_gets_in_where_its_scope_says_and_nowhere_else(
    app: FastAPI, gate: Gate, client: TestClient, granted: Permission
) -> None:
    key = key_with(gate.store, granted)
    found = {(one.method, one.path): outcome(client, one, with_key(key)) for one in guarded(app)}
    wanted = {
        (one.method, one.path): IN if one.path in ANYBODY_KNOWN or granted in (one.needs or ()) else OUT
        for one in guarded(app)
    }
    assert found == wanted


def test_what_is_public_stays_a_short_list(app: FastAPI) -> None:
    assert {one.path for one in routes_of(app)} - {one.path for one in guarded(app)} <= OPEN_PATHS
    assert all(path.startswith("/v1/session") for path in PUBLIC)
    assert (POLICY.cost, len(PUBLIC)) == (CHEAP, 7)
