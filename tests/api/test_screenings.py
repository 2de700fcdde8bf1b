"""Screening over HTTP: one text, a thousand texts, and the same answer again."""

from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from builders import CannedScreener, flyer_assessment
from risk_screen.api.schemas import EXAMPLES
from risk_screen.operations.store import Store
from risk_screen.storage.database import reading
from risk_screen.storage.tables import assessments

FLYER = {"channel": "marketing", "text": "保本保息"}


def stored_count(store: Store) -> int:
    with reading(store.engine) as connection:
        return connection.execute(select(func.count()).select_from(assessments)).scalar_one()


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_the_examples_of_the_documentation_are_answered(client: TestClient, example: dict[str, Any]) -> None:
    response = client.post("/v1/screenings", json=example["value"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json()["versions"]["rulebook"]


def test_the_answer_is_the_assessment_with_an_id_and_a_time(client: TestClient) -> None:
    answer = client.post("/v1/screenings", json=FLYER).json()
    assert UUID(answer.pop("id")).version == 7
    assert answer.pop("created_at").endswith("+00:00")
    plain = flyer_assessment().to_dict()
    del plain["id"], plain["created_at"]
    assert answer == plain


def test_a_stored_answer_comes_back_byte_for_byte(client: TestClient) -> None:
    sent = client.post("/v1/screenings", json=FLYER)
    again = client.get(f"/v1/screenings/{sent.json()['id']}")
    assert again.content == sent.content


def test_half_an_emoji_cut_off_by_the_sender_is_screened(client: TestClient, app: FastAPI) -> None:
    body = b'{"channel": "marketing", "text": "\\u4fdd\\u672c\\ud83d"}'
    response = client.post("/v1/screenings", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200
    screener = app.state.screener
    assert isinstance(screener, CannedScreener)
    assert screener.asked[0].fields == (("text", "保本\ufffd"),)


def test_the_same_number_and_text_give_the_same_answer_and_another_text_a_new_one(
    client: TestClient, store: Store
) -> None:
    first, same, other = (
        client.post("/v1/screenings", json={**FLYER, "text": text, "external_id": "W-1"}).json()["id"]
        for text in ("甲", "甲", "乙")
    )
    assert first == same != other
    assert stored_count(store) == 2


def test_a_batch_answers_every_item_in_its_place(client: TestClient, store: Store) -> None:
    items = [FLYER, {"channel": "marketing", "text": " "}, "不是对象", {"channel": "nowhere"}, {**FLYER, "text": "乙"}]
    results = client.post("/v1/screenings/batch", json={"items": items}).json()["results"]
    assert [result["index"] for result in results] == [0, 1, 2, 3, 4]
    codes = [result["problem"]["code"] if "problem" in result else "" for result in results]
    assert codes == ["", "text_blank", "request_invalid", "unknown_channel", ""]
    assert stored_count(store) == 2
    content = client.get(f"/v1/screenings/{results[0]['assessment']['id']}")
    assert content.json() == results[0]["assessment"]


def test_a_thousand_items_are_one_batch_and_one_more_is_refused(client: TestClient, store: Store) -> None:
    assert len(client.post("/v1/screenings/batch", json={"items": [FLYER] * 1000}).json()["results"]) == 1000
    refused = client.post("/v1/screenings/batch", json={"items": [FLYER] * 1001})
    assert (refused.status_code, "1,000" in refused.json()["detail"]) == (422, True)
    assert stored_count(store) == 1000


def test_a_batch_in_which_nothing_can_be_screened_stores_nothing(client: TestClient, store: Store) -> None:
    results = client.post("/v1/screenings/batch", json={"items": [{}, 1, None]}).json()["results"]
    assert all("problem" in result for result in results)
    assert stored_count(store) == 0


def test_items_of_one_batch_with_the_same_number_and_text_are_one_assessment(client: TestClient) -> None:
    items = [{**FLYER, "external_id": "W-9"}] * 2
    first, second = client.post("/v1/screenings/batch", json={"items": items}).json()["results"]
    assert first["assessment"] == second["assessment"]
