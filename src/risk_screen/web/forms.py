"""The form as a browser sends it: read with a limit, never logged, line ends as they were typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

from risk_screen.errors import RiskScreenError
from risk_screen.screening.submission import CHANNELS, FIELDS_OF_CHANNEL, MAX_CHARACTERS
from risk_screen.web.examples import EXAMPLES

# Two fields of the longest text, every character of it written as %XX%XX%XX%XX; more cannot be an honest submission.
MOST_FORM_BYTES: Final = 2 * MAX_CHARACTERS * 12
MOST_FORM_FIELDS: Final = 10
FORM_TYPE: Final = "application/x-www-form-urlencoded"


class FormTooLargeError(RiskScreenError):
    """A form larger than any text that could be screened."""

    code = "form_too_large"

    def __init__(self) -> None:
        super().__init__(
            f"提交的内容太长，没有读取：每次最多 {MAX_CHARACTERS:,} 个字，请分段提交，或只提交涉及资金与回报的部分。"
        )


class FormUnreadableError(RiskScreenError):
    """A body that is not a form."""

    code = "form_unreadable"

    def __init__(self) -> None:
        super().__init__("提交的内容读不出来：请在本页的表单里填写后再提交；程序对接请用 /v1/screenings（见 /docs）。")


class ForeignFormError(RiskScreenError):
    """A form that another site made the browser send."""

    code = "form_foreign"

    def __init__(self) -> None:
        super().__init__("这次提交是别的网站发来的，没有受理：请直接打开本页填写。")


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form: the channel chosen, and the text of every field by name."""

    channel: str = "marketing"
    fields: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def asked_for(cls, channel: str | None, example: str | None) -> "Form":
        """Return the empty form of a channel, or the one an example fills."""
        for one in EXAMPLES:
            if one.key == example:
                return cls(one.channel, one.fields)
        return cls(channel) if channel in CHANNELS else cls()

    @property
    def shown_channel(self) -> str:
        """The channel whose form is open."""
        return self.channel if self.channel in CHANNELS else "marketing"

    @property
    def has_text(self) -> bool:
        """Whether anything was typed."""
        return any(text.strip() for text in self.fields.values())


async def read_form(request: Request) -> Form:
    """Read a posted form.

    Raises
    ------
    FormTooLargeError, FormUnreadableError, ForeignFormError
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignFormError
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise FormUnreadableError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise FormTooLargeError
    return form_of(bytes(body))


def form_of(body: bytes) -> Form:
    """Parse a form body (UTF-8); browsers send line ends as CR LF, the text as typed has LF.

    Raises
    ------
    FormUnreadableError
    """
    try:
        sent = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS)
    except ValueError as error:
        raise FormUnreadableError from error
    channel = sent.get("channel", [""])[0]
    known = FIELDS_OF_CHANNEL.get(channel, ())
    return Form(channel, {name: sent[name][0].replace("\r\n", "\n") for name in known if name in sent})
