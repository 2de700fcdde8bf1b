"""GET /v1/exports/records and POST /v1/imports/outcomes: the same files as by hand, for programs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.identity import Needs
from risk_screen.api.responses import responses
from risk_screen.delivery.exchange_files import MEDIA_TYPES, content_of, rows_of_lines
from risk_screen.operations.exchanging import Wanted, export_records, import_outcomes
from risk_screen.storage.record_rows import Period

router = APIRouter(prefix="/v1", tags=["交换"])
Exporter = Annotated[Identity, Depends(Needs(Permission.EXPORT_RECORDS))]
Importer = Annotated[Identity, Depends(Needs(Permission.IMPORT_RECORDS))]
LINES: Final = "application/x-ndjson"
_EXPORTED: Final = responses({200: "记录，一行一条，或一个工作簿"}, 422)
_EXPORTED[200]["content"] = {media_type: {} for media_type in MEDIA_TYPES.values()}


class RowTaken(BaseModel):
    """What became of a row."""

    row: int = Field(description="第几行，从 1 起")
    problem: str = Field(description="哪里不对、怎样改；空表示已导入")


class Taken(BaseModel):
    """What became of the rows."""

    taken: int
    rows: list[RowTaken] = Field(description="只列有误的行")


_TAKEN: Final = responses({200: "逐行的结果"}, 413, 415, model=Taken)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be given out."""

    format: Annotated[Literal["jsonl", "xlsx"], Query(description="JSON 行或 Excel")] = "jsonl"
    since: Annotated[AwareDatetime | None, Query(description="从何时起（含），带时区")] = None
    until: Annotated[AwareDatetime | None, Query(description="到何时止（不含），带时区")] = None
    channel: Annotated[Literal["registration", "marketing", ""], Query(description="只要哪一类")] = ""
    with_texts: Annotated[bool, Query(description="连同名称、文本和理由；可能含个人信息")] = False


@router.get("/exports/records", summary="导出筛查记录", responses=_EXPORTED, response_class=Response)
async def records(request: Request, identity: Exporter, asked: Annotated[Asked, Depends()]) -> Response:
    """Give records out; that it was done stands in the audit trail."""
    period = Period(_instant(asked.since), _instant(asked.until))
    wanted = Wanted(period, asked.channel, asked.with_texts, in_words=asked.format == "xlsx")
    rows = await run_in_threadpool(export_records, request.app.state.store, identity, wanted)
    content = await run_in_threadpool(content_of, rows, wanted.columns, asked.format)
    headers = {"Content-Disposition": f'attachment; filename="records.{asked.format}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=MEDIA_TYPES[asked.format])


@router.post(
    "/imports/outcomes",
    summary="导入登记结果，一行一个 JSON",
    responses=_TAKEN,
    openapi_extra={"requestBody": {"required": True, "content": {LINES: {"schema": {"type": "string"}}}}},
)
async def outcomes(request: Request, identity: Importer) -> Response:
    """Take outcomes in; a bad row is told and the others go on."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != LINES:
        raise HTTPException(415)
    rows = list(rows_of_lines(await request.body()))
    store = request.app.state.store
    found = await run_in_threadpool(lambda: list(import_outcomes(store, identity, rows)))
    wrong = [{"row": one.row, "problem": one.problem} for one in found if one.problem]
    answer = {"taken": len(found) - len(wrong), "rows": wrong}
    return Response(orjson.dumps(answer), media_type="application/json")


def _instant(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds")
