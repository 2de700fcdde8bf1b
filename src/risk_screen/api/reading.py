"""Who read what goes into the audit trail before it is given out: every route and page that shows people's words.

Which do and which do not is one table, in tests/api/test_reads_are_noted.py; a new one has to be entered there.
"""

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from risk_screen.access.identity import Identity
from risk_screen.api.caller import gate_of

FILTERS: Final = frozenset(
    {
        "words",
        "channel",
        "level",
        "route",
        "state",
        "since",
        "until",
        "order",
        "before",
        "after",
        "cursor",
        "limit",
    }
)
"""What lists are narrowed by. Only these names are written down: never a value, nor a name the asker made up."""


async def note_read(request: Request, identity: Identity, subject_type: str, subject_id: str) -> None:
    """Write down that somebody reads a record.

    Raises
    ------
    StoreUnavailableError
        What cannot be written down is not given out.
    """
    await run_in_threadpool(gate_of(request).reads.note, identity.actor, subject_type, subject_id)


async def note_list(request: Request, identity: Identity, subject_type: str, count: int) -> None:
    """Write down that somebody reads a part of a list: how many records, and what the list was narrowed by.

    Raises
    ------
    StoreUnavailableError
    """
    narrowed_by = {name for name in FILTERS if request.query_params.get(name)}
    await run_in_threadpool(gate_of(request).reads.note_list, identity.actor, subject_type, count, narrowed_by)
