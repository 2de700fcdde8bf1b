"""A request must ask for this service by a name of its own; who lets a name of theirs lead here gets nothing."""

from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from risk_screen.access.caller import Site, host_name
from risk_screen.operations.access_settings import site_of
from risk_screen.settings import Settings
from risk_screen.settings.file import SettingsError

FLYER = {"channel": "marketing", "text": "保本保息"}
SITE = site_of(Settings(public_url="https://screen.example.gov.cn:8443/", other_hosts=("Zhuanban-PC",)))

OWN = [
    *("127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000", "10.2.3.4:80", "localhost", "LOCALHOST:8000"),
    *("screen.example.gov.cn", "screen.example.gov.cn.", "Screen.Example.gov.cn:8443", "zhuanban-pc:8000"),
]
FOREIGN = [
    *("", "evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "other-pc"),
    *(
        "evil.screen.example.gov.cn",
        "localhost:80@evil.example",
        "localhost/",
        "localhost:",
        "[::1",
        "[::1]evil",
        "::1",
    ),
    *("[::1]evil", "::1", "localhost, evil.example", "localhost..", "2130706433", "0x7f.1", "\xff"),
]


@pytest.mark.parametrize("host", OWN)
def test_a_name_of_this_service_is_answered(host: str) -> None:
    assert SITE.answers_to(host)


@pytest.mark.parametrize("host", FOREIGN)
def test_any_other_name_is_not(host: str) -> None:
    assert not SITE.answers_to(host)


def test_without_any_setting_it_answers_to_this_machine_and_addresses() -> None:
    assert Site().answers_to("localhost:8000")
    assert not Site().answers_to("screen.example.gov.cn")


def test_the_name_it_listens_on_is_its_own() -> None:
    assert site_of(Settings(host="office-pc")).answers_to("office-pc:8000")


def test_a_chinese_name_is_known_as_browsers_send_it() -> None:
    assert site_of(Settings(public_url="https://筛查.政务")).answers_to("xn--jvv164b.xn--zfr164b")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"public_url": "screen.example.gov.cn"}, "public_url"),
        ({"public_url": "https://screen.example.gov.cn/risk"}, "public_url"),
        ({"public_url": "https://a@screen.example.gov.cn"}, "public_url"),
        ({"public_url": "https://[::1"}, "public_url"),
        ({"public_url": "https://"}, "public_url"),
        ({"other_hosts": ("office-pc:8000",)}, "other_hosts"),
        ({"other_hosts": ("https://office-pc",)}, "other_hosts"),
        ({"other_hosts": ("a..b",)}, "other_hosts"),
    ],
)
def test_a_name_that_cannot_be_one_stops_the_start(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        site_of(Settings(**given))


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/screenings"), ("GET", "/"), ("GET", "/openapi.json")])
def test_a_page_whose_name_was_made_to_lead_here_gets_nothing(client: TestClient, method: str, path: str) -> None:
    refused = client.request(method, path, json=FLYER, headers={"host": "evil.example:8000"})
    assert (refused.status_code, refused.json()["code"]) == (421, "host_unknown")
    assert "RISK_SCREEN_PUBLIC_URL" in refused.json()["detail"]
    assert "evil" not in refused.text


def test_two_names_in_one_request_are_none(client: TestClient) -> None:
    headers = [("host", "localhost"), ("host", "evil.example")]
    assert client.get("/openapi.json", headers=headers).status_code == 421


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitors_may_ask_by_any_name(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"host": "backend-3"}).status_code == 200


def test_the_site_is_that_of_the_gate_in_service(app: FastAPI, client: TestClient) -> None:
    asked = {"host": "office-pc"}
    assert client.post("/v1/screenings", json=FLYER, headers=asked).status_code == 421
    app.state.gate.site = replace(app.state.gate.site, hosts=frozenset({"office-pc"}))
    assert client.post("/v1/screenings", json=FLYER, headers=asked).status_code == 200


def test_what_is_no_host_has_no_name() -> None:
    assert host_name("a b") == ""
