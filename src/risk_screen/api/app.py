"""The ASGI application: API, page and health checks over one screener and one store."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

import risk_screen
from risk_screen.api import health, problems, screenings
from risk_screen.operations.screening import Store
from risk_screen.screening.screener import Screener

# 1,000 items of the longest text would be far more; a request of this size is refused before it is read.
MOST_BODY_BYTES = 32 * 2**20
DESCRIPTION = """企业登记与宣传文本的非法集资风险筛查。结论供人工判断参考：程序只建议，由人决定。

位置（spans）是原文的 Unicode 码点下标，左闭右开。错误一律是 application/problem+json，带稳定的 code 和中文 detail。"""


def create_app(screener: Screener, store: Store) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    screener : Screener
    store : Store
        Open and migrated.
    """
    app = FastAPI(
        title="risk_screen",
        version=risk_screen.__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.screener = screener
    app.state.store = store
    problems.install(app)
    app.include_router(screenings.router)
    app.include_router(health.router)
    app.add_middleware(BodyLimit)
    return app


class BodyLimit:
    """Refuse request bodies that are larger than any honest batch, while they arrive."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on; answer 413 when the declared length is too large."""
        if scope["type"] == "http":
            length = dict(scope["headers"]).get(b"content-length", b"0")
            if not length.isdigit() or int(length) > MOST_BODY_BYTES:
                body = problems.problem(413, "body_too_large", "请求体超过 32 MiB：请分批提交。")
                await problems.respond(body)(scope, receive, send)
                return
        await self.app(scope, receive, send)
