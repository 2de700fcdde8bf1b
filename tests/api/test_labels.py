"""POST …/labels says in one call that a result is wrong; DELETE takes it back; GET lists."""

import pytest
from starlette.testclient import TestClient

FLYER = {"channel": "marketing", "text": "保本保息"}
WRONG = {"verdict": "false_alarm", "comment": "正规民宿"}


@pytest.fixture
def labels_of(client: TestClient) -> str:
    assessment = client.post("/v1/screenings", json=FLYER).json()
    return f"/v1/screenings/{assessment['id']}/labels"


def test_given_in_one_call_and_listed(client: TestClient, labels_of: str) -> None:
    given = client.post(labels_of, json=WRONG)
    assert given.status_code == 201
    assert given.headers["etag"] == '"v1"'
    assert client.get(labels_of).json() == {"items": [given.json()], "next": None}


def test_sent_again_under_one_key_it_is_done_once(client: TestClient, labels_of: str) -> None:
    first = client.post(labels_of, json=WRONG, headers={"Idempotency-Key": "k1"})
    label = f"/v1/labels/{first.json()['id']}"
    gone = [client.delete(label, headers={"Idempotency-Key": "k2", "If-Match": '"v1"'}) for _ in range(2)]
    assert [(one.status_code, one.headers["etag"]) for one in gone] == [(200, '"v2"')] * 2
    again = client.post(labels_of, json=WRONG, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.content, again.headers["idempotent-replayed"]) == (201, first.content, "true")
    other = client.post(labels_of, json={**WRONG, "comment": "另一个原因"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert client.get(labels_of).json()["items"][0]["state"] == "withdrawn"


def test_taken_back_only_as_it_was_seen(client: TestClient, labels_of: str) -> None:
    label = f"/v1/labels/{client.post(labels_of, json=WRONG).json()['id']}"
    refused = client.delete(label, headers={"If-Match": '"v7"'})
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    assert client.delete(label, headers={"If-Match": '"v1"'}).json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"verdict": "nonsense", "comment": "x"}, 422),
        ({"verdict": "false_alarm", "comment": " "}, 422),
        ({"verdict": "false_alarm"}, 422),
        ({**WRONG, "code": "marketing.made-up"}, 422),
    ],
)
def test_what_cannot_be_kept_is_refused(client: TestClient, labels_of: str, body: object, status: int) -> None:
    refused = client.post(labels_of, json=body)
    assert refused.status_code == status
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.get(labels_of).json()["items"] == []


def test_a_result_that_is_not_there_cannot_be_labelled(client: TestClient) -> None:
    assert client.post("/v1/screenings/none/labels", json=WRONG).status_code == 404
