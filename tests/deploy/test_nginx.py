"""The reverse-proxy example with a real nginx, a local certificate authority and the real application behind it."""

import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2
import pytest
import trustme
import uvicorn
from fastapi import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from builders import CannedScreener, flyer_assessment
from risk_screen.api.app import create_app
from risk_screen.cli.working import server_config
from risk_screen.operations.store import Store
from risk_screen.settings import Settings
from risk_screen.storage.database import open_database
from risk_screen.web.headers import HEADERS
from risk_screen.web.pages import add_pages

NOT_RUN = "NOT RUN: nginx (needs nginx)"
EXAMPLE = Path(__file__).parents[2] / "deploy" / "nginx" / "risk_screen.conf"
NAME = "screen.example.gov.cn"
FLYER = {"channel": "marketing", "text": "保本保息"}
MAIN = """
user root;
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/risk_screen.conf;
}}
"""


@dataclass(slots=True)
class Site:
    """The service behind nginx, and what it saw."""

    https: int
    http: int
    service: int
    trust: ssl.SSLContext
    log: Path
    seen: list[str] = field(default_factory=list)

    def client(self) -> httpx2.Client:
        return httpx2.Client(base_url=f"https://localhost:{self.https}", verify=self.trust, timeout=60)

    def raw(self, request: bytes) -> bytes:
        """Send bytes over TLS and return what comes back until the connection is closed."""
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=30)
        with self.trust.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall(request)
            return b"".join(iter(partial(connection.recv, 65_536), b""))


def nginx() -> str:
    path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if path is None:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(NOT_RUN)
        pytest.skip(NOT_RUN)
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    program, folder = nginx(), tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    made = Site(free_port(), free_port(), 0, trust, folder / "access.log")
    with service(folder, made):
        (folder / "risk_screen.conf").write_text(adapted(folder, made), encoding="utf-8")
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
        running = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
        try:
            await_port(made.https, running, folder)
            yield made
        finally:
            running.terminate()
            running.wait()


def adapted(folder: Path, site: Site) -> str:
    """The example with the ports, names and paths of this test; each must be there to be replaced."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in {
        NAME: "localhost",
        "127.0.0.1:8000": f"127.0.0.1:{site.service}",
        "listen 443": f"listen 127.0.0.1:{site.https}",
        "listen 80": f"listen 127.0.0.1:{site.http}",
        "/etc/risk_screen/tls/fullchain.pem": str(folder / "both.pem"),
        "/etc/risk_screen/tls/key.pem": str(folder / "both.pem"),
        "/var/log/nginx/risk_screen.log": str(site.log),
    }.items():
        assert old in text
        text = text.replace(old, new)
    return text


def service(folder: Path, site: Site) -> "Serving":
    settings = Settings(trusted_proxies="127.0.0.1")
    store = Store(open_database(f"sqlite:///{folder / 'store.db'}"))
    app = create_app(CannedScreener(flyer_assessment()), store, settings=settings)  # type: ignore[arg-type]
    add_pages(app)

    async def probe(request: Request) -> Response:
        site.seen.append(request.url.path)
        client = request.client.host if request.client else ""
        return JSONResponse({"client": client, "scheme": request.url.scheme, "headers": dict(request.headers)})

    app.router.routes.insert(0, Route("/probe{rest:path}", probe, methods=["GET", "POST"]))
    return Serving(uvicorn.Server(server_config(app, settings)), site)


class Serving:
    """The application on a free port, in a thread."""

    def __init__(self, server: uvicorn.Server, site: Site) -> None:
        self.server, self.site = server, site
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=server.run, kwargs={"sockets": [self.listener]})

    def __enter__(self) -> None:
        self.site.service = self.listener.getsockname()[1]
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()


def await_port(port: int, running: "subprocess.Popen[bytes]", folder: Path) -> None:
    while True:
        assert running.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def test_a_page_comes_over_https_with_secure_headers(site: Site) -> None:
    with site.client() as client:
        page = client.get("/", headers={"accept": "text/html"}, follow_redirects=True)
        assert page.status_code == 200
        assert page.headers["strict-transport-security"].startswith("max-age=")
        assert {name: page.headers[name] for name in HEADERS} == HEADERS
        assert "nginx/" not in page.headers.get("server", "")
        assert client.get("/readyz").status_code == 200
        assert client.get("/readyz").headers["x-request-id"]


def test_http_leads_to_https(site: Site) -> None:
    answer = httpx2.get(f"http://127.0.0.1:{site.http}/docs?x=1", headers={"host": "evil.example"})
    assert (answer.status_code, answer.headers["location"]) == (301, "https://localhost/docs?x=1")


def test_an_unknown_name_gets_no_handshake(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.https)) as plain, pytest.raises(ssl.SSLError):
        site.trust.wrap_socket(plain, server_hostname="evil.example")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_old_protocol_gets_no_handshake(site: Site) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", site.https)) as plain, pytest.raises((ssl.SSLError, OSError)):
        old.wrap_socket(plain, server_hostname="localhost")


def test_the_address_is_the_one_the_proxy_saw_whatever_the_caller_claims(site: Site) -> None:
    claims = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http", "forwarded": "for=203.0.113.9"}
    with site.client() as client:
        seen = client.get("/probe", headers=claims).json()
    assert (seen["client"], seen["scheme"]) == ("127.0.0.1", "https")
    assert "forwarded" not in seen["headers"]


def test_only_a_trusted_proxy_is_believed(site: Site, tmp_path: Path) -> None:
    claims = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}
    behind = httpx2.get(f"http://127.0.0.1:{site.service}/probe", headers=claims).json()
    assert (behind["client"], behind["scheme"]) == ("203.0.113.9", "https")
    for trusted in ("", "10.0.0.1"):
        config = server_config(create_app_for(tmp_path), Settings(trusted_proxies=trusted))
        other = Site(0, 0, 0, site.trust, site.log)
        with Serving(uvicorn.Server(config), other):
            alone = httpx2.get(f"http://127.0.0.1:{other.service}/metrics", headers={"x-forwarded-for": "203.0.113.9"})
        assert alone.status_code == 200  # the metrics are for loopback: the header was not believed


def create_app_for(folder: Path) -> object:
    store = Store(open_database(f"sqlite:///{folder / 'other.db'}"))
    return create_app(CannedScreener(flyer_assessment()), store, settings=Settings())  # type: ignore[arg-type]


def test_the_metrics_are_not_shown_outside(site: Site) -> None:
    with site.client() as client:
        assert client.get("/metrics").status_code == 404
    assert httpx2.get(f"http://127.0.0.1:{site.service}/metrics").status_code == 200


@pytest.mark.parametrize("megabytes", [5, 34])
def test_a_body_that_is_too_large_is_a_problem_in_chinese(site: Site, megabytes: int) -> None:
    with site.client() as client:
        answer = client.post(
            "/v1/screenings", content=b" " * (megabytes << 20), headers={"content-type": "application/json"}
        )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "body_too_large"


HEAD = b"POST /probe HTTP/1.1\r\nHost: localhost\r\n"
HIDDEN = b"GET /probe/smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SMUGGLED = {
    "length and chunks": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 90\r\n\r\n" + HIDDEN,
    "a list of lengths": HEAD + b"Content-Length: 0, 90\r\n\r\n" + HIDDEN,
    "space before the colon": HEAD + b"Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "another coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a folded header": HEAD + b"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a line break in the address": b"GET /probe%0d%0aX:%20y\rHTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN,
    "no host": b"GET /probe HTTP/1.1\r\n\r\n" + HIDDEN,
    "two hosts": b"GET /probe HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("request_bytes", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_a_request_hidden_in_another_is_never_seen_by_the_service(site: Site, request_bytes: bytes) -> None:
    site.seen.clear()
    answer = site.raw(request_bytes)
    assert "/probe/smuggled" not in site.seen
    assert b" 400 " in answer or b" 501 " in answer


def test_what_hides_would_be_seen_if_it_were_let_through(site: Site) -> None:
    site.seen.clear()
    site.raw(b"GET /probe HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN)
    assert site.seen == ["/probe", "/probe/smuggled"]


def test_the_log_of_the_proxy_holds_no_query(site: Site) -> None:
    with site.client() as client:
        client.get("/probe?name=张三")
    assert "张三" not in site.log.read_text(encoding="utf-8")
    assert "name=" not in site.log.read_text(encoding="utf-8")
