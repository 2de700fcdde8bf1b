"""GET /v1/screenings/{id}/advice: what the desk can say to an applicant."""

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known
from risk_screen.api.identity import Needs
from risk_screen.api.reading import note_read
from risk_screen.api.responses import responses
from risk_screen.operations.advising import StoredAdvice, advise_on
from risk_screen.screening.advising import Advice
from risk_screen.screening.assessment import Assessment

router = APIRouter(prefix="/v1/screenings", tags=["筛查"])


class ToldSentence(BaseModel):
    """One reason in plain words."""

    code: str = Field(description="规则编号，与 reasons 中的 code 相同")
    field: str
    quote: str
    sentence: str


class Removed(BaseModel):
    """Words that were left out."""

    field: str
    words: str


class Change(BaseModel):
    """The smallest change that was found to proceed."""

    fields: dict[str, str] = Field(description="改后的名称与经营范围，已实际筛查")
    removed: list[Removed]
    is_complete: bool = Field(description="false：去掉以后还不成名称或经营范围，须换成别的字样")
    route: str


class AdviceAnswer(BaseModel):
    """What the desk can say to an applicant."""

    sentences: list[ToldSentence]
    change: Change | None
    summary: str = Field(description="改法，一句话；正常办理的为空")
    route: str = Field(description="按现行规则的去向")
    is_current: bool = Field(description="false：规则在筛查之后改过，说明以现行规则为准")


ADVICE: Final = responses({200: "可以对申请人说的话"}, 304, 404, 410, 422, model=AdviceAnswer)


@router.get("/{assessment_id}/advice", summary="可以对申请人说的话和改动最小的写法", responses=ADVICE)
async def advice(
    request: Request,
    identity: Annotated[Identity, Depends(Needs(Permission.READ_ASSESSMENT))],
    assessment_id: Annotated[str, Path(max_length=64)],
) -> Response:
    """Explain a registration to its applicant."""
    screener, store = request.app.state.screener, request.app.state.store
    found = await run_in_threadpool(advise_on, store, screener, identity, assessment_id)
    await note_read(request, identity, "assessment", assessment_id)
    return answer_unless_known(request, orjson.dumps(_told(found)))


def with_advice(content: bytes, advice: Advice, assessment: Assessment) -> bytes:
    """Add ``advice`` to an answer, whose own bytes stay as they are.

    Parameters
    ----------
    content : bytes
        The stored assessment; older than ``assessment`` when the same request was answered before.
    advice : Advice
    assessment : Assessment
        What the advice is about, made now.
    """
    is_current = orjson.loads(content)["versions"] == assessment.to_dict()["versions"]
    told = orjson.dumps(_told(StoredAdvice(advice, assessment.route, is_current)))
    return content.removesuffix(b"}") + b',"advice":' + told + b"}"


def _told(found: StoredAdvice) -> dict[str, Any]:
    return {**found.advice.to_dict(), "route": found.route, "is_current": found.is_current}
