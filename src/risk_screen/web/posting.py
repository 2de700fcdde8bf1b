"""A small form as a browser sends it: plain fields, read with a limit, never logged."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from risk_screen.errors import RiskScreenError
from risk_screen.operations.expecting import Expected
from risk_screen.web.forms import FORM_TYPE, FormTooLargeError, FormUnreadableError

MOST_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 50
MOST_DIGITS: Final = 9


class FormIncompleteError(RiskScreenError):
    """A field that must be filled in is empty."""

    code = "form_incomplete"

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(f"还没有填写：{'、'.join(titles)}。")


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

    def number(self, name: str) -> int:
        """Return a whole number; 0 for what is none."""
        text = self[name]
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0

    @property
    def expected(self) -> Expected:
        """The version of the record that the form was shown with: nothing is changed when it is another by now."""
        return Expected(frozenset({self.number("version")} if self["version"].isdecimal() else ()))

    def need(self, **titles: str) -> None:
        """Go on when these fields are filled in; they are named by their titles on the page.

        Raises
        ------
        FormIncompleteError
        """
        missing = [title for name, title in titles.items() if not self[name]]
        if missing:
            raise FormIncompleteError(missing)


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
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise FormUnreadableError from error
    if any("\x00" in text for texts in fields.values() for text in texts):  # PostgreSQL keeps no NUL
        raise FormUnreadableError
    return Posted(fields)
