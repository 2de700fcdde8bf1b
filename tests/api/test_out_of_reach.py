"""Every route and page with an id in its address, and every id in a body: to strangers it is one that does not exist.

Strangers are another institution, another town, another grid worker; each has every permission of their kind. Nothing
they send changes a row.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from fastapi import FastAPI
from office_world import (
    ANSWER,
    CODE,
    LABEL,
    PEOPLE,
    REGISTRATION,
    REPORTER,
    SECRET,
    STRANGERS,
    WEBHOOK,
    World,
    world_of,
)
from sqlalchemy import select
from starlette.testclient import TestClient
from test_every_route_every_role import Asked, routes_of

from databases import migrated_database
from risk_screen import Screener
from risk_screen.access.identity import Identity
from risk_screen.api.app import create_app
from risk_screen.operations.store import Store
from risk_screen.storage.database import open_database
from risk_screen.storage.sealing import new_key_line
from risk_screen.storage.tables import metadata
from risk_screen.web.pages import add_pages

SCREENER = Screener.load()
UNKNOWN: Final = "01a00000-0000-7000-8000-000000000000"
OTHER_CODE: Final = "91370303MA3C000004"
LED_AWAY: Final = "/me/sessions/{session_id}/end"  # to the page of one's own sessions, whatever the id
NO_RECORD: Final = {"/static/{name}"}
PERSON: Final = {"display_name": "李四", "roles": ["grid_worker"], "town": "north"}
CORRECTED: Final = {"outcome": "withdrawn", "correction_reason": "报错了"}
# What a route is sent, by the end of its address; nothing where it is not here.
BODIES: Final[dict[str, Any]] = {
    "/labels": LABEL,
    "/reporter": REPORTER,
    "/reading": {"purpose": "回访核实线索"},
    "/answers": ANSWER,
    "/return": {"note": "请补充"},
    "/outcome": CORRECTED,
    "/lifting": {"reason": "已查清"},
    "PUT /v1/accounts/{account_id}": PERSON,
    "/reset": {},
    "PUT /v1/webhooks/{endpoint_id}": WEBHOOK,
    "/resend": {"event": 1},
    "/release": {"note": "同意"},
    "/decline": {"note": "再核一核"},
}
FORMS: Final[dict[str, dict[str, str]]] = {
    "/labels": {"verdict": "false_alarm", "comment": "不对"},
    "/answer": {"answer": "objection", "reasons": "在台账中", "version": "1"},
    "/confirm": {"number": "1", "version": "2"},
    "consultation_id}/return": {"number": "1", "version": "2", "note": "请补充"},
    "/consultation": {"request": "请看一看"},
    "/outcome": {**CORRECTED, "version": "1"},
    "/lift": {"reason": "已查清", "version": "2"},
    "/decline": {"note": "再核一核", "version": "1"},
    "/change": {**PERSON, "version": "1", "roles": "grid_worker"},
}
# Who may: asked to see that the route works with what it is sent here. No message goes out to ping a receiver.
RIGHTFUL: Final = {
    "/reporter": "worker",
    "/reading": "custodian",
    "/answers": "member",
    "/answer": "member",
    "/return": "lead",
    "/confirmation": "lead",
    "/confirm": "lead",
    "/signature": "lead",
    "/sign": "lead",
    "/lifting": "lead",
    "/lift": "lead",
    "/discard": "member",
    "release_id}": "lead",
    "/decline": "lead",
    "DELETE /v1/holds/{hold_id}": "member",
}
# Only what could be run is released: tests/operations/test_proposing.py.
NOT_TRIED: Final = {
    "/v1/webhooks/{endpoint_id}/ping",
    "/v1/releases/{release_id}/release",
    "/releases/{release_id}/release",
}
# Nobody has these for a part only: a stranger is told that they may not, whatever the id.
FOR_ALL_OR_NONE: Final = (
    *("/v1/accounts/", "/v1/keys/", "/v1/webhooks/", "/v1/webhook-destinations/", "/accounts/", "/keys/"),
    *("/answers", "/answer", "/confirmation", "/confirm", "/return", "/signature", "/sign", "/lifting", "/lift"),
    *("release_id}/release", "release_id}/decline"),
    *("/discard", "/reading", "DELETE /v1/holds/{hold_id}"),
)


@pytest.fixture
def new_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], World]]:
    keys = tmp_path / "reporter.keys"
    keys.write_text(new_key_line("k1", "AES-256-GCM") + "\n", encoding="utf-8")
    keys.chmod(0o600)
    monkeypatch.setenv("RISK_SCREEN_REPORTER_KEYS", str(keys))
    with ExitStack() as open_ones:

        def make() -> World:
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            address = open_ones.enter_context(migrated_database("sqlite", folder))
            store = Store(open_database(address))
            open_ones.callback(store.close)
            app = create_app(SCREENER, store)
            add_pages(app)
            return world_of(app)

        yield make


@pytest.fixture
def world(new_world: Callable[[], World]) -> World:
    return new_world()


def with_an_id(app: FastAPI) -> Iterator[Asked]:
    return (one for one in routes_of(app) if "{" in one.path and one.path not in NO_RECORD)


def every_row(world: World) -> dict[str, list[Any]]:
    with world.app.state.store.reading() as connection:
        return {table.name: list(connection.execute(select(table))) for table in metadata.sorted_tables}


def fitting(table: dict[str, Any], asked: Asked) -> Any:
    return next((value for end, value in table.items() if f"{asked.method} {asked.path}".endswith(end)), None)


def sent(client: TestClient, asked: Asked, address: str) -> Any:
    if asked.method == "GET":
        return client.get(address)
    if asked.path.startswith("/v1/"):
        return client.request(asked.method, address, json=fitting(BODIES, asked))
    return client.post(address, data={"version": "1"} | (fitting(FORMS, asked) or {}))


def told(world: World, identity: Identity, asked: Asked, *, known: bool) -> tuple[int, str]:
    """Status and text of an answer, with its own number and what it was asked about taken out."""
    one = world if known else replace(world, ids=dict.fromkeys(world.ids, UNKNOWN) | {"number": "1"}, special={})
    answer = sent(world.client(identity), asked, one.address(asked.method, asked.path))
    text = answer.text.replace(answer.headers["x-request-id"], "number")
    for record_id in one.ids_for(asked.method, asked.path).values():
        text = text.replace(record_id, "id") if len(record_id) == len(UNKNOWN) else text
    return answer.status_code, text


def is_for_all_or_none(asked: Asked) -> bool:
    name = f"{asked.method} {asked.path}"
    return any(name.endswith(one) or asked.path.startswith(one) for one in FOR_ALL_OR_NONE)


def test_a_record_of_others_is_like_one_that_does_not_exist_and_stays_as_it_is(world: World) -> None:
    before, walked = every_row(world), 0
    for asked in with_an_id(world.app):
        statuses = set()
        for name, stranger in STRANGERS.items():
            answer = told(world, stranger, asked, known=True)
            assert answer == told(world, stranger, asked, known=False), (asked, name)
            assert answer[0] in (403, 404) or asked.path == LED_AWAY, (asked, name, answer)
            assert SECRET not in answer[1]
            statuses.add(answer[0])
        assert (statuses == {403}) == is_for_all_or_none(asked), (asked, statuses)
        walked += 1
    assert every_row(world) == before
    assert walked > 50


def rightful(world: World, asked: Asked) -> Identity:
    if "session_id" in asked.path:
        assert world.owner_of_session is not None
        return world.owner_of_session
    named = fitting(RIGHTFUL, asked) or ("admin" if is_for_all_or_none(asked) else "bureau")
    return PEOPLE[named]


WORKED: Final = (200, 201, 202, 204, 303)


def works(world: World, asked: Asked) -> bool:
    client, address = world.client(rightful(world, asked)), world.address(asked.method, asked.path)
    return sent(client, asked, address).status_code in WORKED


def test_whoever_may_is_answered_for_the_same(world: World, new_world: Callable[[], World]) -> None:
    """So that no stranger was refused for what they sent; what one change leaves may not do for the next."""
    tried = [one for one in with_an_id(world.app) if one.path not in NOT_TRIED]
    again = [one for one in tried if not works(world, one)]
    assert [one for one in again if not works(new_world(), one)] == []
    assert len(again) < len(tried) / 2


def test_the_walk_notices_what_is_within_reach(world: World) -> None:
    asked = Asked("GET", "/v1/holds/{hold_id}", None)
    assert told(world, PEOPLE["bureau"], asked, known=True) != told(world, PEOPLE["bureau"], asked, known=False)


def keys() -> list[str]:
    return [name for name, one in STRANGERS.items() if one.granted]


@pytest.mark.parametrize("name", keys())
def test_an_id_in_a_body_is_one_that_does_not_exist(world: World, name: str) -> None:
    client, before = world.client(STRANGERS[name]), every_row(world)
    registration, registered = world.ids["assessment_id"], world.special["/outcome"]["assessment_id"]
    asked = [{"assessment_id": one, "request": "请会商"} for one in (registration, registered, UNKNOWN)]
    answers = [client.post("/v1/consultations", json=one) for one in asked]
    assert {(one.status_code, one.json()["detail"]) for one in answers} == {(404, answers[-1].json()["detail"])}
    rows = [{"id": registered}, {"id": UNKNOWN}, {"external_id": "W-1"}, {"external_id": "W-9"}]
    lines = b"\n".join(orjson.dumps({**row, **CORRECTED}) for row in rows)
    taken = client.post("/v1/imports/outcomes", content=lines, headers={"content-type": "application/x-ndjson"}).json()
    assert (taken["taken"], len({one["problem"] for one in taken["rows"]})) == (0, 1)
    assert every_row(world) == before


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_asked_for_by_number_or_name_is_not_found(world: World, name: str) -> None:
    client, before = world.client(STRANGERS[name]), every_row(world)
    for path, asked in (
        ("/v1/consultations", [{"assessment_id": world.ids["assessment_id"]}, {"assessment_id": UNKNOWN}]),
        ("/v1/enterprises", [{"credit_code": CODE}, {"credit_code": OTHER_CODE}]),
        ("/enterprises", [{"credit_code": CODE}, {"credit_code": OTHER_CODE}]),
    ):
        answers = [client.get(path, params=one) for one in asked]
        texts = [one.text.replace(one.headers["x-request-id"], "") for one in answers]
        assert answers[0].status_code == answers[1].status_code, path
        assert texts[0].replace(CODE, "") == texts[1].replace(OTHER_CODE, ""), path
    assert every_row(world) == before


@pytest.mark.parametrize("name", STRANGERS)
def test_no_list_search_or_export_shows_anything_of_others(world: World, name: str) -> None:
    client, shown = world.client(STRANGERS[name]), 0
    for asked in routes_of(world.app):
        if asked.method == "GET" and "{" not in asked.path:
            for more in (
                {},
                {"state": "all", "words": SECRET[:2], "with_texts": "true", "after": "", "route": "verify"},
            ):
                answer = client.get(asked.path, params=more)
                assert SECRET not in answer.text, asked
                assert world.ids["assessment_id"] not in answer.text, asked
                shown += answer.status_code == 200
    assert shown > 5


def test_a_number_of_ones_own_is_no_number_of_others(world: World) -> None:
    client = world.client(STRANGERS["another institution's key"])
    mine = client.post("/v1/screenings", json={**REGISTRATION, "external_id": "W-1"}).json()["id"]
    rows = {row.id: row for row in every_row(world)["assessments"]}
    assert mine != world.ids["assessment_id"]
    assert rows[mine].previous_id is None
    assert not [one for one in every_row(world)["consultations"] if one.party == "bureau" and one.state == "superseded"]
