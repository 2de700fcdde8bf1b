"""Texts made to break a reader: our corpus spliced, spelled evasively, and mixed with what no honest sender writes.

A small grammar of its own for numerals, rates and deals nests them oddly; everything is drawn from one seeded `Random`,
so a seed and a number give the same text again.
"""

import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import rewriting  # noqa: E402

LONGEST: Final = 20_000
"""Characters; what is longer is cut. The longest texts the program takes are the matter of `growth.py`."""
ZWJ, FE0F = "\u200d", "\ufe0f"
DIGITS: Final = [
    *"0123456789",
    *"０１２３",
    *"零〇一二三四五六七八九十百千万亿",
    *"壹贰叁肆伍陆柒捌玖拾佰仟萬億",
    *"①②㈡⑩❸㊂廿卅半两",
]
UNITS: Final = [*"%％‰分厘元块万亿月年天日倍点股期周", "个点", "万元", "百分之", "成", "折", "毫", "/", "‱", "٪"]
JOINERS: Final = [*".,，、:：/~-—～至到或和与返得变送=×*+", "..", "--", "％%", " . ", ",000", "e9", "E+308", "0x"]
HEADS: Final = [
    "年化",
    "月息",
    "日返",
    "月利率",
    "收益",
    "利息",
    "回报",
    "分红",
    "返",
    "每月",
    "每天",
    "一年期",
    "投",
    "存",
    "到期",
]
FRAMES: Final = [
    "投{n}返{n}", "存{n}，{n}年后{n}", "{n}天回本", "每{n}天返{n}", "满{n}送{n}", "{n}赚{n}",
    "月息{n}，年化{n}", "买{n}送{n}",
    "本金{n}＋利息{n}＝{n}", "百分之{n}", "{n}分之{n}", "{n}倍返还", "第{n}年{n}，第{n}年{n}", "从{n}涨到{n}",
    "{n}:{n}:{n}",
]  # fmt: skip
PHRASES: Final = [
    "保本保息", "稳赚不赔", "谨防", "警惕", "切勿", "举报", "不含", "除外", "以上不含",
    "未经金融监管部门批准，不得从事", "禁止", "不承诺保本",
    "吸收存款", "投资咨询", "财富管理", "私募基金", "拉人头", "静态收益", "动态奖金", "内部股权", "养老床位",
    "虚拟币", "加微信", "扫码进群",
    "扣扣群", "法院判决", "据报道", "有人说：", "问：", "答：", "客户", "他们宣称", "中国农业银行股份有限公司",
    "有限公司", "（", "经营范围：", "代理财务",
    "宣传销售", "企业管理财务", "bao本", "TZ", "gao息", "亻呆本", "禾刂息", "贝才富", "V信", "➕薇",
]  # fmt: skip
IDENTIFIERS: Final = [
    "13800000000", "1３8-0000-0000", "微信：abc_123-", "QQ:10001", "http://", "https://例子.中国/?q=%%%",
    "www.a.b.c.d.e",
    "91370000MA3C0000XQ", "6222020000000000000", "a@b@c.d", "t.cn/", "加v：", "ftp://[::1]:99999/",
    "6222 0200 0000 0000",
]  # fmt: skip
BRACKETS: Final = "（）()【】[]〔〕「」『』《》〈〉“”‘’\"'{}｛｝«»﹁﹂⟨⟩"
SEPARATORS: Final = " 　-_*~^+=|/\\.·•●○◆★☆※§→、，,;；:：。！？!?…—\t\u00a0\u2003\u3000"
LINE_ENDS: Final = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029", "\n\r", "\n\n"]
BIDI: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
CONTROLS: Final = "".join(map(chr, (*range(32), *range(0x7F, 0xA0), 0xFEFF, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF, 0xAD)))
INVISIBLE: Final = "\u200b\u200c\u200d\u2060\u2061\u00ad\u034f\u180e\ufe00\ufe0f\U000e0020\U000e007f\U000e0100"
EXPANDING: Final = "ﷺﷻ㍿㌖㌀㎯㏂㋉🈁㉈⑽⒇½⅐㈱㏿ﬃ℻ǆ㍧"
MARKS: Final = "\u0300\u0301\u0323\u0336\u0489\u20dd\u20e3\u3099\u302a\u0f71\u0e33"
RISING: Final = [
    "👨‍👩‍👧‍👦",
    "🏴\U000e0067\U000e0062\U000e007f",
    "🇨🇳🇨",
    "👍🏿🏿",
    "1️⃣",
    "❤️‍🔥",
    "💰",
    "🈵🈲",
    "☎️",
    "➕",
    "🆅",
    "🅿️",
]
EXPENSIVE: Final = [
    "（不含",
    "投10万返",
    "每月",
    "谨防骗局：“保本”",
    "亻呆",
    "“",
    "肆",
    "ﷺ",
    "1",
    "万",
    "%",
    "返",
    "。",
    "、",
    "保 本 ",
    "q1",
]

Maker = Callable[[Random], str]


@cache
def corpus() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whole texts of our corpus, and the expressions of promised returns of our tests."""
    folder = ROOT / "models" / "corpus"
    rows = [
        json.loads(line)
        for path in sorted(folder.rglob("*.jsonl"))
        for line in path.read_text("utf-8").split("\n")
        if line
    ]
    texts = [row[key] for row in rows for key in ("text", "name", "business_scope") if row.get(key)]
    promised = (ROOT / "tests" / "text" / "promised_returns.jsonl").read_text("utf-8").splitlines()
    return tuple(texts), tuple(json.loads(line)["text"] for line in promised)


def numeral(random: Random) -> str:
    """A number as it is written, or nearly."""
    return "".join(random.choice(DIGITS) for _ in range(_few(random, 4)))


def rate(random: Random) -> str:
    """A rate or a sum, its parts in any order and number."""
    parts: list[Maker] = [numeral, numeral, _one_of(UNITS), _one_of(JOINERS), _one_of(HEADS)]
    return "".join(random.choice(parts)(random) for _ in range(_few(random, 6)))


def deal(random: Random) -> str:
    """A deal, whose blanks may hold rates and deals."""
    frame = random.choice(FRAMES)
    while "{n}" in frame:
        inner = deal if random.random() < 0.06 and len(frame) < 200 else rate if random.random() < 0.4 else numeral
        frame = frame.replace("{n}", inner(random) + random.choice(("", "万", "元", "%", "年", "")), 1)
    return frame


def clause(random: Random) -> str:
    """A stretch of a text of ours, cut anywhere."""
    text = random.choice(corpus()[random.random() < 0.3])
    start = random.randrange(len(text))
    return text[start : start + _few(random, 40)]


def evasive(random: Random) -> str:
    """A stretch of ours as people write it who want to slip past."""
    text = clause(random)
    words = rewriting.chinese_words(text)
    family = random.choice(rewriting.FAMILIES)
    return rewriting.rewrite(text, family, words, random) if words else text


def nested(random: Random) -> str:
    """Brackets and quotation marks, open, closed and crossed."""
    return "".join(
        random.choice(BRACKETS) + (clause(random)[:3] if random.random() < 0.3 else "") for _ in range(_few(random, 12))
    )


def any_plane(random: Random) -> str:
    """Characters of all planes, assigned or not, halves of characters included."""
    planes = (0x300, 0x3000, 0xD800, 0x10000, 0x110000)
    return "".join(chr(random.randrange(random.choice(planes))) for _ in range(_few(random, 8)))


def surrogates(random: Random) -> str:
    """Lone halves of characters, and pairs that were never put together."""
    return "".join(chr(random.randrange(0xD800, 0xE000)) for _ in range(_few(random, 4)))


def long_word(random: Random) -> str:
    """One word of hundreds of letters, digits, marks or one character."""
    unit = random.choice([*"a1一保%.（“肆万ﷺ\u0301\u200d\u202e", "Ab", "月息", "10", "éa", "w.", "微信a"])
    return unit * random.choice((5, 20, 60, 200, 600))


def _few(random: Random, most: int) -> int:
    return 1 + int(most * random.random() ** 2)


def _one_of(choices: list[str] | str) -> Maker:
    return lambda random: random.choice(choices)


def _some_of(choices: list[str] | str, most: int) -> Maker:
    return lambda random: "".join(random.choice(choices) for _ in range(_few(random, most)))


PIECES: Final[tuple[tuple[int, Maker], ...]] = (
    (20, clause),
    (8, evasive),
    (12, _one_of(PHRASES)),
    (10, deal),
    (10, rate),
    (4, nested),
    (5, _some_of(SEPARATORS, 4)),
    (4, _some_of(LINE_ENDS, 2)),
    (4, _some_of(RISING, 3)),
    (4, _some_of(CONTROLS, 4)),
    (3, _some_of(BIDI, 4)),
    (4, _some_of(INVISIBLE, 5)),
    (3, _some_of(EXPANDING, 4)),
    (3, _some_of(MARKS, 10)),
    (4, any_plane),
    (2, surrogates),
    (4, _one_of(IDENTIFIERS)),
    (1, long_word),
)
_WEIGHTS: Final = [weight for weight, _ in PIECES]
_MAKERS: Final = [make for _, make in PIECES]


def _scattered(text: str, random: Random) -> str:
    """Put odd characters between those of a stretch."""
    odd = random.choice((SEPARATORS, INVISIBLE, BIDI, MARKS, CONTROLS, EXPANDING, "".join(BRACKETS)))
    share = random.random()
    return "".join(ch + random.choice(odd) if random.random() < share else ch for ch in text)


def _repeated(text: str, random: Random) -> str:
    start = random.randrange(len(text))
    block = text[start : start + _few(random, 20)]
    return text[:start] + block * random.choice((2, 3, 8, 30)) + text[start:]


def _deleted(text: str, random: Random) -> str:
    start = random.randrange(len(text))
    return text[:start] + text[start + _few(random, 8) :]


def _swapped(text: str, random: Random) -> str:
    at = random.randrange(len(text))
    return text[at:] + text[:at]


def _reversed(text: str, random: Random) -> str:
    start = random.randrange(len(text))
    end = start + _few(random, 20)
    return text[:start] + text[start:end][::-1] + text[end:]


CHANGES: Final = (
    _scattered,
    _scattered,
    _repeated,
    _deleted,
    _deleted,
    _swapped,
    _reversed,
    lambda text, _: text.upper(),
)


def hostile_text(random: Random) -> str:

    kind = random.random()
    if kind < 0.02:
        return random.choice(("", " ", "\n", "。", "\u200b", "\ud800", "1", "ﷺ", "保", "（", "\x00"))
    count = _few(random, 400) if kind > 0.9975 else _few(random, 10)
    text = "".join(make(random) for make in random.choices(_MAKERS, _WEIGHTS, k=count))
    if kind > 0.999:
        text += random.choice(EXPENSIVE) * random.choice((50, 500, 2_000))
    while text and random.random() < 0.3:
        text = random.choice(CHANGES)(text, random)
    return text[:LONGEST]


def hostile_submission(seed: int, number: int) -> tuple[str, dict[str, str]]:
    """Channel and fields of one input; the same for the same seed and number."""
    random = Random(f"{seed}/{number}")
    if random.random() < 0.7:
        return "marketing", {"text": hostile_text(random)}
    fields = {"name": hostile_text(random)[:60], "business_scope": hostile_text(random)}
    return "registration", {name: text for name, text in fields.items() if random.random() < 0.9}
