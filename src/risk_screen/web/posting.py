"""A small form as a browser sends it: plain fields, read with a limit, never logged."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from risk_screen.web.forms import FORM_TYPE, FormTooLargeError, FormUnreadableError

MOST_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 50


class Posted:
    """The fields of a form by name; a missing one is empty."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        """Return a field, line ends as they were typed, without blanks around it."""
        return self.exactly(name).strip()

    def exactly(self, name: str) -> str:
        """Return a field as it was typed: a password may begin with a blank."""
        return self._fields.get(name, [""])[0].replace("\r\n", "\n")

    def every(self, name: str) -> list[str]:
        """Return what was ticked under a name."""
        return self._fields.get(name, [])


async def posted(request: Request) -> Posted:
    """Read a posted form.

    Raises
    ------
    FormTooLargeError, FormUnreadableError
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise FormUnreadableError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise FormTooLargeError
    try:
        return Posted(parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise FormUnreadableError from error
