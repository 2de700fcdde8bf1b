"""Tell a promise that somebody else is quoted with from one the text makes: “一年给你八百”, says the warning."""

import re
from bisect import bisect_right

_QUOTES = re.compile(r"“[^“”]*”|\"[^\"]*\"|「[^「」]*」|『[^『』]*』")
_OPENING = re.compile(r"[“\"「『]")
_BEFORE, _BEHIND = 48, 24
"""Characters before and behind a quotation in which its speaker is named."""

_SPEAKER = re.compile(
    r"称|说|讲|问|答|喊|唱|念|写|印|信|听|骗|警|案|法院|检察|记者|读者|媒体|客户|专家|监管|风险|有人|陌生|业务员|讲师|主持人|群主|传单|横幅"
    r"|海报|话术|名义|为名|以$|吸引|许诺|承诺$|推出|推销|所谓|什么|谎|诱|莫|勿|别|当心|怎么算|算.{0,3}账|笑|谁"
)
_OWN = re.compile(r"[百千日月年天倍番翻0-9.%化息分两双一-]{2,8}")
"""A mere name in quotation marks (“百日翻番”计划) is no quotation."""


class Quotations:
    """Quotations of a text that are somebody else's words."""

    __slots__ = ("_ends", "_starts", "_text")

    def __init__(self, text: str) -> None:
        spans = [found.span() for found in _QUOTES.finditer(text)] if _OPENING.search(text) else []
        self._text = text
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def report(self, start: int, end: int) -> bool:
        """Whether a stretch lies in a quotation whose speaker is named before or behind it."""
        index = bisect_right(self._starts, start) - 1
        if index < 0 or self._ends[index] < end:
            return False
        opens, closes = self._starts[index], self._ends[index]
        if _OWN.fullmatch(self._text, opens + 1, closes - 1):
            return False
        return (
            _SPEAKER.search(self._text, max(0, opens - _BEFORE), opens) is not None
            or _SPEAKER.search(self._text, closes, closes + _BEHIND) is not None
        )
