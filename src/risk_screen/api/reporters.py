"""Who reported something: kept by whoever takes the report, read by the custodian alone, for a stated purpose."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import ONLY_JSON, RecordId, ShortWords, Storable
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.operations.reporters import (
    MOST_FIELD,
    Reporter,
    Subject,
    keep_reporter,
    read_reporter,
)
from risk_screen.operations.screening import readable_assessment
from risk_screen.wiring import reporter_keys

router = APIRouter(prefix="/v1/screenings/{assessment_id}/reporter", tags=["举报人"])
Taker = Annotated[Identity, Depends(Needs(Permission.REPORT_CLUE))]
Custodian = Annotated[Identity, Depends(Needs(Permission.READ_REPORTER))]
Part = Annotated[str, Field(max_length=MOST_FIELD), Storable]
SUBJECT: Final = "assessment"
NOT_KEPT: Final = {"Cache-Control": "no-store"}


class ReporterRequest(BaseModel):
    """Who reported it; at least one of these."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Part = Field(default="", description="姓名")
    phone: Part = Field(default="", description="电话")
    id_number: Part = Field(default="", description="身份证号")
    address: Part = Field(default="", description="住址")
    note: Part = Field(default="", description="备注")


class KeptAnswer(BaseModel):
    """Under which id they are kept; nothing of them is said."""

    id: str


class PurposeRequest(BaseModel):
    """What they are read for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    purpose: ShortWords = Field(description="用途，例如“回访核实线索”；记入审计，不要写姓名和电话")


class ReportersAnswer(BaseModel):
    """Who reported it."""

    items: list[ReporterRequest]


_KEPT: Final = responses({201: "已加密保存"}, *WITH_BODY, 404, 410, model=KeptAnswer)
_READ: Final = responses({200: "举报人；这次查看已记入审计"}, *WITH_BODY, 404, model=ReportersAnswer)


@router.post("", summary="登记举报人，加密保存", status_code=201, responses=_KEPT, dependencies=[ONLY_JSON])
async def keep(request: Request, identity: Taker, assessment_id: RecordId, body: ReporterRequest) -> JSONResponse:
    """Seal who reported a flyer that the sender may see."""
    store, reporter = request.app.state.store, Reporter(**body.model_dump())
    await run_in_threadpool(readable_assessment, store, identity, assessment_id)
    ring = await run_in_threadpool(reporter_keys)
    kept = await run_in_threadpool(keep_reporter, store, ring, Subject(SUBJECT, assessment_id), reporter, identity)
    return JSONResponse({"id": kept}, 201, NOT_KEPT)


@router.post("/reading", summary="查看举报人，须写明用途", responses=_READ, dependencies=[ONLY_JSON])
async def read(request: Request, identity: Custodian, assessment_id: RecordId, body: PurposeRequest) -> JSONResponse:
    """Open what is sealed, once the purpose stands in the audit trail."""
    store, subject = request.app.state.store, Subject(SUBJECT, assessment_id)
    ring = await run_in_threadpool(reporter_keys)
    found = await run_in_threadpool(read_reporter, store, ring, subject, identity, body.purpose)
    items = [ReporterRequest(**{name: getattr(one, name) for name in ReporterRequest.model_fields}) for one in found]
    return JSONResponse(ReportersAnswer(items=items).model_dump(), headers=NOT_KEPT)
