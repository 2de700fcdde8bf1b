"""GET /healthz (the process lives) and GET /readyz (it can do its work)."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from risk_screen.api.openapi import PROBLEM_500
from risk_screen.api.readiness import readiness
from risk_screen.api.schemas import Health

router = APIRouter(tags=["运行"])


@router.get("/healthz", summary="进程是否存活", response_model=Health, responses=PROBLEM_500)
async def alive() -> Health:
    """Answer as long as the process runs."""
    return Health(status="ok")


@router.get(
    "/readyz",
    summary="能否受理筛查",
    response_model=Health,
    responses={503: {"model": Health, "description": "暂不能受理，逐项说明"}, **PROBLEM_500},
)
async def ready(request: Request) -> JSONResponse:
    """Tell of everything the service needs whether it is there: database, rulebook, models, disk, background tasks."""
    state: Any = request.app.state
    checks = await run_in_threadpool(readiness, state)
    is_ready = all(check.ok for check in checks.values())
    answer = Health(status="ok" if is_ready else "unavailable", checks=checks)
    return JSONResponse(answer.model_dump(), 200 if is_ready else 503)
