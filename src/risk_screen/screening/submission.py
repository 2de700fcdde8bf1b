"""What came in: one registration or one marketing text, checked before anything reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from risk_screen.errors import RiskScreenError

_SURROGATE = re.compile("[\ud800-\udfff]")
MAX_CHARACTERS: Final = 100_000
CHANNELS: Final = ("registration", "marketing")
FIELD_TITLES: Final = {"text": "宣传文本", "name": "企业名称", "business_scope": "经营范围"}
FIELDS_OF_CHANNEL: Final = {"registration": ("name", "business_scope"), "marketing": ("text",)}


class SubmissionError(RiskScreenError):
    """A submission that cannot be screened."""


class UnknownChannelError(SubmissionError):
    """The channel is not one of CHANNELS."""

    code = "unknown_channel"

    def __init__(self) -> None:
        super().__init__("渠道（channel）只能是 registration（企业登记）或 marketing（宣传文本），请改正后重试。")


class BlankSubmissionError(SubmissionError):
    """Nothing to read in any field of the channel."""

    code = "text_blank"

    def __init__(self, channel: str) -> None:
        needed = "企业名称（name）或经营范围（business_scope）" if channel == "registration" else "宣传文本（text）"
        super().__init__(f"没有可筛查的内容：请填写{needed}，不能为空或只有空白。")


class WrongFieldError(SubmissionError):
    """A field that does not belong to the channel, or is not a text."""

    code = "wrong_field"

    def __init__(self, field: str, channel: str) -> None:
        allowed = "、".join(f"{FIELD_TITLES[f]}（{f}）" for f in FIELDS_OF_CHANNEL[channel])
        super().__init__(f"字段 {field} 不能用于 {channel}，或它的值不是文本；该渠道接受：{allowed}。")


class TooLongError(SubmissionError):
    """A field is longer than MAX_CHARACTERS."""

    code = "text_too_long"

    def __init__(self, field: str, length: int) -> None:
        super().__init__(
            f"{FIELD_TITLES[field]}共 {length:,} 个字符，超过上限 {MAX_CHARACTERS:,}；"
            "请分段提交，或只提交涉及资金与回报的部分。"
        )


def without_surrogates(text: str) -> str:
    """Replace lone surrogates (half a character, which no encoding can carry) by U+FFFD; length and places stay."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


@dataclass(frozen=True, slots=True)
class Submission:
    """One text to screen.

    Parameters
    ----------
    channel : str
        ``registration`` or ``marketing``.
    fields : tuple of (str, str)
        Field name and text as sent, in reading order; blank fields are left out.
    facts : mapping
        Structured facts that rules may ask for (key ``fact``); a missing one makes a rule *not evaluated*.
    """

    channel: str
    fields: tuple[tuple[str, str], ...]
    facts: Mapping[str, object]

    NO_FACTS: ClassVar[Mapping[str, object]] = {}

    @classmethod
    def of(
        cls, channel: object, fields: Mapping[str, object], facts: Mapping[str, object] | None = None
    ) -> "Submission":
        """Check what came in and keep the fields that have content.

        Raises
        ------
        SubmissionError
            With a stable ``code`` and a Chinese ``detail``.
        """
        if not isinstance(channel, str) or channel not in CHANNELS:
            raise UnknownChannelError
        kept = []
        for field in FIELDS_OF_CHANNEL[channel]:
            text = fields.get(field)
            if text is None:
                continue
            if not isinstance(text, str):
                raise WrongFieldError(field, channel)
            if len(text) > MAX_CHARACTERS:
                raise TooLongError(field, len(text))
            if text.strip():
                kept.append((field, without_surrogates(text)))
        for field, value in fields.items():
            if value is not None and field not in FIELDS_OF_CHANNEL[channel]:
                raise WrongFieldError(field if field in FIELD_TITLES else "（未知字段）", channel)
        if not kept:
            raise BlankSubmissionError(channel)
        return cls(channel, tuple(kept), facts if facts is not None else cls.NO_FACTS)
