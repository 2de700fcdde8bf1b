"""What a record said before and after, as a hash: the audit trail can prove it and does not repeat it."""

import hashlib
from typing import Any

import orjson


def fingerprint_of(record: Any) -> str:
    """SHA-256 of a dataclass of plain values as JSON with sorted keys."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()
