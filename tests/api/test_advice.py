"""GET /v1/screenings/{id}/advice over the shipped rulebook."""

import pytest
from starlette.testclient import TestClient

from risk_screen import Screener
from risk_screen.api.app import create_app
from risk_screen.operations.feed import events_after
from risk_screen.operations.store import Store


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(create_app(Screener.load(), store), client=("127.0.0.1", 50000))


def test_the_desk_is_told_what_to_say(client: TestClient) -> None:
    sent = {"channel": "registration", "name": "淄博云栖投资管理有限公司"}
    assessment = client.post("/v1/screenings", json=sent).json()
    told = client.get(f"/v1/screenings/{assessment['id']}/advice").json()
    assert told["summary"] == "企业名称去掉“投资”，按现行规则可以办理；以登记机关的审查为准。"
    assert told["change"]["fields"] == {"name": "淄博云栖管理有限公司"}
    assert [one["code"] for one in told["sentences"]] == [reason["code"] for reason in assessment["reasons"]]


def test_a_flyer_is_refused_with_what_to_do(client: TestClient) -> None:
    assessment = client.post("/v1/screenings", json={"channel": "marketing", "text": "保本保息"}).json()
    refused = client.get(f"/v1/screenings/{assessment['id']}/advice")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_registration")


def test_the_screening_itself_may_bring_it_along(client: TestClient) -> None:
    sent = {"channel": "registration", "name": "淄博云栖投资管理有限公司"}
    answer = client.post("/v1/screenings?advice=true", json=sent, headers={"Idempotency-Key": "k"})
    where = f"/v1/screenings/{answer.json()['id']}"
    kept, told = client.get(where).content, client.get(f"{where}/advice").json()
    assert answer.content.startswith(kept.removesuffix(b"}"))
    assert answer.json() == {**client.get(where).json(), "advice": told}
    again = client.post("/v1/screenings?advice=1", json=sent, headers={"Idempotency-Key": "k"})
    assert (again.content, again.headers["idempotent-replayed"]) == (answer.content, "true")
    assert client.post("/v1/screenings", json=sent, headers={"Idempotency-Key": "k"}).content == kept


def test_what_proceeds_needs_no_words(client: TestClient) -> None:
    sent = {"channel": "registration", "name": "淄博晨星面馆", "business_scope": "餐饮服务"}
    answer = client.post("/v1/screenings?advice=true", json=sent).json()
    assert (answer["route"], answer["advice"]["sentences"], answer["advice"]["summary"]) == ("proceed", [], "")


@pytest.mark.parametrize(
    ("query", "channel", "code"),
    [
        ("advice=true", {"channel": "marketing", "text": "保本保息"}, "not_a_registration"),
        ("advice=perhaps", {"channel": "registration", "name": "淄博晨星面馆"}, "request_invalid"),
    ],
)
def test_advice_that_cannot_be_is_refused_and_nothing_is_stored(
    client: TestClient, store: Store, query: str, channel: dict[str, str], code: str
) -> None:
    refused = client.post(f"/v1/screenings?{query}", json=channel)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert events_after(store, 0).events == ()
