"""GET /v1/screenings/{id}/advice over the shipped rulebook."""

import pytest
from starlette.testclient import TestClient

from risk_screen import Screener
from risk_screen.api.app import create_app
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
