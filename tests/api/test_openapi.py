"""The OpenAPI document tells the truth: real answers fit its schemas, and its examples are real answers."""

from typing import Any

import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from builders import assessment, company_assessment, flyer_assessment
from risk_screen.api import assessment_schema, health, metrics, screenings
from risk_screen.api.schemas import EXAMPLES
from risk_screen.screening.assessment import Assessment


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    made: dict[str, Any] = client.get("/openapi.json").json()
    return made


def problems(document: dict[str, Any], schema: str, value: Any) -> list[str]:
    whole = {**document, "$ref": f"#/components/schemas/{schema}"}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        here = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return here.union(*(references(inner) for inner in value.values()))
    return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()


def test_every_route_is_documented_with_what_can_happen(document: dict[str, Any]) -> None:
    expected = {
        ("/v1/screenings", "post"): {200, 400, 401, 403, 409, 413, 415, 421, 422, 429, 500, 503},
        ("/v1/screenings/batch", "post"): {200, 400, 401, 403, 409, 413, 415, 421, 422, 429, 500, 503},
        ("/v1/screenings/{assessment_id}", "get"): {200, 401, 403, 404, 410, 421, 429, 500, 503},
        ("/healthz", "get"): {200, 500},
        ("/readyz", "get"): {200, 500, 503},
        ("/metrics", "get"): {200, 403, 500},
    }
    found = {
        (path, method): {int(status) for status in operation["responses"]}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    assert expected.items() <= found.items()
    routes = [route for router in (health.router, metrics.router, screenings.router) for route in router.routes]
    assert {route.path for route in routes if isinstance(route, APIRoute)} == {path for path, _ in expected}
    assert all({401, 421, 500} <= statuses for (path, _), statuses in found.items() if path.startswith("/v1/"))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= schemas
    assert {"Assessment", "Reason", "Problem", "ScreeningRequest"} <= set(document["components"]["schemas"])


@pytest.mark.parametrize("made", [flyer_assessment(), company_assessment(), assessment()])
def test_an_assessment_fits_its_schema(document: dict[str, Any], made: Assessment) -> None:
    plain = made.to_dict()
    assert problems(document, "Assessment", plain) == []
    assert list(plain) == list(document["components"]["schemas"]["Assessment"]["properties"])


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("score", "93"),
        ("level", "purple"),
        ("profile", {}),
        ("reasons", [{"code": "x"}]),
        ("id", 5),
    ],
)
def test_an_answer_that_does_not_fit_is_noticed(document: dict[str, Any], place: str, wrong: Any) -> None:
    assert problems(document, "Assessment", {**flyer_assessment().to_dict(), place: wrong})


def test_examples_fit_the_schemas_they_stand_beside(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            contents = [response.get("content", {}) for response in operation["responses"].values()]
            for content in (*contents, operation.get("requestBody", {}).get("content", {})):
                for media in (one for kind, one in content.items() if "json" in kind):
                    whole = Draft202012Validator({**document, **media.get("schema", {})})
                    assert [error.message for value in examples_of(media) for error in whole.iter_errors(value)] == []


def examples_of(media: dict[str, Any]) -> list[Any]:
    named = [example["value"] for example in media.get("examples", {}).values()]
    return [*named, *([media["example"]] if "example" in media else [])]


def test_every_screening_has_an_example_of_request_and_answer(document: dict[str, Any]) -> None:
    operation = document["paths"]["/v1/screenings"]["post"]
    assert set(operation["requestBody"]["content"]["application/json"]["examples"]) == set(EXAMPLES)
    assert set(operation["responses"]["200"]["content"]["application/json"]["examples"]) == set(EXAMPLES)


def test_every_field_of_an_answer_is_explained_and_nothing_else() -> None:
    schemas = assessment_schema.component_schemas("#/")
    assert {name: set(s["properties"]) for name, s in schemas.items()} == {
        name: set(meanings) for name, meanings in assessment_schema.MEANINGS.items()
    }


def test_real_batch_answers_fit_their_schema(client: TestClient, document: dict[str, Any]) -> None:
    items = [*(example["value"] for example in EXAMPLES.values()), {"channel": "marketing"}, 5]
    answer = client.post("/v1/screenings/batch", json={"items": items}).json()
    assert problems(document, "BatchAnswer", answer) == []
    assert [result.keys() - {"index"} for result in answer["results"]] == [
        {"assessment"},
        {"assessment"},
        {"problem"},
        {"problem"},
    ]
