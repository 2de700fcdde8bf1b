"""Accounts of people, for administrators: /v1/accounts."""

from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.access_schemas import (
    AccountAnswer,
    AccountRequest,
    AccountsAnswer,
    InvitedAnswer,
    NewAccountRequest,
    ResetRequest,
)
from risk_screen.api.caller import gate_of, own_address
from risk_screen.api.conditional import ExpectedVersion, answer_unless_known, tag_of_version
from risk_screen.api.identity import Needs
from risk_screen.api.parameters import KNOWS_TAG, ONLY_JSON, Part, RecordId
from risk_screen.api.reading import note_list, note_read
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.operations.accounts import (
    SUBJECT,
    Administration,
    Invited,
    add_account,
    change_account,
    disable_account,
    enable_account,
    list_accounts,
    one_account,
    reset_account,
)
from risk_screen.storage.accounts import Account

INVITE_PAGE: Final = "/invite"
router = APIRouter(prefix="/v1/accounts", tags=["账号"])
Administrator = Annotated[Identity, Depends(Needs(Permission.MANAGE_ACCOUNTS))]
CHANGED: Final = responses({200: "改后的账号"}, *WITH_BODY, 404, 409, 412, model=AccountAnswer)
INVITED: Final = (*WITH_BODY, 404, 409, 412)


@router.get(
    "",
    summary="全部账号",
    responses=responses({200: "按建立的次序"}, 304, 422, model=AccountsAnswer),
    dependencies=[KNOWS_TAG],
)
async def everybody(request: Request, identity: Administrator, part: Part) -> Response:
    """List accounts."""
    found = await run_in_threadpool(list_accounts, gate_of(request).store, part.cursor or "", part.limit)
    await note_list(request, identity, SUBJECT, len(found))
    items = [AccountAnswer.of(one) for one in found]
    answer = AccountsAnswer(items=items, next=items[-1].id if len(items) == part.limit else None)
    return answer_unless_known(request, answer.model_dump_json().encode())


@router.post(
    "",
    summary="新建账号，得到一次性链接",
    status_code=201,
    responses=responses({201: "账号与链接"}, *WITH_BODY, 409, model=InvitedAnswer),
    dependencies=[ONLY_JSON],
)
async def add(request: Request, identity: Administrator, body: NewAccountRequest) -> Response:
    """Make an account; the link goes to its owner."""
    made = await run_in_threadpool(add_account, _administration(request, identity), body.sign_in_name, body.person)
    return _invited(request, made, 201)


@router.get(
    "/{account_id}",
    summary="一个账号",
    responses=responses({200: "账号"}, 304, 404, 422, model=AccountAnswer),
    dependencies=[KNOWS_TAG],
)
async def one(request: Request, identity: Administrator, account_id: RecordId) -> Response:
    """Show an account."""
    account = await run_in_threadpool(one_account, gate_of(request).store, account_id)
    await note_read(request, identity, SUBJECT, account_id)
    content = AccountAnswer.of(account).model_dump_json().encode()
    return answer_unless_known(request, content, tag_of_version(account.version))


@router.put("/{account_id}", summary="修改账号", responses=CHANGED, dependencies=[ONLY_JSON])
async def put(
    request: Request, identity: Administrator, account_id: RecordId, body: AccountRequest, expected: ExpectedVersion
) -> Response:
    """Change who somebody is; with other roles they are signed out."""
    administration = _administration(request, identity)
    return _changed(request, await run_in_threadpool(change_account, administration, account_id, body.person, expected))


@router.post("/{account_id}/disable", summary="停用账号", responses=CHANGED)
async def disable(
    request: Request, identity: Administrator, account_id: RecordId, expected: ExpectedVersion
) -> Response:
    """Let somebody in no more."""
    administration = _administration(request, identity)
    return _changed(request, await run_in_threadpool(disable_account, administration, account_id, expected))


@router.post("/{account_id}/enable", summary="启用账号，并解除锁定", responses=CHANGED)
async def enable(
    request: Request, identity: Administrator, account_id: RecordId, expected: ExpectedVersion
) -> Response:
    """Let somebody in again."""
    administration = _administration(request, identity)
    return _changed(request, await run_in_threadpool(enable_account, administration, account_id, expected))


@router.post(
    "/{account_id}/reset",
    summary="重置密码，得到一次性链接",
    responses=responses({200: "账号与链接"}, *INVITED, model=InvitedAnswer),
    dependencies=[ONLY_JSON],
)
async def reset(
    request: Request, identity: Administrator, account_id: RecordId, body: ResetRequest, expected: ExpectedVersion
) -> Response:
    """Take the password away; the link goes to the owner of the account."""

    def work() -> Invited:
        administration = _administration(request, identity)
        return reset_account(administration, account_id, second_factor=body.second_factor, expected=expected)

    made = await run_in_threadpool(work)
    gate_of(request).forget()
    return _invited(request, made, 200)


def invite_link(request: Request, token: str) -> str:
    """Write the link; the token stands behind #, so that neither servers nor proxies ever see it in an address."""
    return f"{own_address(request)}{INVITE_PAGE}#{token}"


def _administration(request: Request, identity: Identity) -> Administration:
    gate = gate_of(request)
    return Administration(gate.store, identity.actor, gate.policy.invite)


def _changed(request: Request, account: Account) -> Response:
    gate_of(request).forget()
    return JSONResponse(AccountAnswer.of(account).model_dump(), headers={"ETag": tag_of_version(account.version)})


def _invited(request: Request, made: Invited, status: int) -> Response:
    answer = {"account": AccountAnswer.of(made.account).model_dump(), "link": invite_link(request, made.token)}
    headers = {"ETag": tag_of_version(made.account.version), "Cache-Control": "no-store"}
    return Response(orjson.dumps(answer), status, headers, media_type="application/json")
