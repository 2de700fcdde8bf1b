"""The limit on bodies counts what arrives and stops asking for more."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI

from risk_screen.api.limits import BATCH_PATH, MOST_BATCH_BYTES, MOST_BODY_BYTES

CHUNK = b" " * 2**20


def post_endlessly(app: FastAPI, path: str) -> tuple[int, int]:
    """Post a body that never ends; returns the status and how many bytes the application took."""
    taken, status = 0, 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += len(CHUNK)
        return {"type": "http.request", "body": CHUNK, "more_body": True}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 50000),
    }
    with ThreadPoolExecutor(1) as thread:  # a loop of its own: a browser test may have left one running here
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    return status, taken


@pytest.mark.parametrize(("path", "most"), [("/v1/screenings", MOST_BODY_BYTES), (BATCH_PATH, MOST_BATCH_BYTES)])
def test_no_more_is_taken_than_the_limit(app: FastAPI, path: str, most: int) -> None:
    status, taken = post_endlessly(app, path)
    assert status == 413
    assert most < taken <= most + len(CHUNK)
