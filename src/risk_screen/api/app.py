"""The ASGI application: API and health checks over one screener and one store."""

from typing import Any, Final

from fastapi import FastAPI

import risk_screen
from risk_screen.access.caller import Site
from risk_screen.api import (
    accounts,
    advice,
    consultations,
    destinations,
    enterprises,
    events,
    exchange,
    health,
    holds,
    keys,
    labels,
    metrics,
    openapi,
    outcomes,
    problems,
    releases,
    reporters,
    screenings,
    session,
    single_sign_on,
    waiting,
    webhook_log,
    webhooks,
)
from risk_screen.api.doorkeeper import Doorkeeper
from risk_screen.api.faults import FaultBarrier
from risk_screen.api.host_check import HostCheck
from risk_screen.api.limits import BodyLimit
from risk_screen.api.metrics import count_committed
from risk_screen.api.observing import Observing
from risk_screen.casework.terms import ConsultationTerms
from risk_screen.operations.access_settings import access_policy, provider_of, site_of
from risk_screen.operations.call_limits import CallLimits
from risk_screen.operations.gate import Gate
from risk_screen.operations.store import Store
from risk_screen.screening.screener import Screener
from risk_screen.settings import Settings
from risk_screen.wiring import webhook_sender

DESCRIPTION: Final = """企业登记与宣传文本的非法集资风险筛查。结论供人工判断参考：程序只建议，由人决定。

位置（spans）是原文的 Unicode 码点下标，左闭右开。错误一律是 application/problem+json，带稳定的 code 和中文 detail。"""


class Service(FastAPI):
    """FastAPI with the whole contract in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; made when first asked for."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.document(self)
        return self.openapi_schema


def create_app(
    screener: Screener,
    store: Store,
    *,
    settings: Settings | None = None,
    site: Site | None = None,
    call_limits: CallLimits | None = None,
) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    screener : Screener
        May be swapped for another in ``app.state``: a request takes it from there once.
    store : Store
        Open and migrated.
    settings : Settings, optional
        Otherwise those of the environment and the file.
    site : Site, optional
        How the service is reached; otherwise as the settings say, open to this machine until somebody has an account.
    call_limits : CallLimits, optional
        Counts the calls of keys together with other processes; otherwise they are counted in this one.
    """
    app = Service(
        title="risk_screen",
        version=risk_screen.__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.store = store
    take_into_service(app, screener)
    app.state.settings = settings or Settings()
    app.state.is_stopping = False
    app.state.webhook_sender = webhook_sender(app.state.settings)
    app.state.provider = provider_of(app.state.settings)
    site = site or site_of(app.state.settings)
    app.state.gate = Gate(store, access_policy(app.state.settings), site, call_limits)
    store.committed = count_committed
    problems.install(app)
    app.include_router(screenings.router)
    app.include_router(advice.router)
    app.include_router(labels.router)
    app.include_router(reporters.router)
    app.include_router(consultations.router)
    app.include_router(outcomes.router)
    app.include_router(enterprises.router)
    app.include_router(holds.router)
    app.include_router(releases.router)
    app.include_router(waiting.router)
    app.include_router(session.router)
    app.include_router(single_sign_on.router)
    app.include_router(accounts.router)
    app.include_router(keys.router)
    app.include_router(events.router)
    app.include_router(exchange.router)
    app.include_router(webhooks.router)
    app.include_router(webhook_log.router)
    app.include_router(destinations.router)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.add_middleware(Doorkeeper)
    app.add_middleware(BodyLimit)
    app.add_middleware(FaultBarrier)
    app.add_middleware(HostCheck)
    app.add_middleware(Observing)
    return app


def take_into_service(app: FastAPI, screener: Screener) -> None:
    """Screen with this one from now on, and run consultations as its rulebook says."""
    app.state.store.terms = ConsultationTerms.from_rulebook(screener.book.rulebook)
    app.state.screener = screener
