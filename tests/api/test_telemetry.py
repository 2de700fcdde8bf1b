"""Spans go to a collector only where one is set, and hold nothing of what was sent; otherwise nothing is imported."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from risk_screen.api.observing import HEADER
from risk_screen.api.telemetry import Tracing, provider_for

SECRET = "zhangsan-13805331234"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", received
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_span_says_route_and_status_and_nothing_of_what_was_sent(
    app: FastAPI, collector: tuple[str, list[bytes]]
) -> None:
    endpoint, received = collector
    provider = provider_for(endpoint)
    app.add_middleware(Tracing, provider=provider)
    client = TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000))
    headers = {
        "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
        "tracestate": f"who={SECRET}",
        "baggage": f"who={SECRET}",
        "user-agent": SECRET,
    }
    answer = client.post(f"/v1/screenings?who={SECRET}", json={"channel": "marketing", "text": SECRET}, headers=headers)
    client.get(f"/v1/screenings/{SECRET}", headers=headers)
    client.get(f"/{SECRET}", headers=headers)
    client.request("BREW", f"/{SECRET}", headers=headers)
    provider.shutdown()
    sent = b"".join(received)
    assert SECRET.encode() not in sent
    assert b"BREW" not in sent
    assert bytes.fromhex(TRACE) in sent
    for told in ("POST /v1/screenings", "/v1/screenings/{assessment_id}", answer.headers[HEADER]):
        assert told.encode() in sent


def test_without_the_setting_nothing_of_it_is_imported() -> None:
    program = (
        "import sys, risk_screen.cli.working, risk_screen.cli.serving, risk_screen.api.app, risk_screen.web.pages;"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
