"""Rewrite texts as people do who want to slip past a word list.

A seeded `random.Random` makes all choices. Of the words given each is rewritten with probability `SHARE`, at least one.
Where there are other sources than the tables of rules/ they are used: sounds are pypinyin's over the common characters
of GB 2312, one in five from a neighbouring sound; shapes are Unicode's compatibility characters, Japanese forms and
ordinary characters that look alike; traditional forms are OpenCC's. Slang, split characters and symbols are own lists.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

import jieba
import opencc
import pypinyin

SHARE = 0.5
NEAR_SOUNDS = 0.2
"""Share of homophones taken from a neighbouring sound (z/zh, in/ing, n/l …) instead of the same."""
Span = tuple[int, int]

SYMBOLS = "-_*~^+=|/\\.·•●○◆◇■□▲△▼★☆※§→↑↓♠♥♣♦♪〃∞°′"
SIMILAR = dict(
    zip(
        "本日息利资益金保返财理投红微信贷款股币赚收年押额份购率权盈金险",
        "夲曰熄莉姿溢全堡反材埋没江徽伩货歀肢巾嫌攸午抻颔分沟卒杈盁釒检",
        strict=True,
    )
)
"""Characters that look alike, most of them ordinary characters (金 and 全)."""
_PARTS = """
利=禾刂 财=贝才 钱=金戋 红=纟工 润=氵闰 投=扌殳 理=王里 股=月殳 收=丩攵 息=自心 信=亻言 保=亻呆
赚=贝兼 资=次贝 贷=代贝 返=反辶 还=不辶 购=贝勾 份=亻分 额=客页 佣=亻用 债=亻责 权=木又 期=其月
矿=石广 积=禾只 加=力口 群=君羊 码=石马 扫=扌彐 付=亻寸 低=亻氐 海=氵每 课=讠果 账=贝长 转=车专
储=亻诸 汇=氵匚 优=亻尤 惠=叀心 活=氵舌 报=扌艮 担=扌旦 押=扌甲 标=木示 银=钅艮 行=彳亍 现=王见
到=至刂 创=仓刂 代=亻弋 领=令页
"""
PARTS = dict(pair.split("=") for pair in _PARTS.split())
"""Characters and the two parts people write them in (own list)."""
CONTACT = re.compile("加?(?:个)?微信号?|加?qq(?:号)?|vx", re.IGNORECASE)
_CONTACT_SLANG = "加薇 加V ➕薇 薇信 威❤信 V信 vx 徽信 伽V wei信 绿泡泡 加企鹅 扣扣 +V 加卫星"
DIGITS = re.compile("[0-9]")


def rewrite(text: str, family: str, words: Sequence[Span], random: Random) -> str:
    """The text with some of the words rewritten; equal to the text when the family finds nothing to do."""
    if family == "traditional":
        return _converter("s2t").convert(text)
    if family == "digit_style":
        return DIGITS.sub(lambda found: random.choice(_digit_styles()[found[0]]), text)
    if family == "contact_slang":
        return CONTACT.sub(lambda _: random.choice(_CONTACT_SLANG.split()), text)
    chosen = [word for word in words if random.random() < SHARE] or words[:1]
    for start, end in reversed(chosen):
        how = random.choice(sorted(BY_WORD)) if family == "several" else family
        text = text[:start] + BY_WORD[how](text[start:end], random) + text[end:]
    return text


def chinese_words(text: str) -> list[Span]:
    """Words of two to four Chinese characters, as jieba cuts them."""
    found, start = [], 0
    for word in jieba.lcut(text):
        end = start + len(word)
        if 2 <= len(word) <= 4 and _is_chinese(word):
            found.append((start, end))
        start = end
    return found


def _between(characters: Callable[[], str], most: int) -> Callable[[str, Random], str]:
    def put_between(word: str, random: Random) -> str:
        pieces = ["".join(random.choice(characters()) for _ in range(random.randint(1, most))) + ch for ch in word[1:]]
        return word[0] + "".join(pieces)

    return put_between


def _each(choices: Callable[[str, Random], list[str]]) -> Callable[[str, Random], str]:
    """Each character with probability one half, at least one; characters without a choice stay."""

    def replace(word: str, random: Random) -> str:
        written = [choices(ch, random) for ch in word]
        able = [i for i, options in enumerate(written) if options]
        if not able:
            return word
        changed = {i for i in able if random.random() < 0.5} or {random.choice(able)}
        return "".join(random.choice(written[i]) if i in changed else ch for i, ch in enumerate(word))

    return replace


def _homophones(ch: str, random: Random) -> list[str]:
    syllable = pypinyin.lazy_pinyin(ch)[0]
    if random.random() < NEAR_SOUNDS:
        syllable = _neighbour(syllable)
    return [other for other in _common_by_sound()[syllable] if other != ch]


def _neighbour(syllable: str) -> str:
    for a, b in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an")):
        if a in syllable:
            return syllable.replace(a, b)
    for a, b in (("z", "zh"), ("c", "ch"), ("s", "sh"), ("n", "l"), ("l", "n"), ("f", "h")):
        if syllable.startswith(a):
            return b + syllable[len(a) :]
    return syllable


def _pinyin(word: str, random: Random) -> str:
    """Some or all characters in letters, now and then with blanks."""
    letters = pypinyin.lazy_pinyin(word)
    whole = random.random() < 0.3
    inside = {random.randrange(len(word))}
    written = [s if whole or i in inside else ch for i, (s, ch) in enumerate(zip(letters, word, strict=True))]
    return (" " if random.random() < 0.2 else "").join(written)


def _initials(word: str, random: Random) -> str:
    letters = "".join(syllable[0] for syllable in pypinyin.lazy_pinyin(word))
    return letters.upper() if random.random() < 0.5 else letters


def _lookalikes(ch: str, random: Random) -> list[str]:
    japanese = _converter("t2jp").convert(_converter("s2t").convert(ch))
    return [*_compatible()[ch], *([SIMILAR[ch]] if ch in SIMILAR else []), *([japanese] if japanese != ch else [])]


@cache
def _common_by_sound() -> dict[str, list[str]]:
    """The 3,755 common characters of GB 2312 by sound."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            ch = bytes([row, cell]).decode("gb2312", "ignore")
            if ch:
                found[pypinyin.lazy_pinyin(ch)[0]].append(ch)
    return found


@cache
def _compatible() -> dict[str, list[str]]:
    """Characters that NFKC turns into another: radicals, compatibility ideographs."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded != chr(code):
            found[folded].append(chr(code))
    return found


@cache
def _digit_styles() -> dict[str, list[str]]:
    """Characters with the value of a digit, without plain numerals of other scripts."""
    found: dict[str, list[str]] = {str(d): ["零壹贰叁肆伍陆柒捌玖"[d]] for d in range(10)}
    for code in (*range(0x2070, 0x2090), *range(0x2460, 0x2500), *range(0x2776, 0x2794), *range(0xFF10, 0xFF1A)):
        value = unicodedata.digit(chr(code), None)
        if value is not None:
            found[str(value)].append(chr(code))
    return found


@cache
def _invisible() -> str:
    codes = (*range(0x200B, 0x2010), *range(0x2060, 0x2065), *range(0xFE00, 0xFE10), 0xFEFF, 0x00AD, 0x034F, 0x180E)
    return "".join(map(chr, codes))


@cache
def _emoji() -> str:
    """Every assigned pictograph of the plane of symbols."""
    return "".join(chr(code) for code in range(0x1F300, 0x1FAFF) if unicodedata.category(chr(code)) == "So")


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def _is_chinese(word: str) -> bool:
    return all("\u4e00" <= ch <= "\u9fff" for ch in word)


BY_WORD: dict[str, Callable[[str, Random], str]] = {
    "separators": _between(lambda: SYMBOLS + " ", 2),
    "invisible": _between(_invisible, 2),
    "emoji": _between(_emoji, 1),
    "lookalike": _each(_lookalikes),
    "split_character": _each(lambda ch, _: [PARTS[ch]] if ch in PARTS else []),
    "homophone": _each(_homophones),
    "pinyin": _pinyin,
    "initials": _initials,
}
FAMILIES = (*BY_WORD, "digit_style", "traditional", "contact_slang", "several")
