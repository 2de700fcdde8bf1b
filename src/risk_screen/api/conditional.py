"""ETag, If-None-Match and If-Match (RFC 9110 §13): do not send again what is known, do not change what was not seen.

A route that reads answers with ``answer_unless_known(request, content, tag_of_version(row.version))``; one that writes
takes ``expected: ExpectedVersion`` and hands it to the operation, which asks ``expected.check(row.version)`` inside its
transaction.
"""

import hashlib
import re
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response

from risk_screen.operations.expecting import WHATEVER, Expected

IF_MATCH: Final = "If-Match"
IF_NONE_MATCH: Final = "If-None-Match"
# Answers differ by who asks, and are asked for again before they are used again.
CACHING: Final = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
JSON_TYPE: Final = "application/json"
_TAG: Final = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION: Final = re.compile(r"v([0-9]{1,18})")

IfMatchHeader = Annotated[
    str | None,
    Header(alias=IF_MATCH, description="读取时得到的 ETag：记录在那之后变过，就不改动，返回 412。可以不给"),
]
IfNoneMatchHeader = Annotated[
    str | None,
    Header(alias=IF_NONE_MATCH, description="上次得到的 ETag：没有变化就返回 304，不带内容。可以不给"),
]


def tag_of_version(version: int) -> str:
    """Return the ETag of a record that counts its versions."""
    return f'"v{version}"'


def tag_of_content(content: bytes) -> str:
    """Return the ETag of what has no version of its own, e.g. a list."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def answer_unless_known(
    request: Request, content: bytes, tag: str | None = None, media_type: str = JSON_TYPE
) -> Response:
    """Answer 200 with the content, or 304 when the sender has it already.

    Parameters
    ----------
    request : Request
    content : bytes
    tag : str, optional
        Of the record's version; made from the content when None.
    media_type : str
    """
    tag = tag or tag_of_content(content)
    headers = {"ETag": tag, **CACHING}
    wanted = _joined(request, IF_NONE_MATCH)
    if wanted is not None and (wanted == "*" or tag.strip('"') in {opaque for _, opaque in _TAG.findall(wanted)}):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def expected_version(request: Request, _: IfMatchHeader = None) -> Expected:
    """Read If-Match; without it whatever version there is may be changed. Weak and foreign tags match no version."""
    wanted = _joined(request, IF_MATCH)
    if wanted is None or wanted == "*":
        return WHATEVER
    opaque = (opaque for weak, opaque in _TAG.findall(wanted) if not weak)
    return Expected(frozenset(int(found[1]) for one in opaque if (found := _VERSION.fullmatch(one))))


ExpectedVersion = Annotated[Expected, Depends(expected_version)]


def _joined(request: Request, name: str) -> str | None:
    lines = request.headers.getlist(name)
    return ",".join(lines).strip() if lines else None
