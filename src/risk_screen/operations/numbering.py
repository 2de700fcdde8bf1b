"""Ids of assessments: UUID version 7 (RFC 9562), which sort by time."""

import os
from datetime import datetime
from typing import Final
from uuid import UUID

_TIME_BITS: Final = 2**48 - 1
_VERSION: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def new_id(at: datetime, *, after: str | None = None) -> str:
    """Make an id: 48 bits of milliseconds, then 74 random bits.

    Parameters
    ----------
    at : datetime
        Aware.
    after : str, optional
        An id this one must sort after, even when the clock stood still or went back.
    """
    random = int.from_bytes(os.urandom(10), "big")
    high, low = random >> 68, random & (2**62 - 1)
    value = (int(at.timestamp() * 1000) & _TIME_BITS) << 80 | _VERSION | high << 64 | _VARIANT | low
    if after is not None and value <= (earlier := UUID(after).int):
        value = earlier + 1
    return str(UUID(int=value))
