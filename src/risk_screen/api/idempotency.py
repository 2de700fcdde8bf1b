"""The header Idempotency-Key: a request that may have been done already can be sent again without doing it twice."""

from typing import Annotated, Final

from fastapi import Header, Request, Response

from risk_screen.access.actor import Actor
from risk_screen.operations.idempotency import Answer, request_key
from risk_screen.storage.idempotency import RequestKey

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = {"Idempotent-Replayed": "true"}
LONGEST_KEY: Final = 200
KEY_CHARACTERS: Final = "^[!-~]+$"
KeyHeader = Annotated[
    str | None,
    Header(
        alias=HEADER,
        min_length=1,
        max_length=LONGEST_KEY,
        pattern=KEY_CHARACTERS,
        description="发送方为这个请求取的唯一编号（可打印 ASCII 字符，建议用 UUID）。48 小时内同号、同内容再送，"
        "返回原来的应答（带 Idempotent-Replayed: true），不会重复处理；同号、内容不同则 409。可以不给",
    ),
]


async def key_of(request: Request, key: str | None, actor: Actor) -> RequestKey | None:
    """Make the key of a request: every actor has keys of its own."""
    if key is None:
        return None
    return request_key(f"{actor.kind}:{actor.id}", key, request.url.path, await request.body())


def respond(answer: Answer) -> Response:
    """Answer with JSON; one given before says so."""
    headers = REPLAYED if answer.is_replayed else None
    return Response(answer.content, answer.status, headers, media_type="application/json")
