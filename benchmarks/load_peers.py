"""What the service is measured beside: a FastAPI application with three routes, each answering the same bytes.

``/nothing`` reads the request and answers. ``/insert`` writes the four rows that the service writes for a registration
(assessment, text, event, audit entry) by the driver itself, one transaction for each request, in the thread pool of
FastAPI; ``/insert-together`` commits together what came at the same time. Neither screens, chains, numbers without gaps
or asks who sends it. Address and content come in the environment, since every worker imports this file anew.
"""

import asyncio
import json
import os
import queue
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Annotated, Any
from uuid import uuid4

import psycopg
import uvicorn
from fastapi import Body, FastAPI, Response

from risk_screen.api.schemas import ScreeningRequest

ADDRESS = os.environ["PEER_DATABASE"]
CONTENT = os.environ["PEER_CONTENT"].encode()
IS_SQLITE = ADDRESS.startswith("sqlite")
AT = "2026-11-23T00:00:00.000+00:00"
MOST_TOGETHER = 256
MARK, NUMBER = ("?", "NULL") if IS_SQLITE else ("%s", "nextval('peer_numbers')")
STATEMENTS = [
    statement.replace("?", MARK)
    for statement in (
        "INSERT INTO assessments (id, channel, score, level, route, content, created_at, made_by, party, town)"
        " VALUES (?, 'registration', 1.5, 'low', 'proceed', ?, ?, 'k', 'bureau', '')",
        "INSERT INTO submitted_texts (assessment_id, fields, sha256, created_at) VALUES (?, ?, ?, ?)",
        f"INSERT INTO events VALUES ({NUMBER}, 'screening.stored', 'assessment', ?, 'bureau', ?, ?)",
        f"INSERT INTO audit_trail VALUES ({NUMBER}, ?, 'key', 'k', 'screening.store', 'assessment', ?, '', NULL,"
        " ?, ?, ?, ?)",
    )
]
HASH, SUMMARY = "0" * 64, json.dumps({"channel": "registration", "level": "low", "route": "proceed", "score": 1.5})
DETAILS = json.dumps(dict.fromkeys(("rulebook", "model", "policy", "program"), "2026.11+0123456789ab"))
Rows = Sequence[tuple[Any, ...]]
Sent = Annotated[ScreeningRequest, Body()]
app = FastAPI()
mine = threading.local()
waiting: "queue.SimpleQueue[tuple[Rows, Future[None]]]" = queue.SimpleQueue()


def rows_of(body: ScreeningRequest) -> Rows:
    number, fields = str(uuid4()), json.dumps(body.fields, ensure_ascii=False)
    return (
        (number, CONTENT, AT),
        (number, fields, HASH, AT),
        (number, SUMMARY, AT),
        (AT, number, HASH, DETAILS, HASH, HASH),
    )


def connected() -> Any:
    """The connection of this thread, with the durability the service has."""
    if not hasattr(mine, "connection"):
        if IS_SQLITE:
            mine.connection = sqlite3.connect(ADDRESS.removeprefix("sqlite:///"), timeout=60, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                mine.connection.execute(f"PRAGMA {pragma}")
        else:
            mine.connection = psycopg.connect(ADDRESS.replace("+psycopg", ""), autocommit=True)
    return mine.connection


def write(together: Sequence[Rows]) -> None:
    cursor = connected().cursor()
    cursor.execute("BEGIN IMMEDIATE" if IS_SQLITE else "BEGIN")
    for number, statement in enumerate(STATEMENTS):
        if len(together) == 1:
            cursor.execute(statement, together[0][number])
        else:
            cursor.executemany(statement, [rows[number] for rows in together])
    cursor.execute("COMMIT")


def write_what_waits() -> None:
    while True:
        taken = [waiting.get()]
        while len(taken) < MOST_TOGETHER and not waiting.empty():
            taken.append(waiting.get())
        write([rows for rows, _ in taken])
        for _, done in taken:
            done.set_result(None)


@app.post("/nothing")
async def nothing(body: Sent) -> Response:
    return Response(CONTENT, media_type="application/json")


@app.post("/insert")
def insert(body: Sent) -> Response:
    write([rows_of(body)])
    return Response(CONTENT, media_type="application/json")


@app.post("/insert-together")
async def insert_together(body: Sent) -> Response:
    done: Future[None] = Future()
    waiting.put((rows_of(body), done))
    await asyncio.wrap_future(done)
    return Response(CONTENT, media_type="application/json")


if __name__ == "__main__":
    port, workers = int(os.environ["PEER_PORT"]), int(os.environ["PEER_WORKERS"])
    uvicorn.run("load_peers:app", port=port, workers=workers, log_config=None, access_log=False)
elif threading.current_thread() is threading.main_thread() or os.environ.get("PEER_WORKERS"):
    threading.Thread(target=write_what_waits, daemon=True).start()
