"""Keys of programs, for administrators: /v1/keys."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.access_schemas import GivenKeyAnswer, KeyAnswer, KeyRequest, KeysAnswer
from risk_screen.api.caller import gate_of
from risk_screen.api.conditional import ExpectedVersion, answer_unless_known, tag_of_version
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, ONLY_JSON, RecordId
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.operations.api_keys import give_key, keys_given, one_key, revoke_key

router = APIRouter(prefix="/v1/keys", tags=["接口密钥"])
Administrator = Annotated[Identity, Depends(Needs(Permission.MANAGE_KEYS))]


@router.get(
    "",
    summary="全部接口密钥",
    responses=responses({200: "新的在前，不含密钥本身"}, 304, model=KeysAnswer),
    dependencies=[KNOWS_TAG],
)
async def every(request: Request, _: Administrator) -> Response:
    """List keys."""
    found = await run_in_threadpool(keys_given, gate_of(request).store)
    answer = KeysAnswer(items=[KeyAnswer.of(one) for one in found])
    return answer_unless_known(request, answer.model_dump_json().encode())


@router.post(
    "",
    summary="新建接口密钥，只显示这一次",
    status_code=201,
    responses=responses({201: "密钥"}, *WITH_BODY, model=GivenKeyAnswer),
    dependencies=[ONLY_JSON],
)
async def give(request: Request, identity: Administrator, body: KeyRequest) -> Response:
    """Make a key."""
    store = gate_of(request).store
    terms = body.asked.checked(store.now())
    made = await run_in_threadpool(give_key, store, identity.actor, body.holder, terms)
    answer = GivenKeyAnswer(text=made.text, key=KeyAnswer.of(made.key))
    headers = {"ETag": tag_of_version(made.key.version), "Cache-Control": "no-store"}
    return JSONResponse(answer.model_dump(), 201, headers)


@router.get(
    "/{key_id}",
    summary="一个接口密钥",
    responses=responses({200: "不含密钥本身"}, 304, 404, 422, model=KeyAnswer),
    dependencies=[KNOWS_TAG],
)
async def one(request: Request, _: Administrator, key_id: RecordId) -> Response:
    """Show a key."""
    key = await run_in_threadpool(one_key, gate_of(request).store, key_id)
    return answer_unless_known(request, KeyAnswer.of(key).model_dump_json().encode(), tag_of_version(key.version))


@router.post(
    "/{key_id}/revoke", summary="停用接口密钥", responses=responses({200: "已停用"}, 404, 412, 422, model=KeyAnswer)
)
async def revoke(request: Request, identity: Administrator, key_id: RecordId, expected: ExpectedVersion) -> Response:
    """Take a key back."""
    key = await run_in_threadpool(revoke_key, gate_of(request).store, identity.actor, key_id, expected)
    gate_of(request).forget()
    return JSONResponse(KeyAnswer.of(key).model_dump(), headers={"ETag": tag_of_version(key.version)})
