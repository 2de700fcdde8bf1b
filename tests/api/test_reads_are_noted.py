"""Every GET route and page is in one of two tables: it shows people's words and leaves an entry, or it does neither.

A new one fails here until it is entered: with the action its entry says, or with why it needs none.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from office_world import CODE, OUTCOME, PEOPLE, REPORTER, SECRET, World, world_of
from test_every_route_every_role import routes_of

from risk_screen import Screener
from risk_screen.api.app import create_app
from risk_screen.api.reading import FILTERS
from risk_screen.operations.store import Store, StoreUnavailableError
from risk_screen.storage.audit_trail import audit_rows
from risk_screen.storage.sealing import new_key_line
from risk_screen.web.pages import add_pages

SCREENER = Screener.load()
# Path, who asks, the actions of the entries, and the parameter with the id they are about ("": a list).
LEAVES_AN_ENTRY = {
    "/v1/screenings/{assessment_id}": ("bureau", {"assessment.read"}, "assessment_id"),
    "/v1/screenings/{assessment_id}/advice": ("bureau", {"assessment.read"}, "assessment_id"),
    "/v1/screenings/{assessment_id}/labels": ("bureau", {"assessment.read"}, "assessment_id"),
    "/v1/screenings/{assessment_id}/outcome": ("bureau", {"assessment.read"}, "assessment_id"),
    "/v1/labels": ("lead", {"label.list"}, ""),
    "/v1/consultations/{consultation_id}": ("member", {"consultation.read"}, "consultation_id"),
    "/v1/enterprises": ("bureau", {"enterprise.read"}, "enterprise_id"),
    "/v1/enterprises/{enterprise_id}": ("bureau", {"enterprise.read"}, "enterprise_id"),
    "/v1/holds": ("bureau", {"registration_hold.list"}, ""),
    "/v1/holds/{hold_id}": ("bureau", {"registration_hold.read"}, "hold_id"),
    "/v1/holds/{hold_id}/letter": ("bureau", {"registration_hold.read"}, "hold_id"),
    "/v1/accounts": ("admin", {"account.list"}, ""),
    "/v1/accounts/{account_id}": ("admin", {"account.read"}, "account_id"),
    "/v1/exports/records": ("lead", {"record.export"}, ""),
    "/consultations": ("member", {"consultation.list"}, ""),
    "/consultations/{consultation_id}": ("member", {"consultation.read", "assessment.read"}, "consultation_id"),
    "/waiting": ("member", {"assessment.list"}, ""),
    "/assessments": ("member", {"assessment.list"}, ""),
    "/assessments/{assessment_id}": ("member", {"assessment.read"}, "assessment_id"),
    "/assessments/{assessment_id}/consultation": ("bureau", {"assessment.read"}, "assessment_id"),
    "/assessments/{assessment_id}/outcome": ("bureau", {"assessment.read"}, "assessment_id"),
    "/enterprises/{enterprise_id}": ("bureau", {"enterprise.read"}, "enterprise_id"),
    "/holds": ("bureau", {"registration_hold.list"}, ""),
    "/holds/draft": ("member", {"enterprise.read"}, "enterprise_id"),
    "/holds/{hold_id}": ("bureau", {"registration_hold.read"}, "hold_id"),
    "/holds/{hold_id}/letter": ("bureau", {"registration_hold.read"}, "hold_id"),
    "/accounts": ("admin", {"account.list"}, ""),
    "/accounts/{account_id}": ("admin", {"account.read"}, "account_id"),
}
OWN = "shows nobody but who asks"
NOTHING = "shows nothing that is stored"
NO_WORDS = "ids, states and times only: a program that polls tells nothing new"
PROGRAMS = "about programs, not people"
RULES = "about rules and models, not people"
LEAVES_NONE = {
    "/v1/events": NO_WORDS,
    "/v1/consultations": NO_WORDS,
    "/v1/waiting": NO_WORDS,
    "/audit": NO_WORDS,
    "/v1/keys": PROGRAMS,
    "/v1/keys/{key_id}": PROGRAMS,
    "/keys": PROGRAMS,
    "/v1/webhooks": PROGRAMS,
    "/v1/webhooks/{endpoint_id}": PROGRAMS,
    "/v1/webhooks/{endpoint_id}/status": PROGRAMS,
    "/v1/webhooks/{endpoint_id}/attempts": PROGRAMS,
    "/v1/webhooks/{endpoint_id}/dead-letters": PROGRAMS,
    "/v1/webhook-destinations": PROGRAMS,
    "/v1/releases": RULES,
    "/v1/releases/{release_id}": RULES,
    "/releases": RULES,
    "/releases/{release_id}": RULES,
    "/releases/propose": NOTHING,
    "/v1/session": OWN,
    "/v1/sessions": OWN,
    "/me": OWN,
    "/me/factor": OWN,
    "/v1/session/single-sign-on": NOTHING,
    "/v1/session/single-sign-on/return": NOTHING,
    "/openapi.json": NOTHING,
    "/healthz": NOTHING,
    "/readyz": NOTHING,
    "/metrics": NOTHING,
    "/enterprises": "leads on to the page of the enterprise",
    "/": NOTHING,
    "/docs": NOTHING,
    "/static/{name}": NOTHING,
    "/sign-in": NOTHING,
    "/invite": NOTHING,
}
WORDS = (SECRET, "财富")  # what people wrote, and what a result quotes of it


def asked_with(world: World, path: str) -> dict[str, str]:
    return {
        "/v1/enterprises": {"credit_code": CODE},
        "/v1/exports/records": {"with_texts": "true"},
        "/holds/draft": {"enterprise": world.ids["enterprise_id"]},
    }.get(path, {})


@pytest.fixture
def app(store: Store) -> FastAPI:
    app = create_app(SCREENER, store)
    add_pages(app)
    return app


@pytest.fixture
def world(app: FastAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    keys = tmp_path / "reporter.keys"
    keys.write_text(new_key_line("k1", "AES-256-GCM") + "\n", encoding="utf-8")
    keys.chmod(0o600)
    monkeypatch.setenv("RISK_SCREEN_REPORTER_KEYS", str(keys))
    made = world_of(app)
    app.state.gate.reads = type(app.state.gate.reads)(app.state.store)  # nothing was read yet
    return made


def entries(world: World) -> list[Any]:
    with world.app.state.store.reading() as connection:
        return list(audit_rows(connection))


def read_entries(world: World, before: int = 0) -> Iterator[Any]:
    return (one for one in entries(world)[before:] if one["action"].endswith((".read", ".list", ".export")))


def test_every_get_route_is_in_one_of_the_tables(app: FastAPI) -> None:
    known = {one.path for one in routes_of(app) if one.method == "GET"}
    assert known - LEAVES_AN_ENTRY.keys() - LEAVES_NONE.keys() == set(), "enter them: do they show people's words?"
    assert (LEAVES_AN_ENTRY.keys() | LEAVES_NONE.keys()) - known == set(), "these are gone"
    assert LEAVES_AN_ENTRY.keys() & LEAVES_NONE.keys() == set()


@pytest.mark.parametrize("path", LEAVES_AN_ENTRY)
def test_a_read_is_written_down(world: World, path: str) -> None:
    name, actions, about = LEAVES_AN_ENTRY[path]
    before = len(entries(world))
    answer = world.client(PEOPLE[name]).get(world.address("GET", path), params=asked_with(world, path))
    assert answer.status_code == 200, answer.text
    assert any(one in answer.text for one in WORDS), "it shows no words: it belongs into the other table"
    found = list(read_entries(world, before))
    assert {one["action"] for one in found} == actions
    assert {(one["actor_kind"], one["actor_id"]) for one in found} == {(PEOPLE[name].actor.kind, PEOPLE[name].actor.id)}
    assert (world.ids_for("GET", path)[about] if about else "-") in {one["subject_id"] for one in found}


def test_what_leaves_no_entry_shows_no_words_to_anybody(world: World) -> None:
    before, shown = len(entries(world)), set()
    for path in LEAVES_NONE:
        for identity in PEOPLE.values():
            answer = world.client(identity).get(world.address("GET", path))
            assert SECRET not in answer.text, (path, identity)
            if answer.status_code == 200:
                shown.add(path)
    assert list(read_entries(world, before)) == []
    assert {path for path, why in LEAVES_NONE.items() if why in (NO_WORDS, PROGRAMS)} <= shown


def test_the_trail_and_the_feed_hold_no_word_of_anybody(world: World) -> None:
    member = world.client(PEOPLE["member"])
    for path in ("/assessments", "/waiting", "/consultations"):
        assert member.get(path, params={"words": SECRET, SECRET: "1", "state": "all"}).status_code == 200
    rows = entries(world)
    assert rows
    assert SECRET not in str(rows)
    assert REPORTER["phone"] not in str(rows)
    assert SECRET not in member.get("/v1/events").text


def test_a_search_is_written_down_by_its_shape(world: World) -> None:
    before = len(entries(world))
    asked = {"words": SECRET, "level": "", "route": "consult", "made_up": "1"}
    world.client(PEOPLE["member"]).get("/assessments", params=asked)
    (entry,) = read_entries(world, before)
    assert orjson.loads(entry["details"]) == {"count": 3, "narrowed_by": ["route", "words"]}


def test_a_program_that_polls_leaves_one_entry_in_ten_minutes(world: World) -> None:
    before, bureau = len(entries(world)), world.client(PEOPLE["bureau"])
    for _ in range(3):
        for path in ("/v1/consultations/{consultation_id}", "/v1/holds"):
            assert bureau.get(world.address("GET", path)).status_code == 200
    assert [one["action"] for one in read_entries(world, before)] == ["consultation.read", "registration_hold.list"]


def test_what_was_done_before_is_only_read_again(world: World) -> None:
    before, bureau = len(entries(world)), world.client(PEOPLE["bureau"])
    registration, registered = world.ids["assessment_id"], world.special["/outcome"]["assessment_id"]
    asked = bureau.post("/v1/consultations", json={"assessment_id": registration, "request": "请会商"})
    reported = bureau.post(f"/v1/screenings/{registered}/outcome", json=OUTCOME)
    assert (asked.status_code, reported.status_code) == (200, 200)
    found = [(one["action"], one["subject_id"]) for one in entries(world)[before:]]
    assert found == [("consultation.read", world.ids["consultation_id"]), ("assessment.read", registered)]


def test_what_cannot_be_written_down_is_not_given_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StoreUnavailableError

    monkeypatch.setattr(Store, "write", fails)
    for path, (name, _, _) in LEAVES_AN_ENTRY.items():
        answer = world.client(PEOPLE[name]).get(world.address("GET", path), params=asked_with(world, path))
        assert answer.status_code == 503, path
        assert not any(one in answer.text for one in WORDS), path


def test_every_filter_that_is_written_down_is_one_that_a_list_has(app: FastAPI) -> None:
    source = "".join(path.read_text() for path in Path("src/risk_screen/web").glob("*.py"))
    parameters = {
        one["name"]
        for item in app.openapi()["paths"].values()
        for operation in item.values()
        for one in operation.get("parameters", ())
    }
    assert {name for name in FILTERS if name not in parameters and f'"{name}"' not in source} == set()
