"""Say that a result is wrong: POST /v1/screenings/{id}/labels in one call, taken back by DELETE, read by analysts."""

from typing import Annotated, Final, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import Changes, Creates, RecordId, answer_with_tag
from risk_screen.api.reading import note_list, note_read
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.operations.asking import Asking
from risk_screen.operations.labelling import Opinion, give_label, labels_after, labels_on, withdraw_label

router = APIRouter(prefix="/v1", tags=["指出有误"])
MOST_LABELS: Final = 200
Giver = Annotated[Identity, Depends(Needs(Permission.GIVE_LABEL))]
GivenBy = Annotated[Asking, Depends(Creates(Permission.GIVE_LABEL))]
TakenBackBy = Annotated[Asking, Depends(Changes(Permission.GIVE_LABEL))]
Reader = Annotated[Identity, Depends(Needs(Permission.READ_LABELS))]
AssessmentId = Annotated[str, Path(max_length=64, description="筛查结果的编号")]


class LabelAnswer(BaseModel):
    """A label as it is kept."""

    id: str = Field(description="意见的编号", examples=["01931f00-0000-7000-8000-000000000002"])
    assessment_id: str = Field(description="说的是哪条筛查结果", examples=["01931f00-0000-7000-8000-000000000000"])
    verdict: str = Field(
        description="false_alarm 误报、missed_risk 漏报、wrong_reason 理由不对", examples=["false_alarm"]
    )
    code: str = Field(description="说的是哪条理由；空的表示整条结果", examples=["marketing.guaranteed-principal"])
    comment: str = Field(description="为什么", examples=["正规民宿，只收当日房费"])
    state: Literal["given", "withdrawn"] = Field(description="given 有效、withdrawn 已收回", examples=["given"])
    version: int = Field(description="第几版，与 ETag 对应", examples=[1])
    made_by: str = Field(description="谁提的：账号或密钥的编号", examples=["k-01931f00"])
    party: str = Field(description="提的人代表的单位", examples=["审批局"])
    town: str = Field(description="提的人所在的镇街；没有则为空", examples=[""])
    created_at: str = Field(description="第一次提出的时间，ISO 8601 UTC", examples=["2026-11-23T04:00:00.000+00:00"])
    changed_at: str = Field(description="最后变动的时间，ISO 8601 UTC", examples=["2026-11-23T04:00:00.000+00:00"])


class LabelList(BaseModel):
    """Some labels, and where to go on."""

    items: list[LabelAnswer]
    next: str | None


GIVEN: Final = responses({201: "已记下"}, *WITH_BODY, 404, 409, 410, model=LabelAnswer)
TAKEN_BACK: Final = responses({200: "已收回"}, 404, 409, 412, 422, model=LabelAnswer)
LISTED: Final = responses({200: "意见"}, 304, 404, 422, model=LabelList)


class LabelRequest(BaseModel):
    """What is wrong with a result, and why."""

    model_config = ConfigDict(extra="forbid", strict=True)

    verdict: Literal["false_alarm", "missed_risk", "wrong_reason"] = Field(description="误报、漏报、理由不对")
    comment: str = Field(
        min_length=1, max_length=2_000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$", description="为什么，至多 2,000 个字符"
    )
    code: str = Field(default="", max_length=80, description="哪一条理由（reasons 中的 code）；不填表示整条结果")


@router.post("/screenings/{assessment_id}/labels", summary="指出一条结果有误", responses=GIVEN, status_code=201)
async def give(request: Request, asking: GivenBy, assessment_id: AssessmentId, body: LabelRequest) -> Response:
    """Keep what is said; said again by the same person, it replaces what they said before."""
    opinion = Opinion(body.verdict, body.comment, body.code)
    return answer_with_tag(await run_in_threadpool(give_label, request.app.state.store, asking, assessment_id, opinion))


@router.get("/screenings/{assessment_id}/labels", summary="一条结果收到的意见", responses=LISTED)
async def on_one(request: Request, identity: Giver, assessment_id: AssessmentId) -> Response:
    """List what was said of a result, as far as the asker sees it."""
    found = await run_in_threadpool(labels_on, request.app.state.store, identity, assessment_id)
    await note_read(request, identity, "assessment", assessment_id)
    return answer_unless_known(request, orjson.dumps({"items": found, "next": None}))


@router.delete("/labels/{label_id}", summary="收回自己提的意见", responses=TAKEN_BACK)
async def take_back(request: Request, asking: TakenBackBy, label_id: RecordId) -> Response:
    """Mark the label as withdrawn."""
    return answer_with_tag(await run_in_threadpool(withdraw_label, request.app.state.store, asking, label_id))


@router.get("/labels", summary="全部意见，按最后变动的次序", responses=LISTED)
async def everywhere(
    request: Request,
    identity: Reader,
    after: Annotated[str, Query(max_length=80, description="上次应答中的 next；不填从头开始")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_LABELS)] = 100,
) -> Response:
    """List labels for analysts, page by page."""
    changed_at, _, label_id = after.partition("~")
    found = await run_in_threadpool(
        labels_after, request.app.state.store, identity, (changed_at, label_id), limit=limit
    )
    await note_list(request, identity, "label", len(found))
    following = f"{found[-1].changed_at}~{found[-1].id}" if len(found) == limit else None
    return answer_unless_known(request, orjson.dumps({"items": found, "next": following}))
