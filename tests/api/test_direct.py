"""What goes straight to its endpoint is answered as it would be the usual way, and so is what does not."""

import re

import pytest
from fastapi import FastAPI, Request, Response
from httpx2 import Response as Answer
from pydantic import BaseModel
from starlette.testclient import TestClient

from risk_screen.api.direct import Direct
from risk_screen.api.idempotency import HEADER, LONGEST_KEY

ADDRESS = "/v1/screenings"
JSON = {"Content-Type": "application/json"}
PLAIN = '{"channel": "registration", "name": "淄博某某商贸有限公司", "external_id": "X-1"}'
ONE_OF_ITS_OWN = re.compile(r'"(id|created_at|request_id)":"[^"]*"')
REQUESTS: dict[str, tuple[str | bytes, dict[str, str]]] = {
    "in order": (PLAIN, JSON),
    "with a character set": (PLAIN, {"Content-Type": "Application/JSON; charset=utf-8"}),
    "of another type": (PLAIN, {"Content-Type": "text/plain"}),
    "of a type that only ends so": (PLAIN, {"Content-Type": "application/problem+json"}),
    "of no type": (PLAIN, {}),
    "a flyer": ('{"channel": "marketing", "text": "保本高息"}', JSON),
    "a field twice": ('{"channel": "marketing", "text": "一", "text": "二"}', JSON),
    "half a character": (r'{"channel": "marketing", "text": "保本\ud800"}', JSON),
    "of another channel": ('{"channel": "x", "name": "某某"}', JSON),
    "with a field too many": ('{"channel": "registration", "name": "某某", "x": 1}', JSON),
    "with a number for a text": ('{"channel": "registration", "name": 1}', JSON),
    "of blanks": ('{"channel": "registration", "name": " "}', JSON),
    "with a wrong code": ('{"channel": "registration", "name": "某某", "credit_code": "1"}', JSON),
    "with an endless number": ('{"channel": "registration", "name": NaN}', JSON),
    "a list": ("[]", JSON),
    "nothing": ("", JSON),
    "broken": ('{"channel": ', JSON),
    "not UTF-8": (b'{"channel": "\xff"}', JSON),
    "too deep": ("[" * 100_000, JSON),
    "with a key": (PLAIN, {**JSON, HEADER: "a-1"}),
    "with an empty key": (PLAIN, {**JSON, HEADER: ""}),
    "with a blank in the key": (PLAIN, {**JSON, HEADER: "a b"}),
    "with too long a key": (PLAIN, {**JSON, HEADER: "a" * (LONGEST_KEY + 1)}),
    "from nobody": (PLAIN, {**JSON, "Authorization": "Bearer rs_0"}),
}
IN_ORDER = {"in order", "with a character set", "a flyer", "a field twice", "half a character", "with a key"}


@pytest.mark.parametrize("name", REQUESTS)
def test_both_ways_give_one_answer(app: FastAPI, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    straight, directly = [], Direct.answer

    async def noted(self: Direct[BaseModel], request: Request) -> Response | None:
        answer = await directly(self, request)
        straight.append(answer is not None)
        return answer

    async def never(*_: object) -> None:
        return None

    answers = []
    for way in (noted, never):
        monkeypatch.setattr(Direct, "answer", way)
        answer = _sent(app, name)
        answers.append((answer.status_code, ONE_OF_ITS_OWN.sub("", answer.text)))
    assert answers[0] == answers[1]
    assert (answers[0][0] == 200) == (name in IN_ORDER)
    assert all(straight) == (name in IN_ORDER or not straight)


def _sent(app: FastAPI, name: str) -> Answer:
    content, headers = REQUESTS[name]
    client = TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000))
    return client.post(ADDRESS, content=content, headers=headers)
