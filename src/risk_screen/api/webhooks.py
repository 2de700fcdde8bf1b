"""Where events are pushed: /v1/webhooks and the secrets they are signed with, kept by an administrator."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from risk_screen.access.identity import Identity
from risk_screen.access.roles import Permission
from risk_screen.api.conditional import ExpectedVersion, IfNoneMatchHeader, answer_unless_known, tag_of_version
from risk_screen.api.identity import Needs
from risk_screen.api.responses import WITH_BODY, responses
from risk_screen.operations.webhooks import (
    Subscription,
    add_endpoint,
    change_endpoint,
    endpoint_of,
    endpoints,
    new_secret,
    remove_endpoint,
    retire_secret,
)
from risk_screen.storage.event_kinds import SUBSCRIBABLE
from risk_screen.storage.webhooks import Endpoint, LiveSecret

router = APIRouter(prefix="/v1/webhooks", tags=["推送"])
Administration = Annotated[Identity, Depends(Needs(Permission.MANAGE_WEBHOOKS))]
EndpointId = Annotated[str, Path(max_length=64, pattern=r"^[!-~]+$", description="推送端点的编号")]
SecretId = Annotated[str, Path(max_length=64, pattern=r"^[!-~]+$")]
# The secret is shown this once: no cache may keep it.
SHOWN_ONCE: Final = {"Cache-Control": "no-store"}


class WebhookRequest(BaseModel):
    """Where to push what."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field(min_length=1, max_length=2_000, description="地址须在允许名单里，如 https://hooks.example.cn/risk")
    party: str = Field(
        min_length=1, max_length=64, description="推送哪个单位的事件，名称与密钥里的相同；* 表示全部单位"
    )
    kinds: list[Annotated[str, Field(json_schema_extra={"enum": list(SUBSCRIBABLE)})]] = Field(
        min_length=1, max_length=30, description="事件种类：一种、consultation.* 这样的一类，或 * 表示全部"
    )
    description: str = Field(default="", max_length=200, pattern=r"^[^\x00]*$")
    state: Literal["enabled", "paused"] = Field(default="enabled", description="paused 暂停；恢复后补推停下期间的")

    @property
    def subscription(self) -> Subscription:
        """What is asked for."""
        return Subscription(self.url, self.party, tuple(self.kinds), self.description, self.state)


class SecretAnswer(BaseModel):
    """A live secret, without itself."""

    id: str
    made_by: str
    created_at: str


class NewSecretAnswer(SecretAnswer):
    """A secret, this once."""

    secret: str = Field(description="只显示这一次；whsec_ 开头")


class WebhookAnswer(BaseModel):
    """An endpoint as it is kept."""

    id: str
    url: str
    party: str
    kinds: list[str]
    description: str
    state: Literal["enabled", "paused", "disabled"] = Field(description="disabled：接收方答了 410")
    version: int
    made_by: str
    created_at: str
    changed_at: str


class WebhookWithSecrets(WebhookAnswer):
    """An endpoint and which secrets are live."""

    secrets: list[SecretAnswer]


class NewWebhookAnswer(WebhookAnswer):
    """An endpoint and its first secret, this once."""

    secret: NewSecretAnswer


class WebhookList(BaseModel):
    """Some endpoints, and where to go on."""

    items: list[WebhookAnswer]
    next: str | None


ADDED: Final = responses({201: "已建立；密钥只显示这一次"}, *WITH_BODY, 409, model=NewWebhookAnswer)
READ: Final = responses({200: "推送端点"}, 304, 404, 422, model=WebhookWithSecrets)
CHANGED: Final = responses({200: "已修改"}, *WITH_BODY, 404, 412, model=WebhookAnswer)
REMOVED: Final = responses({204: "已删除，密钥已销毁"}, 404, 412, 422)
LISTED: Final = responses({200: "推送端点"}, 304, 422, model=WebhookList)
SECRET_MADE: Final = responses({201: "新密钥，只显示这一次"}, 404, 409, 422, model=NewSecretAnswer)
SECRET_RETIRED: Final = responses({204: "密钥已销毁"}, 404, 409, 422)


@router.get("", summary="推送端点", responses=LISTED)
async def listed(
    request: Request,
    identity: Administration,
    _: IfNoneMatchHeader = None,
    after: Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$", description="上次应答中的 next")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response:
    """List where events are pushed."""
    found = await run_in_threadpool(endpoints, request.app.state.store, after, limit)
    following = found[-1].id if len(found) == limit else None
    return answer_unless_known(request, orjson.dumps({"items": found, "next": following}))


@router.post("", summary="建立推送端点", responses=ADDED, status_code=201)
async def add(request: Request, identity: Administration, body: WebhookRequest) -> Response:
    """Push what happens from now on."""
    endpoint, secret = await run_in_threadpool(add_endpoint, request.app.state.store, identity.actor, body.subscription)
    made = {**_told(endpoint), "secret": {**_told(secret.kept), "secret": secret.secret}}
    headers = {"ETag": tag_of_version(endpoint.version), **SHOWN_ONCE}
    return Response(orjson.dumps(made), 201, headers, media_type="application/json")


@router.get("/{endpoint_id}", summary="一个推送端点", responses=READ)
async def one(
    request: Request, identity: Administration, endpoint_id: EndpointId, _: IfNoneMatchHeader = None
) -> Response:
    """Tell where something is pushed, and which secrets are live."""
    endpoint, live = await run_in_threadpool(endpoint_of, request.app.state.store, endpoint_id)
    return answer_unless_known(request, _with_secrets(endpoint, live), tag_of_version(endpoint.version))


@router.put("/{endpoint_id}", summary="修改、暂停或恢复一个推送端点", responses=CHANGED)
async def change(
    request: Request, identity: Administration, endpoint_id: EndpointId, body: WebhookRequest, expected: ExpectedVersion
) -> Response:
    """Put what is sent in the place of what was; secrets and what is still to be sent stay."""
    changed = await run_in_threadpool(
        change_endpoint, request.app.state.store, identity.actor, endpoint_id, body.subscription, expected
    )
    headers = {"ETag": tag_of_version(changed.version)}
    return Response(orjson.dumps(changed), 200, headers, media_type="application/json")


@router.delete("/{endpoint_id}", summary="删除一个推送端点", responses=REMOVED, status_code=204)
async def remove(
    request: Request, identity: Administration, endpoint_id: EndpointId, expected: ExpectedVersion
) -> Response:
    """Push there no more."""
    await run_in_threadpool(remove_endpoint, request.app.state.store, identity.actor, endpoint_id, expected)
    return Response(status_code=204)


@router.post("/{endpoint_id}/secrets", summary="加一个签名密钥", responses=SECRET_MADE, status_code=201)
async def make_secret(request: Request, identity: Administration, endpoint_id: EndpointId) -> Response:
    """Add a secret: until the old one is removed, all of them sign."""
    made = await run_in_threadpool(new_secret, request.app.state.store, identity.actor, endpoint_id)
    content = orjson.dumps({**_told(made.kept), "secret": made.secret})
    return Response(content, 201, SHOWN_ONCE, media_type="application/json")


@router.delete(
    "/{endpoint_id}/secrets/{secret_id}", summary="销毁一个签名密钥", responses=SECRET_RETIRED, status_code=204
)
async def destroy_secret(
    request: Request, identity: Administration, endpoint_id: EndpointId, secret_id: SecretId
) -> Response:
    """Sign with it no more; the last one stays."""
    await run_in_threadpool(retire_secret, request.app.state.store, identity.actor, endpoint_id, secret_id)
    return Response(status_code=204)


def _with_secrets(endpoint: Endpoint, live: Sequence[LiveSecret]) -> bytes:
    return orjson.dumps({**_told(endpoint), "secrets": list(live)})


def _told(kept: Endpoint | LiveSecret) -> dict[str, Any]:
    return asdict(kept)
