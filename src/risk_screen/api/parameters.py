"""What routes take, the same everywhere: ids, words of people, parts of lists, and who asks for a change."""

from dataclasses import dataclass
from typing import Annotated, Final

import orjson
from fastapi import Depends, Path, Query, Request, Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from starlette.exceptions import HTTPException

from risk_screen.access.roles import Permission
from risk_screen.api.conditional import JSON_TYPE, ExpectedVersion, IfNoneMatchHeader, tag_of_version
from risk_screen.api.idempotency import REPLAYED, KeyHeader, key_of
from risk_screen.api.identity import Needs
from risk_screen.operations.asking import Asking
from risk_screen.operations.idempotency import Answer

MOST_ITEMS: Final = 200
MOST_WORDS: Final = 4_000


def _storable(text: str | None) -> str | None:
    """PostgreSQL keeps no NUL in a text."""
    if text is not None and "\x00" in text:
        raise PydanticCustomError("text_with_nul", "NUL")
    return text


Storable: Final = AfterValidator(_storable)
RecordId = Annotated[str, Path(min_length=1, max_length=64, description="编号"), Storable]
Words = Annotated[str, Field(max_length=MOST_WORDS), Storable]
NeededWords = Annotated[str, Field(min_length=1, max_length=MOST_WORDS, pattern=r"\S"), Storable]
ShortWords = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), Storable]


@dataclass(frozen=True, slots=True)
class ListPart:
    """Which part of a list is wanted."""

    cursor: Annotated[
        str | None, Query(max_length=100, description="上一页应答中的 next；不给则从头开始"), Storable
    ] = None
    limit: Annotated[int, Query(ge=1, le=MOST_ITEMS, description="至多几条")] = 100


Part = Annotated[ListPart, Depends()]


class Creates:
    """The dependency of a route that makes something: who asks, and under which key of theirs."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    async def __call__(self, request: Request, idempotency_key: KeyHeader = None) -> Asking:
        """Find out who asks; refuse who may not."""
        identity = await Needs(*self.permissions)(request)
        return Asking(identity, await key_of(request, idempotency_key, identity.actor))


class Changes:
    """The dependency of a route that changes something: besides, which version of it they saw."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    async def __call__(self, request: Request, expected: ExpectedVersion, idempotency_key: KeyHeader = None) -> Asking:
        """Find out who asks; refuse who may not."""
        identity = await Needs(*self.permissions)(request)
        return Asking(identity, await key_of(request, idempotency_key, identity.actor), expected)


async def _known_tag(_: IfNoneMatchHeader = None) -> None:
    """Only to have the header in the documentation; ``answer_unless_known`` reads it."""


KNOWS_TAG: Final = Depends(_known_tag)


async def _only_json(request: Request) -> None:
    """Refuse bodies of another type (415)."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON_TYPE:
        raise HTTPException(415)


ONLY_JSON: Final = Depends(_only_json)


def answer_with_tag(answer: Answer) -> Response:
    """Answer a change with the record as it is now, and its ETag."""
    headers = {"ETag": tag_of_version(orjson.loads(answer.content)["version"])}
    return Response(
        answer.content, answer.status, headers | (REPLAYED if answer.is_replayed else {}), media_type=JSON_TYPE
    )
