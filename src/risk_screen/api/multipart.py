"""A form with a file in it (RFC 7578), as browsers and curl -F send it; the parts are handed on as they are."""

import re
from typing import Final

from starlette.requests import Request

from risk_screen.errors import RiskScreenError

MOST_PARTS: Final = 10
_BOUNDARY: Final = re.compile(r'multipart/form-data;.*?boundary="?([!#-~]{1,70}?)"?\s*(?:;|$)', re.IGNORECASE)
_NAME: Final = re.compile(
    rb'^content-disposition:\s*form-data;.*?\bname="([a-z_]{1,40})"', re.IGNORECASE | re.MULTILINE
)
_DELIMITER: Final = b"\r\n--"


class UploadUnreadableError(RiskScreenError):
    """A body that is no form with a file."""

    code = "upload_unreadable"

    def __init__(self) -> None:
        super().__init__("上传的内容读不出来：请用 multipart/form-data，带 reason（理由）和 content（zip 文件）两项。")


async def uploaded(request: Request) -> dict[str, bytes]:
    """Read the parts of a form by name; the first of a name counts.

    Raises
    ------
    UploadUnreadableError
    """
    found = _BOUNDARY.match(request.headers.get("content-type", ""))
    if found is None:
        raise UploadUnreadableError
    return parts_of(await request.body(), found[1].encode())


def parts_of(body: bytes, boundary: bytes) -> dict[str, bytes]:
    """Take a body apart at its boundary.

    Raises
    ------
    UploadUnreadableError
    """
    pieces = (b"\r\n" + body).split(_DELIMITER + boundary, MOST_PARTS + 1)
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise UploadUnreadableError
    parts: dict[str, bytes] = {}
    for piece in pieces[1:-1]:
        head, middle, content = piece.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not middle or name is None:
            raise UploadUnreadableError
        parts.setdefault(name[1].decode(), content)
    return parts


def text_of(parts: dict[str, bytes], name: str, most: int) -> str:
    """Return a part as text, without blanks around it; empty when there is none.

    Raises
    ------
    UploadUnreadableError
        It is no text, or longer than it may be.
    """
    try:
        text = parts.get(name, b"").decode().replace("\r\n", "\n").strip()
    except UnicodeDecodeError as error:
        raise UploadUnreadableError from error
    if len(text) > most or "\x00" in text:
        raise UploadUnreadableError
    return text
