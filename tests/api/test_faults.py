"""A fault nobody foresaw: a problem for the caller, one line for the maintainers, and no word of the text."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

SECRET = "张三丰的秘密"
FLYER = {"channel": "marketing", "text": SECRET}


class Tripping:
    """A screener with a defect that shows with some texts."""

    def assess(self, submission: Any) -> Any:
        text = submission.fields[0][1]
        raise KeyError(text)


def test_a_fault_is_an_internal_problem_and_the_service_goes_on(
    client: TestClient, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    well, app.state.screener = app.state.screener, Tripping()
    response = client.post("/v1/screenings", json=FLYER)
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert response.headers["content-type"] == "application/problem+json"
    app.state.screener = well
    assert client.post("/v1/screenings", json=FLYER).status_code == 200
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert record.exc_info is None
    assert "KeyError，位于 api/screenings.py:" in record.getMessage()
    assert "POST /v1/screenings" in record.getMessage()
    assert SECRET not in response.text + caplog.text


def test_a_fault_in_one_item_of_a_batch_spoils_only_that_item(
    client: TestClient, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    well = app.state.screener

    class Sometimes:
        def assess(self, submission: Any) -> Any:
            if submission.fields[0][1] == SECRET:
                raise ZeroDivisionError(SECRET)
            return well.assess(submission)

    app.state.screener = Sometimes()
    answer = client.post("/v1/screenings/batch", json={"items": [FLYER, {**FLYER, "text": "好"}]})
    first, second = answer.json()["results"]
    assert first["problem"]["code"] == "internal"
    assert second["assessment"]["level"] == "high"
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in answer.text + caplog.text


def test_a_fault_outside_any_route_is_a_problem_too(client: TestClient, app: FastAPI) -> None:
    def fails() -> None:
        raise RuntimeError(SECRET)

    app.add_api_route("/v1/fails", fails)
    response = client.get("/v1/fails")
    assert (response.status_code, response.json()["code"]) == (500, "internal")
