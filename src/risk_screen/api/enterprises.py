"""/v1/enterprises: an enterprise, the names it had, and all that was screened and answered of it."""

from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import answer_unless_known
from risk_screen.api.consultation_schemas import EnterpriseShown
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, RecordId
from risk_screen.api.reading import note_read
from risk_screen.api.responses import responses
from risk_screen.casework.registration_outcome import checked_credit_code
from risk_screen.operations.enterprises import SUBJECT, enterprise_by_code, enterprise_history

router = APIRouter(prefix="/v1/enterprises", tags=["企业"])
Reader = Annotated[Identity, Depends(Needs(Permission.READ_CONSULTATION))]
SHOWN: Final = responses({200: "企业与它的历次筛查"}, 304, 404, 422, model=EnterpriseShown)


@router.get("", summary="按统一社会信用代码查企业", responses=SHOWN, dependencies=[KNOWS_TAG])
async def found(
    request: Request,
    identity: Reader,
    credit_code: Annotated[str, Query(min_length=1, max_length=40, description="统一社会信用代码")],
) -> Response:
    """Show the enterprise with a credit code, as far as it is within reach."""
    code = checked_credit_code(credit_code)
    content = await run_in_threadpool(enterprise_by_code, request.app.state.store, identity, code)
    await note_read(request, identity, SUBJECT, orjson.loads(content)["id"])
    return answer_unless_known(request, content)


@router.get("/{enterprise_id}", summary="一个企业", responses=SHOWN, dependencies=[KNOWS_TAG])
async def shown(request: Request, identity: Reader, enterprise_id: RecordId) -> Response:
    """Show an enterprise, as far as it is within reach."""
    content = await run_in_threadpool(enterprise_history, request.app.state.store, identity, enterprise_id)
    await note_read(request, identity, SUBJECT, enterprise_id)
    return answer_unless_known(request, content)
