"""GET /healthz (the process lives) and GET /readyz (it can do its work)."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from risk_screen.api.schemas import Health
from risk_screen.storage.database import is_reachable

router = APIRouter(tags=["运行"])


@router.get("/healthz", summary="进程是否存活", response_model=Health)
async def alive() -> Health:
    """Answer as long as the process runs."""
    return Health(status="ok")


@router.get(
    "/readyz",
    summary="能否受理筛查",
    response_model=Health,
    responses={503: {"model": Health, "description": "暂不能受理"}},
)
async def ready(request: Request) -> JSONResponse:
    """Tell whether rulebook and models are loaded and the database takes writes."""
    checks = {
        "rulebook": request.app.state.screener is not None,
        "database": await run_in_threadpool(is_reachable, request.app.state.store.engine),
    }
    ok = all(checks.values())
    return JSONResponse({"status": "ok" if ok else "unavailable", "checks": checks}, status_code=200 if ok else 503)
