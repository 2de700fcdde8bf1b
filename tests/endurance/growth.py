"""Does twice the text take twice the work? Blocks repeated to several sizes, in calls counted and in CPU time."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from risk_screen.screening.screener import Screener

BLOCKS: Final = [
    "一", "1", "a", "ﷺ", "。", "，", "\n", "\r", " ", "“", "”", "“”", "（", "（不含", "）", "每月", "年化", "%",
    "万", "肆", "㊀", "亻", "亻呆",
    "半", "-", ".", "、", "保 本 ", "保\u200b本", "保\n", "b", "bao", "bao本", "q1", "加v", "\u0301", "\u200d",
    "\u202e", "\ud800", "\x00",
    "👨\u200d👩", "1.", "1,", "1万", "百分之", "分之", "投10万返", "投10万一年返13万", "月息2分", "存5万送1万",
    "返", "返1", "每天返1%，",
    "谨防骗局：“保本”", "谨防", "不含", "除外", "未经批准，不得从事", "他说：", "问：保本吗？答：",
    "有人宣称保本。", "http://a.b/", "a.b", "a@b", "微信：",
    "13800000000", "保本", "保本，", "保本保息。", "基金", "投资", "代理财务", "财富管理", "吸收存款；",
    "谨防保本\n", "第1年返1%第2年返2%", "：", "1:1",
    "1-", "1~2", "零", "十百", "两半", "个点", "不", "不是", "[", "{'", "《》", "…", "？", "!", "虚拟币",
    "有限公司", "银行股份有限公司",
]  # fmt: skip
SIZES: Final = (12_500, 25_000, 50_000, 100_000)
LINEAR: Final = 2.0
SUSPICIOUS: Final = 2.6
"""Growth of CPU time on doubling, above which a block is looked at; 4 is quadratic."""


@dataclass(frozen=True, slots=True)
class Doubling:
    """Seconds of CPU by size; ``factors`` say how much longer twice the text took."""

    channel: str
    block: str
    seconds: tuple[float, ...]

    @property
    def factors(self) -> tuple[float, ...]:
        """Growth at each doubling."""
        return tuple(b / a for a, b in zip(self.seconds, self.seconds[1:], strict=False))

    @property
    def is_suspicious(self) -> bool:
        """Whether the last two doublings together grew as more than a linear walk would."""
        return self.seconds[-1] / self.seconds[-3] > SUSPICIOUS**2


def filled(block: str, size: int) -> str:
    """The block over and over, ``size`` characters."""
    return (block * (size // len(block) + 1))[:size]


def doubling(screener: Screener, channel: str, block: str, *, rounds: int = 3) -> Doubling:
    """Time a block at every size, median of rounds."""
    screen = screening(screener, channel)
    seconds = []
    for size in SIZES:
        text = filled(block, size) + "本"  # so that blank blocks are no blank text
        seconds.append(statistics.median(_cpu_seconds(screen, text[1:]) for _ in range(rounds)))
    return Doubling(channel, block, tuple(seconds))


def screening(screener: Screener, channel: str) -> Callable[[str], object]:
    """Screen a text as the longest field of the channel, up to its JSON."""
    field = "text" if channel == "marketing" else "business_scope"
    return lambda text: screener.screen(channel, **{field: text}).to_json()


def calls_made(call: Callable[[str], object], text: str) -> int:
    """Python and C functions called: work that can be counted, the same on every machine."""
    count = 0

    def note(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call(text)
    finally:
        sys.setprofile(before)
    return count


def _cpu_seconds(call: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    call(text)
    return time.thread_time() - start
