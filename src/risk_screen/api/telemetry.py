"""Spans for OpenTelemetry, only where an endpoint is set: method, route, status and time; nothing of what was sent.

Imported only then: the libraries are an extra, and nothing of them is loaded otherwise.
"""

from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import risk_screen
from risk_screen.api.observing import method_of, route_of

SERVICE: Final = "risk_screen"
FAULT: Final = 500


def provider_for(endpoint: str) -> TracerProvider:
    """Make what sends spans to a collector (OTLP over HTTP); to be shut down at the end, which sends what waits."""
    about = Resource({"service.name": SERVICE, "service.version": risk_screen.__version__})
    provider = TracerProvider(resource=about)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider


class Tracing:
    """One span for each request; a caller's own trace (header ``traceparent``) goes on in it."""

    def __init__(self, app: ASGIApp, provider: TracerProvider) -> None:
        self.app = app
        self._tracer = provider.get_tracer(SERVICE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on and measure them."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        earlier = TraceContextTextMapPropagator().extract({"traceparent": given.get("traceparent", "")})
        method, status = method_of(scope), 0

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._tracer.start_as_current_span(
            method, earlier, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                await self.app(scope, receive, send_watched)
            finally:
                route = route_of(scope)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                span.set_attribute("request_id", scope.get("state", {}).get("request_id", ""))
                if status >= FAULT:
                    span.set_status(Status(StatusCode.ERROR))
