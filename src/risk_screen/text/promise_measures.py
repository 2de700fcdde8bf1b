"""What a promise measures, as one pattern: rates, sums, multiples, lengths of time, and how often it is paid."""

import re

from risk_screen.text import promise_words as words
from risk_screen.text.amounts import (
    AMOUNT,
    COUNTED_PIECES,
    FEN,
    INSTALMENTS,
    LENGTH,
    MONEY,
    MULTIPLE,
    PERCENT,
    POINTS,
    UNSIGNED,
)
from risk_screen.text.numerals import CHINESE_NUMERALS

_DATE = (
    r"(?:19|20)[0-9]{2} ?[年./-](?: ?[0-9]{1,2} ?[月./-])?(?: ?[0-9]{1,2}[日号]?)?"
    r"|[0-9]{1,2}月(?:[0-9]{1,2}[日号]|[份初中底])|[0-9]{1,2}:[0-9]{2}|[一二三四五六七八九十]{1,2}月[份初中底]"
    r"|(?<=[每个]月)(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:[日号]|(?=[,，]))"
)
_EACH = (
    rf"每隔?(?:{LENGTH})|每一?个?(?:半年|季度|星期|礼拜|[年月天日周季晚])度?|[按逐][年月天日周季]|月月|天天(?!气)|日日|年年|季季|周周"
    r"|/ ?(?:季度|[年月天日周季])|\(每?[年月日天周季]\)|第[一二三四五六七八九十0-9]{1,2}(?:年|个月)"
    rf"|(?<![提目当之以从里])[前后头中](?:{LENGTH})|[年月][终底末]|岁末|上个?月|明年(?:这时候)?|这个?月|本月|当月"
    r"|[上这本]个?(?:周|礼拜|星期)|昨[天日]|(?<!比)去年|今年|(?:今年|明年|来年)?(?:秋后|秋天|开春|过年)(?!期间|回家|礼)"
    r"|[日月周季年]结|每?学期|全年|整年"
    r"|(?<![0-9一二三四五六七八九十个半两今昨明])(?:季度|半年|[年月天日周季])"
    r"(?= ?(?:稳定|稳|固定|平均|均|约|净|返|底)? ?(?:[0-9]{1,3}(?:\.[0-9]{1,3})?%?[-~至])?"
    r"[0-9一二两三四五六七八九十]{1,3}(?:\.[0-9]{1,3})?(?:%|个点|点(?![钟半整多前后0-9])|分(?![之钟]))"
    r"|[0-9]{1,2}(?:\.[0-9])?[-~][0-9]{1,2}(?:\.[0-9])?(?![0-9.%万千百元块个天年月日号期]))"
)
_YIELD = rf"(?<![今昨])(?:季度{words.PERIOD_INCOME}|[年月日周季天]{words.PERIOD_INCOME}|半年(?:化|息|利息|利率|收益率))"

_NUMERIC = {
    "rate": PERCENT,
    "points": POINTS,
    "fen": FEN,
    "multiple": MULTIPLE,
    "instalments": INSTALMENTS,
    "unsigned": UNSIGNED,
    "length": LENGTH,
    "money": MONEY,
    "bare": AMOUNT,
}
_GOES_ON = (
    r"[0-9零〇一二两三四五六七八九十百千万亿半点多余来:*×x/~～—–至到%‰"
    r"分厘成倍番个期年月天日周星礼季小元块圆毛角人美枚币a-z-]"
)
_ENDS = rf"(?! ?{_GOES_ON}|[,.][0-9]| [克斤吨平股只])"
"""What may not follow a number that is neither longer nor has a unit."""

_PLAIN = {
    "plain": r"(?:(?<![0-9化息报益租率:约到高为达期年月 ])[0-9]{1,8}(?:\.[0-9]{1,4})?[百千万w]?|(?<![0-9])[0-9]{3,10}"
    rf"|(?<![{CHINESE_NUMERALS}几数第])[一二两三四五六七八九十百千]{{1,5}}[百千万]){_ENDS}(?![{COUNTED_PIECES}])"
}
_NO_MEASURE = rf"(?<![0-9])[0-9]{{1,10}}(?=[{COUNTED_PIECES}]){_ENDS}|[零〇一二两三四五六七八九]{_ENDS}"
"""Seen at once, for speed: an amount without a unit (1000，), and numbers that measure nothing (3家, 两位)."""

_OTHER_NUMBER = r"[0-9][0-9.,]*|[零〇一二两三四五六七八九十百千万亿]+"
_TIMES = {"upfront": rf"{words.UPFRONT} ?(?:{PERCENT}|{POINTS})", "each": _EACH, "yield": _YIELD}


def _any_of(patterns: dict[str, str]) -> str:
    return "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in patterns.items())


def measure_pattern(*, shortcuts: bool) -> re.Pattern[str]:
    """Pattern of all measures; the shortcuts only make it faster, which the tests hold it to."""
    plain = f"{_any_of(_PLAIN)}|{_NO_MEASURE}|" if shortcuts else ""
    numbers = f"{plain}{_DATE}|{_any_of(_NUMERIC)}|{_OTHER_NUMBER}"
    return re.compile(
        f"(?=[0-9零〇一二两三四五六七八九十百千万亿半双翻¥￥$×x*])(?:{numbers})"
        f"|(?=[每按逐月天日年季周/(第前后头中岁秋开过来明学上这本当昨去今全整先首提立签半])(?:{_any_of(_TIMES)})"
    )


SEED = re.compile(
    r"[0-9一二两三四五六七八九十百千万半翻双回收投返](?:分之|(?<![翻双回收投返])(?: ?[%‰厘倍成番元块万千百uwk返送赚毛]"
    r"| ?分(?![钟之钱])|个半?点|(?<=[0-9]),[0-9]{3}"
    r"|(?<![0-9*-].)[0-9](?![0-9]{5}|[0-9]{0,3}(?:\*| ?[年月天日周个岁:人号米斤平克度楼层届级家位名公里])))"
    r"|(?<=[化息报益租率年达期到返][0-9])|(?<=[化息报益租率][:约到高为达 ][0-9])"
    r"|(?<=翻)[倍番]|(?<=双)倍|(?<=回)(?:本|购|收[投成])|(?<=收)回[全所投成]|(?<=投)资回收|(?<=返)本期)"
)
"""A rate, a sum of money or a multiple, by its first characters; or the words that need none of them."""
