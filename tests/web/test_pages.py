"""The addresses of the page: forms, refusals that keep the text, headers, and what browsers see instead of problems."""

import gzip
import re
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from sqlalchemy import text as sql
from starlette.testclient import TestClient

from builders import COMPANY, FLYER, CannedScreener, assessment
from risk_screen.operations.store import Store
from risk_screen.screening.submission import FIELDS_OF_CHANNEL, MAX_CHARACTERS
from risk_screen.web import templating
from risk_screen.web.examples import EXAMPLES
from risk_screen.web.forms import MOST_FORM_BYTES, form_of

Serve = Callable[..., TestClient]
FORM = {"content-type": "application/x-www-form-urlencoded"}


def screener_of(client: TestClient) -> CannedScreener:
    app = client.app
    assert isinstance(app, FastAPI)
    screener = app.state.screener
    assert isinstance(screener, CannedScreener)
    return screener


def test_the_empty_page_has_both_forms_and_no_result(client: TestClient) -> None:
    page = client.get("/").text
    assert 'name="text"' in page
    assert 'name="business_scope"' in page
    assert "verdict" not in page


@pytest.mark.parametrize(("channel", "hidden"), [("marketing", "registration"), ("registration", "marketing")])
def test_a_tab_is_an_address_of_its_own(client: TestClient, channel: str, hidden: str) -> None:
    page = client.get("/", params={"channel": channel}).text
    assert re.search(f'<form id="{hidden}"[^>]* hidden>', page)
    assert not re.search(f'<form id="{channel}"[^>]* hidden>', page)


def test_an_unknown_tab_shows_the_first_one(client: TestClient) -> None:
    assert client.get("/", params={"channel": "<script>", "example": "x"}).text == client.get("/").text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.key)
def test_an_example_fills_its_form(client: TestClient, example: object) -> None:
    page = filled(client.get("/", params={"example": example.key}).text)  # type: ignore[attr-defined]
    assert example.fields.items() <= page.items()  # type: ignore[attr-defined]


def test_examples_cover_what_a_visitor_should_try() -> None:
    assert [e.channel for e in EXAMPLES].count("marketing") >= 4
    assert [e.channel for e in EXAMPLES].count("registration") >= 2
    assert all(set(e.fields) <= set(FIELDS_OF_CHANNEL[e.channel]) for e in EXAMPLES)


def test_the_text_is_screened_as_it_was_typed(client: TestClient) -> None:
    client.post("/", data={"channel": "marketing", "text": "第一行\r\n 第二行\n"})
    assert screener_of(client).asked[0].fields == (("text", "第一行\n 第二行\n"),)


def test_a_registration_sends_name_and_scope(client: TestClient) -> None:
    client.post("/", data={"channel": "registration", **COMPANY})
    assert dict(screener_of(client).asked[0].fields) == COMPANY


def test_the_typed_text_is_still_in_the_form_below_a_result(serve: Serve) -> None:
    typed = "\n开头是空行</textarea><b>&amp;"
    assert filled(serve(assessment()).post("/", data={"channel": "marketing", "text": typed}).text)["text"] == typed


def test_the_result_is_stored_and_can_be_fetched_by_programs(client: TestClient) -> None:
    page = client.post("/", data={"channel": "marketing", "text": FLYER}).text
    number = re.search(r"<dt>编号</dt><dd>([0-9a-f-]{36})</dd>", page)
    assert number is not None
    assert client.get(f"/v1/screenings/{number[1]}").json()["created_at"].startswith("2026-11-22T04:00:00.123")
    assert "2026年11月22日 12:00:00" in page


BAD_FORMS = [
    ({"channel": "marketing", "text": " \n"}, 422, "text", "没有可筛查的内容"),
    ({"channel": "registration"}, 422, "name", "没有可筛查的内容"),
    ({"channel": "marketing", "text": "长" * (MAX_CHARACTERS + 1)}, 413, "text", "超过上限"),
    ({"channel": "registration", "business_scope": "长" * (MAX_CHARACTERS + 1)}, 413, "business_scope", "超过上限"),
    ({"channel": "other", "text": "x"}, 422, None, "渠道"),
]


@pytest.mark.parametrize(("form", "status", "field", "words"), BAD_FORMS)
def test_a_wrong_form_is_explained_and_keeps_what_was_typed(
    client: TestClient, form: dict[str, str], status: int, field: str | None, words: str
) -> None:
    response = client.post("/", data=form)
    assert response.status_code == status
    summary = response.text.partition('role="alert"')[2].partition("</div>")[0]
    assert words in summary
    if field is not None:
        assert f'<a href="#{field}">' in summary
        assert f'aria-describedby="{field}-hint {field}-error" aria-invalid="true"' in response.text
        assert f'id="{field}-error"' in response.text
        assert filled(response.text)[field] == form.get(field, "")
    assert ("还在下面" in response.text) == any(
        form.get(f, "").strip() for f in FIELDS_OF_CHANNEL.get(form["channel"], ())
    )
    assert "verdict" not in response.text


def test_a_database_that_refuses_keeps_the_typed_text(client: TestClient, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(sql("DROP TABLE submitted_texts"))
    response = client.post("/", data={"channel": "marketing", "text": FLYER})
    assert response.status_code == 503
    assert "数据库暂时不能用" in response.text
    assert filled(response.text)["text"] == FLYER
    assert "aria-invalid" not in response.text


def test_a_fault_is_a_page_for_people_and_a_problem_for_programs(client: TestClient) -> None:
    def fail(_: object) -> None:
        raise RuntimeError(FLYER)

    app = client.app
    assert isinstance(app, FastAPI)
    app.state.screener = type("Broken", (), {"assess": staticmethod(fail)})()
    response = client.post("/", data={"channel": "marketing", "text": FLYER})
    assert response.status_code == 500
    assert "程序出错了" in response.text
    assert "福寿苑" not in response.text
    problem = client.post("/v1/screenings", json={"channel": "marketing", "text": FLYER})
    assert problem.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"x" * (MOST_FORM_BYTES + 1), FORM, 413),
        (b'{"channel":"marketing"}', {"content-type": "application/json"}, 415),
        (b"channel=marketing", {}, 415),
        ("channel=marketing&text=保".encode(), FORM, 415),
        (urlencode([(f"f{k}", "1") for k in range(50)]).encode(), FORM, 415),
        (b"channel=marketing&text=x", {**FORM, "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_what_is_not_our_form_is_refused(
    client: TestClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    response = client.post("/", content=content, headers=headers)
    assert response.status_code == status
    assert 'role="alert"' in response.text
    assert screener_of(client).asked == []


def test_a_form_may_hold_bytes_that_are_no_text() -> None:
    assert form_of(b"channel=marketing&text=%FF%00%ED%A0%80a").fields == {"text": "\ufffd\x00\ufffd\ufffd\ufffda"}


@pytest.mark.parametrize("path", ["/", "/docs", "/nowhere", "/static/page.css", "/v1/nowhere", "/healthz"])
def test_every_answer_forbids_foreign_content(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_results_are_not_kept_by_browsers_but_static_files_are(client: TestClient) -> None:
    assert client.post("/", data={"channel": "marketing", "text": FLYER}).headers["cache-control"] == "no-store"
    css = re.search(r'href="(/static/page\.css[^"]*)"', client.get("/").text)
    assert css is not None
    assert "immutable" in client.get(css[1]).headers["cache-control"]
    assert client.get("/static/page.css?v=old").headers["cache-control"] == "no-store"


def test_pages_are_compressed_only_where_that_is_understood(client: TestClient) -> None:
    with client.stream("GET", "/", headers={"accept-encoding": "gzip"}) as response:
        content = b"".join(response.iter_raw())
    assert gzip.decompress(content).decode() == client.get("/", headers={"accept-encoding": "identity"}).text


def test_pages_hold_no_inline_script_style_or_foreign_address(client: TestClient) -> None:
    for page in (client.post("/", data={"channel": "marketing", "text": FLYER}).text, client.get("/docs").text):
        assert not re.search(r"<script(?![^>]* src=\"/static/)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
        assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", page)


def test_static_files_stay_small() -> None:
    assert len(templating.STATIC["page.css"]) < 15_000
    assert len(templating.STATIC["page.js"]) < 5_000


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_wrong_address_is_a_chinese_page_for_browsers(client: TestClient, method: str) -> None:
    response = client.request(method, "/nowhere" if method == "GET" else "/docs")
    assert response.status_code == (404 if method == "GET" else 405)
    assert "<h1>没有这一页</h1>" in response.text


@pytest.mark.parametrize(
    ("path", "accept"), [("/nowhere", "*/*"), ("/nowhere", "application/json"), ("/v1/nowhere", "text/html")]
)
def test_a_wrong_address_is_a_problem_for_programs(client: TestClient, path: str, accept: str) -> None:
    response = client.get(path, headers={"accept": accept})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


def test_static_files_outside_the_folder_cannot_be_read(client: TestClient) -> None:
    for name in ("../pages.py", "..%2fpages.py", "pages.py"):
        assert client.get(f"/static/{name}").status_code == 404


def test_the_api_is_described_without_foreign_scripts(client: TestClient) -> None:
    page = client.get("/docs").text
    assert page.count("curl -s") == 4
    assert "/openapi.json" in page


def test_pages_are_not_part_of_the_described_api(client: TestClient) -> None:
    assert not {"/", "/docs", "/static/{name}"} & set(client.get("/openapi.json").json()["paths"])


def test_nothing_of_the_text_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    client.post("/", data={"channel": "marketing", "text": FLYER})
    client.post("/", data={"channel": "marketing", "text": "福寿苑" * MAX_CHARACTERS})
    assert "福寿苑" not in caplog.text


class Labels(HTMLParser):
    """Collects ids, labels and fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: set[str] = set()
        self.pointed_at: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag == "label":
            self.labelled.add(attributes["for"])
        if tag == "textarea" or (tag == "input" and attributes["type"] == "text"):
            self.fields.add(attributes["id"])
        for name in ("aria-describedby", "aria-labelledby"):
            self.pointed_at.update(attributes.get(name, "").split())
        if attributes.get("href", "").startswith("#"):
            self.pointed_at.add(attributes["href"][1:])


SHOWN: list[Callable[[TestClient], str]] = [
    lambda client: client.get("/").text,
    lambda client: client.post("/", data={"channel": "marketing", "text": FLYER}).text,
    lambda client: client.post("/", data={"channel": "registration", "name": ""}).text,
]


@pytest.mark.parametrize("show", SHOWN)
def test_every_field_has_a_label_and_every_reference_a_target(client: TestClient, show: Callable[..., str]) -> None:
    page = Labels()
    page.feed(show(client))
    assert page.fields == page.labelled == {"text", "name", "business_scope"}
    assert len(page.ids) == len(set(page.ids))
    assert page.pointed_at <= set(page.ids)


class Filled(HTMLParser):
    """Collects what stands in the fields, as a browser would show it."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "input" and attributes.get("type") == "text":
            self.values[str(attributes["name"])] = attributes.get("value") or ""
        if tag == "textarea":
            self.inside = str(attributes["name"])
            self.values[self.inside] = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.values[self.inside] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self.inside:
            self.values[self.inside] = self.values[self.inside].removeprefix("\n")
            self.inside = None


def filled(page: str) -> dict[str, str]:
    parser = Filled()
    parser.feed(page)
    return parser.values
