"""The bureau's day over HTTP: a registration opens a consultation, the answer comes back, the outcome is reported."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from signed_in_as import SignedInAs
from starlette.testclient import TestClient

from builders import CannedScreener, company_assessment
from risk_screen.access.actor import Actor
from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission, Role
from risk_screen.api.app import create_app, take_into_service
from risk_screen.operations.store import Store

CODE = "91350100M000100Y43"
BUREAU = Identity(
    Actor("key", "k-1", "approval_bureau"),
    granted=frozenset(
        {
            Permission.SCREEN_REGISTRATION,
            Permission.READ_ASSESSMENT,
            Permission.READ_CONSULTATION,
            Permission.REPORT_OUTCOME,
        }
    ),
)
OTHER_BUREAU = Identity(Actor("key", "k-2", "other_bureau"), granted=BUREAU.granted)
MEMBER = Identity(Actor("person", "p-1", "task_force"), frozenset({Role.TASK_FORCE}))
LEAD = Identity(Actor("person", "p-2", "task_force"), frozenset({Role.TASK_FORCE_LEAD}))
PEOPLE = {"bureau": BUREAU, "other": OTHER_BUREAU, "member": MEMBER, "lead": LEAD}
REGISTRATION = {"channel": "registration", "name": "淄博示例投资有限公司"}
FINE = {"answer": "no_objection"}
OBJECTION = {"answer": "objection", "reasons": "实际控制人在台账中"}


class Asker:
    """Sends requests as somebody."""

    def __init__(self, app: FastAPI, identity: Identity) -> None:
        self._client = TestClient(SignedInAs(app, identity), raise_server_exceptions=False, client=("127.0.0.1", 50000))

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.request(method, path, json=body, headers=given)


@pytest.fixture
def screener() -> CannedScreener:
    return CannedScreener(replace(company_assessment(), route="consult"))


@pytest.fixture
def app(store: Store, screener: CannedScreener) -> FastAPI:
    return create_app(screener, store)  # type: ignore[arg-type]  # has what the API asks of one


@pytest.fixture
def as_(app: FastAPI) -> Any:
    return lambda name: Asker(app, PEOPLE[name])


def opened(as_: Any, **more: Any) -> tuple[str, str]:
    """Screen a registration; returns the addresses of its consultation and of its assessment."""
    answer = as_("bureau")("POST", "/v1/screenings", {**REGISTRATION, **more})
    assert answer.status_code == 200
    link = answer.headers["link"]
    assert link.endswith('>; rel="consultation"')
    return link[1 : link.index(">")], f"/v1/screenings/{answer.json()['id']}"


def test_the_whole_day(as_: Any) -> None:
    bureau, member = as_("bureau"), as_("member")
    consultation, assessment = opened(as_)
    waiting = member("GET", "/v1/consultations").json()["items"]
    assert [f"/v1/consultations/{one['id']}" for one in waiting] == [consultation]
    first = bureau("GET", consultation)
    assert (first.status_code, first.json()["state"], first.headers["etag"]) == (200, "open", '"v1"')
    assert bureau("GET", consultation, If_None_Match='"v1"').status_code == 304
    answered = member("POST", f"{consultation}/answers", FINE, If_Match='"v1"')
    assert (answered.status_code, answered.headers["etag"]) == (201, '"v2"')
    polled = bureau("GET", consultation, If_None_Match='"v1"')
    assert (polled.status_code, polled.json()["state"], polled.json()["answer"]) == (200, "answered", "no_objection")
    assert "made_by" not in polled.json()["answers"][0]
    reported = bureau("POST", f"{assessment}/outcome", {"outcome": "registered", "credit_code": CODE})
    assert (reported.status_code, reported.json()["registered_name"]) == (201, REGISTRATION["name"])
    enterprise = bureau("GET", f"/v1/enterprises/{reported.json()['enterprise_id']}")
    assert enterprise.json()["screenings"][0]["answer"] == "no_objection"
    assert bureau("GET", f"/v1/enterprises?credit_code={CODE.lower()}").json() == enterprise.json()
    assert bureau("GET", f"{assessment}/outcome", If_None_Match='"v1"').status_code == 304


def test_the_answer_of_a_screening_is_the_assessment_and_nothing_else(as_: Any) -> None:
    bureau = as_("bureau")
    answer = bureau("POST", "/v1/screenings", {**REGISTRATION, "external_id": "DJ-1"})
    again = bureau("POST", "/v1/screenings", {**REGISTRATION, "external_id": "DJ-1"})
    assert again.content == answer.content == bureau("GET", f"/v1/screenings/{answer.json()['id']}").content
    assert again.headers["link"] == answer.headers["link"]
    found = bureau("GET", f"/v1/consultations?assessment_id={answer.json()['id']}").json()["items"]
    assert answer.headers["link"] == f'</v1/consultations/{found[0]["id"]}>; rel="consultation"'


def test_the_terms_are_those_of_the_rulebook_that_was_taken_into_service(app: FastAPI, store: Store) -> None:
    assert store.terms is not None
    without = SimpleNamespace(book=SimpleNamespace(rulebook=SimpleNamespace(consultation=None)))
    take_into_service(app, without)  # type: ignore[arg-type]  # has what is asked of one
    assert store.terms is None
    assert app.state.screener is without


def test_a_registration_that_may_proceed_has_no_link(as_: Any, screener: CannedScreener) -> None:
    screener.answer = replace(screener.answer, route="proceed")
    answer = as_("bureau")("POST", "/v1/screenings", REGISTRATION)
    assert "link" not in answer.headers
    asked = {"assessment_id": answer.json()["id"], "request": "有疑问"}
    made = as_("bureau")("POST", "/v1/consultations", asked)
    assert (made.status_code, made.json()["is_requested"]) == (201, True)
    assert as_("bureau")("POST", "/v1/consultations", asked).status_code == 200


def test_what_the_task_force_tries_for_itself_opens_none(as_: Any) -> None:
    answer = as_("member")("POST", "/v1/screenings", REGISTRATION)
    assert "link" not in answer.headers
    assert as_("member")("GET", "/v1/consultations").json()["items"] == []


def test_an_objection_waits_for_the_lead(as_: Any) -> None:
    consultation, _ = opened(as_)
    assert as_("member")("POST", f"{consultation}/answers", OBJECTION).json()["state"] == "open"
    assert as_("member")("POST", f"{consultation}/answers/1/confirmation").status_code == 403
    assert as_("lead")("POST", f"{consultation}/answers/1/return", {"note": "补充理由"}).status_code == 200
    as_("member")("POST", f"{consultation}/answers", OBJECTION)
    assert as_("lead")("POST", f"{consultation}/answers/2/confirmation").json()["answer"] == "objection"
    assert [one["number"] for one in as_("bureau")("GET", consultation).json()["answers"]] == [2]


def test_an_answer_sent_twice_is_given_once(as_: Any) -> None:
    consultation, _ = opened(as_)
    first = as_("member")("POST", f"{consultation}/answers", FINE, Idempotency_Key="K-1")
    again = as_("member")("POST", f"{consultation}/answers", FINE, Idempotency_Key="K-1")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert again.headers["etag"] == first.headers["etag"]
    other = as_("member")("POST", f"{consultation}/answers", OBJECTION, Idempotency_Key="K-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


def test_who_may_not_is_told_so_and_who_cannot_see_finds_nothing(as_: Any) -> None:
    consultation, assessment = opened(as_)
    assert as_("bureau")("POST", f"{consultation}/answers", FINE).status_code == 403
    assert as_("other")("GET", consultation).json()["code"] == "consultation_not_found"
    assert as_("other")("GET", "/v1/consultations?state=all").json() == {"items": [], "next": None}
    assert (
        as_("other")("POST", f"{assessment}/outcome", {"outcome": "refused"}).json()["code"] == "assessment_not_found"
    )
    assert as_("member")("POST", f"{assessment}/outcome", {"outcome": "refused"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/answers", {"answer": "objection"}, 422, "answer_incomplete"),
        ("/answers", {"answer": "perhaps"}, 422, "request_invalid"),
        ("/answers", {"answer": "no_objection", "reasons": "a\x00b"}, 422, "request_invalid"),
        ("/answers", {"answer": "no_objection", "reasons": "字" * 4_001}, 422, "request_invalid"),
        ("/answers", {"answer": "no_objection", "more": 1}, 422, "request_invalid"),
        ("/answers/1/return", {"note": " "}, 422, "request_invalid"),
        ("/answers/1/return", {"note": "x"}, 409, "answer_not_proposed"),
        ("/answers/0/return", {"note": "x"}, 422, "request_invalid"),
    ],
)
def test_what_cannot_be_kept_is_refused(as_: Any, path: str, body: Any, status: int, code: str) -> None:
    consultation, _ = opened(as_)
    refused = as_("member")("POST", consultation + path, body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers["content-type"] == "application/problem+json"
    assert as_("member")("GET", consultation).json()["answers"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"outcome": "registered"}, 422, "outcome_incomplete"),
        ({"outcome": "registered", "credit_code": "123"}, 422, "credit_code_invalid"),
        ({"outcome": "withdrawn", "correction_reason": "x"}, 409, "outcome_conflict"),
        ({"outcome": "lost"}, 422, "request_invalid"),
    ],
)
def test_an_outcome_that_does_not_fit_is_refused(as_: Any, body: Any, status: int, code: str) -> None:
    _, assessment = opened(as_)
    refused = as_("bureau")("POST", f"{assessment}/outcome", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert as_("bureau")("GET", f"{assessment}/outcome").json()["code"] == "outcome_not_found"


def test_a_change_of_an_enterprise_is_sent_with_its_credit_code(as_: Any) -> None:
    opened(as_, credit_code=CODE)
    assert len(as_("bureau")("GET", f"/v1/enterprises?credit_code={CODE}").json()["screenings"]) == 1
    wrong = as_("bureau")("POST", "/v1/screenings", {**REGISTRATION, "credit_code": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "credit_code_invalid")
    flyer = {"channel": "marketing", "text": "保本", "credit_code": CODE}
    assert as_("member")("POST", "/v1/screenings", flyer).json()["code"] == "wrong_field"
    batch = as_("bureau")("POST", "/v1/screenings/batch", {"items": [{**REGISTRATION, "credit_code": "x"}]})
    assert batch.json()["results"][0]["problem"]["code"] == "credit_code_invalid"


@pytest.mark.parametrize(
    "query", ["state=lost", "limit=0", "limit=201", "cursor=x", "cursor=a~%00", "assessment_id=%00", "limit=x"]
)
def test_a_list_that_cannot_be_is_refused(as_: Any, query: str) -> None:
    refused = as_("member")("GET", f"/v1/consultations?{query}")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/v1/consultations/%00", "/v1/enterprises/%00", "/v1/holds/a%00b"])
def test_an_id_that_no_database_could_hold_is_refused(as_: Any, path: str) -> None:
    assert as_("member")("GET", path).status_code == 422


def test_lists_go_on_where_they_ended(as_: Any) -> None:
    addresses = {opened(as_, external_id=f"DJ-{n}")[0] for n in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        part = as_("member")("GET", f"/v1/consultations?limit=2{cursor and f'&cursor={cursor}'}".replace("+", "%2B"))
        seen += [f"/v1/consultations/{one['id']}" for one in part.json()["items"]]
        cursor = part.json()["next"]
    assert (len(seen), set(seen)) == (5, addresses)


def test_a_hold_is_drafted_signed_read_and_lifted(as_: Any) -> None:
    draft = {
        "party": "approval_bureau",
        "addressee": "张店区行政审批服务局",
        "subject_name": "淄博示例财富管理有限公司",
        "credit_code": CODE,
        "procedures": ["change", "cancellation"],
        "case_reference": "线索 2026-17",
        "reasons": "正在核查。",
    }
    made = as_("member")("POST", "/v1/holds", draft)
    hold = f"/v1/holds/{made.json()['id']}"
    assert (made.status_code, made.headers["etag"], as_("bureau")("GET", hold).status_code) == (201, '"v1"', 404)
    assert as_("member")("POST", f"{hold}/signature").status_code == 403
    assert as_("lead")("POST", f"{hold}/signature", If_Match='"v2"').status_code == 412
    assert as_("lead")("POST", f"{hold}/signature", If_Match='"v1"').json()["state"] == "signed"
    letter = as_("bureau")("GET", f"{hold}/letter")
    assert letter.headers["content-type"] == "text/html; charset=utf-8"
    assert made.json()["subject_name"] in letter.text
    assert "<" not in as_("bureau")("GET", f"{hold}/letter?form=text").text
    assert as_("bureau")("GET", "/v1/holds").json()["items"][0]["state"] == "signed"
    assert as_("lead")("POST", f"{hold}/lifting", {"reason": "查否"}).json()["state"] == "lifted"
    assert as_("member")("DELETE", hold).json()["code"] == "hold_state"


def test_what_waits_is_listed_with_an_etag(as_: Any, screener: CannedScreener) -> None:
    screener.answer = replace(screener.answer, channel="marketing", route="site_check", score=97.0)
    stored = as_("member")("POST", "/v1/screenings", {"channel": "marketing", "text": "保本"}).json()
    listed = as_("member")("GET", "/v1/waiting")
    assert [one["assessment_id"] for one in listed.json()["items"]] == [stored["id"]]
    assert as_("member")("GET", "/v1/waiting", If_None_Match=listed.headers["etag"]).status_code == 304
    assert as_("member")("GET", "/v1/waiting?route=verify").json()["items"] == []
    assert as_("member")("GET", "/v1/waiting?order=oldest&until=2020-01-01T00:00:00Z").json()["count"] == 0
    for refused in ("route=archive", "since=yesterday", "since=2026-11-23T00:00:00", "town=%00"):
        assert as_("member")("GET", f"/v1/waiting?{refused}").status_code == 422, refused


def test_every_answer_has_a_documented_status_and_shape(as_: Any, client: TestClient) -> None:
    from jsonschema import Draft202012Validator

    document = client.get("/openapi.json").json()
    consultation, assessment = opened(as_)
    as_("member")("POST", f"{consultation}/answers", FINE)
    as_("bureau")("POST", f"{assessment}/outcome", {"outcome": "registered", "credit_code": CODE})
    shown = {
        "/v1/consultations": as_("member")("GET", "/v1/consultations?state=all"),
        "/v1/consultations/{consultation_id}": as_("member")("GET", consultation),
        "/v1/screenings/{assessment_id}/outcome": as_("bureau")("GET", f"{assessment}/outcome"),
        "/v1/enterprises": as_("bureau")("GET", f"/v1/enterprises?credit_code={CODE}"),
        "/v1/holds": as_("member")("GET", "/v1/holds"),
        "/v1/waiting": as_("member")("GET", "/v1/waiting"),
    }
    for path, answer in shown.items():
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        found = Draft202012Validator({**document, **schema}).iter_errors(answer.json())
        assert [error.message for error in found] == [], path
