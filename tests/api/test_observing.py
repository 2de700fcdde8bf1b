"""Every answer has a number; the log and the metrics say how a request went, never what was in it."""

import logging
import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from risk_screen.api.logs import log_to_stderr
from risk_screen.api.metrics import COUNTERS
from risk_screen.api.observing import HEADER, NO_ROUTE
from risk_screen.operations.store import Store
from risk_screen.settings import Settings

SECRET = "张三丰13805331234"
FLYER = {"channel": "marketing", "text": SECRET}
SOURCE = Path(__file__).parents[2] / "src" / "risk_screen"


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000))


def samples(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record) for record in caplog.records if record.name == "risk_screen.requests"]


@pytest.mark.parametrize("given", ["abcdefgh", "0191-f00_x.y" + "a" * 52])
def test_a_harmless_number_of_the_caller_is_taken_over(client: TestClient, given: str) -> None:
    answer = client.get("/v1/nowhere", headers={HEADER: given})
    assert answer.headers[HEADER] == answer.json()["request_id"] == given


@pytest.mark.parametrize("given", ["short", "a" * 65, "two words", "<script>x", "a\u00e9" * 8, "", "%0d%0aSet-Cookie:"])
def test_any_other_is_replaced(client: TestClient, given: str) -> None:
    answer = client.get("/healthz", headers=[(HEADER.encode(), given.encode("latin-1"))])
    assert re.fullmatch("[0-9a-f]{16}", answer.headers[HEADER])


def test_a_request_is_one_line_with_its_route_and_without_its_content(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="risk_screen")
    answer = client.post("/v1/screenings?debug=" + SECRET, json=FLYER)
    client.get(f"/v1/screenings/{answer.json()['id']}?who={SECRET}")
    client.get(f"/{SECRET}")
    found = [(one["method"], one["route"], one["status"]) for one in lines_of(caplog)]
    assert found == [
        ("POST", "/v1/screenings", 200),
        ("GET", "/v1/screenings/{assessment_id}", 200),
        ("GET", NO_ROUTE, 404),
    ]
    assert lines_of(caplog)[0]["request_id"] == answer.headers[HEADER]
    assert SECRET not in str([vars(record) for record in caplog.records])


def test_lines_are_json_and_the_words_of_an_error_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    root, ours = logging.getLogger(), logging.getLogger("risk_screen")
    before = root.handlers[:], root.level, ours.level
    try:
        log_to_stderr("info", "json")
        ours.info("第一行\n第二行", extra={"route": "/x"})
        logging.getLogger("httpx2").info("https://a.example/?q=" + SECRET)
        try:
            raise ValueError(SECRET)
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
        log_to_stderr("info", "console")
        ours.error("给人看")
    finally:
        root.handlers, root.level, ours.level = before
    lines = capsys.readouterr().err.splitlines()
    first, fault = orjson.loads(lines[0]), orjson.loads(lines[1])
    assert (first["event"], first["level"], first["route"]) == ("第一行\n第二行", "info", "/x")
    assert first["at"].endswith("Z")
    assert (fault["fault"], fault["level"]) == ("ValueError", "error")
    assert "给人看" in lines[2]
    assert SECRET not in "".join(lines)


def test_metrics_count_requests_by_route_and_screenings_by_outcome(client: TestClient) -> None:
    outcome = 'risk_screen_screenings_total{channel="marketing",level="high",route="site_check"}'
    before = samples(client).get(outcome, 0.0)
    client.post("/v1/screenings", json=FLYER)
    found = samples(client)
    assert found[outcome] == before + 1
    assert found['risk_screen_request_seconds_count{method="POST",route="/v1/screenings",status="200"}'] > 0
    assert found["risk_screen_events_head"] == 1
    assert found["risk_screen_store_readable"] == 1
    assert found["risk_screen_commit_pieces_count"] > 0


def test_what_callers_make_up_makes_no_labels(client: TestClient) -> None:
    client.get(f"/nowhere/{SECRET}")
    client.get(f"/v1/screenings/{SECRET}")
    client.request("BREW", "/v1/screenings")
    client.request("BREW", f"/{SECRET}")
    text = client.get("/metrics").text
    assert "nowhere" not in text
    assert SECRET not in text
    assert "BREW" not in text


def test_a_store_that_is_away_is_said_and_the_rest_is_told(client: TestClient, store: Store, tmp_path: Path) -> None:
    store.engine.dispose()
    (tmp_path / "store.db").write_bytes(b"no database" * 1000)
    found = samples(client)
    assert found["risk_screen_store_readable"] == 0
    assert any(name.startswith("risk_screen_versions_info") for name in found)


@pytest.mark.parametrize(
    ("address", "allowed", "status"),
    [
        ("127.0.0.1", None, 200),
        ("::1", None, 200),
        ("10.1.2.3", None, 403),
        ("10.1.2.3", "10.1.2.0/24", 200),
        ("127.0.0.1", "10.1.2.0/24", 403),
        ("somebody", None, 403),
    ],
)
def test_only_allowed_addresses_read_the_metrics(app: FastAPI, address: str, allowed: str | None, status: int) -> None:
    if allowed is not None:
        app.state.settings = Settings(metrics_allowed=allowed)
    assert TestClient(app, client=(address, 1)).get("/metrics").status_code == status


def test_whatever_is_counted_has_a_counter() -> None:
    counted = {
        name
        for path in SOURCE.rglob("*.py")
        for name in re.findall(r'change\.count\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert counted == COUNTERS.keys()
