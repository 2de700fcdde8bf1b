"""What the numbers of a promise measure: rates (%, 分, 厘, 个点), money, lengths of time, multiples."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from risk_screen.text.numerals import ARABIC, CHINESE, CHINESE_SMALL, MIXED, read_number

PER_YEAR = {
    "day": Decimal(365),
    "week": Decimal(52),
    "month": Decimal(12),
    "quarter": Decimal(4),
    "half_year": Decimal(2),
    "year": Decimal(1),
}
UNIT_NAMES = {"day": "天", "week": "周", "month": "月", "quarter": "季度", "half_year": "半年", "year": "年"}
UNIT_WORDS = {
    "学期": "half_year",
    "秋": "year",
    "春": "year",
    "星期": "week",
    "礼拜": "week",
    "季": "quarter",
    "周": "week",
    "月": "month",
    "年": "year",
}  # else a day
_WHOLE = {(3, "month"): "quarter", (6, "month"): "half_year", (12, "month"): "year", (365, "day"): "year"}

_COUNTED_TIME = (
    rf"(?>[0-9]{{1,5}}(?:\.[0-9]{{1,4}})?|(?![一二两三四五六七八九]?百[一二三四五六七八九][^十]){CHINESE_SMALL})"
)
"""A count of days, months, years: 一百三十天 and never 一百三天, which is 一百 and 三天."""

COUNTED_PIECES = (
    "人亩吨家台次名件平套位户条张头棵斤公里米度份单瓶箱辆字倍篇页折号楼层期届点类级代种部批组岁枪口坛桶盒"
    "袋株颗粒篓筐克滴股只分"
)
"""What is counted with a number that is no sum of money."""

_SMALL = rf"(?>[0-9]{{1,5}}(?:\.[0-9]{{1,4}})?|{CHINESE_SMALL})"
JOIN = r" ?(?:-|~|～|至|到|—|–){1,2} ?"

PERCENT = (
    rf"(?:{_SMALL}{JOIN})?(?>[0-9]{{1,3}}点[0-9]{{1,2}}|{ARABIC}|{CHINESE_SMALL}) ?[%‰]|[百千万]分之 ?{_SMALL}"
    rf"|{_SMALL}成(?:半|[一二三四五六七八九](?![个万千百年月天]))?(?![立长功员都为交本品年熟分绩份果型套人])"
)
POINTS = (
    rf"(?:{_SMALL}{JOIN})?{_SMALL} ?(?:个半点|个点半?|个百分点)(?![赞位击评餐钟子名滴])"
    rf"|(?:(?<=[化息利益报租率返])|(?<![今明去每]年)(?<=年)){_SMALL}点(?![钟半整多之前后0-9])"
)
_BEHIND_INTEREST = (
    r"(?<=[化息报益租率])|(?<=[化息报益租率][:约到高为达])|(?<=[化益] )|(?<=[可高约]达)|(?<=提高到)|(?<=[报益租返]率为)"
    r"|(?<=预期)|(?<=[年月])(?=[0-9]{1,2}\.[0-9])|(?<![0-9今明去前后每半一二两三四五六七八九十]年)(?<=年)"
)
_NO_UNIT = (
    r"(?![0-9.]|[-~,:/][0-9]| [%‰万千百亿元块角个天点折号a-z]"
    rf"|[%‰万千百十亿元块角个天年月日成厘周季枚栋间届席a-z{COUNTED_PIECES}])"
)
_UNSIGNED = r"(?<![0-9.])[0-9]{1,2}(?:\.[0-9]{1,2})?"
UNSIGNED = rf"(?:{_BEHIND_INTEREST})(?:{_UNSIGNED}{JOIN})*{_UNSIGNED}{_NO_UNIT}"
"""A rate whose sign is left out, as bulk SMS write it behind a word of interest: 年回报8, 月息1.2, 年化9-12."""
FEN = (
    rf"(?>[0-9]{{1,2}}(?:\.[0-9]{{1,2}})?|半|{CHINESE_SMALL}) ?"
    r"(?:分(?:半|[0-9一二三四五六七八九](?:厘|(?![0-9.万千百元块%个天年月]))|(?![钟之店公行享数级类布析支]|[不没未]少|利[落索]))"
    r"|厘(?:半|[0-9](?![0-9.])|(?!米)))"
)
MULTIPLE = rf"翻(?:了|上|个)?{_SMALL}?[倍番]|{_SMALL}倍半?|双倍"
INSTALMENTS = rf"{_SMALL}期(?![权货间望])|[×x*] ?[0-9]{{1,3}}(?![0-9.%万千百])"
LENGTH = (
    rf"半年|半个月|24小时|(?:{_SMALL}{JOIN})?{_COUNTED_TIME} ?[来多]?"
    r"(?:个?(?:星期|礼拜|季度)|个季|个半?月|月(?=期(?!权)|[0-9]{1,2}(?:\.[0-9]{1,2})?%)"
    r"|年(?!级|代|龄|前|化)|天|日(?!(?<= 日)[释收返分化产领])|周(?!年|岁))半?(?!年|天|个)"
    r"|一月(?=[给得返分]?(?:[0-9一二三四五六七八九十百]{1,4}[块元]|[一二两三四五六七八九][百千]))"
    rf"|{_SMALL}{JOIN}{_SMALL} ?月(?! ?[0-9]{{1,2}}[日号])"
)
_CURRENCY = (
    r"(?:元钱?|块(?![板电地砖石表牌田屏肉饼玉布豆糖墙])(?:钱|[0-9一二三四五六七八九]{1,2}(?![0-9万千百元块%个天年月日]))?|圆|rmb|人民币|美元|美金"
    r"|usdt?(?![a-z])|u(?![a-z])|枚|个币)"
)
_COUNTED = (
    r"[人亩吨家台次名件平套位户条张头棵斤公里米度份单瓶箱辆字倍篇页折号楼层期届点类级代种部批组岁枪口坛桶盒袋株颗粒篓筐克滴]"
    r"|股(?!金)|只(?![需要])|分(?![红给您你得配])|小时|个(?!半?月|季|星|礼)|[%‰a-z]"
)
_CENTS = (
    r"(?<![0-9一二两三四五六七八九十百千万块点])"
    r"[0-9半一二两三四五六七八九]毛(?:[0-9一二三四五六七八九]|钱)?(?![利衣巾])"
)
MONEY = rf"{_CENTS}|(?:[¥￥$] ?)?(?>{MIXED}|{CHINESE}) ?[多余来]?{_CURRENCY}(?!/[^年月日天周季人份股台套户])"
AMOUNT = rf"(?:[¥￥$] ?)?(?>{MIXED}|{CHINESE})(?![多余]?(?:{_COUNTED})| (?:[%‰a-z克斤吨平股只]|小时))"

_NUMERAL = re.compile(rf"[0-9]{{1,3}}点[0-9]{{1,2}}|{ARABIC}|{CHINESE_SMALL}")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_TENTH_PART = re.compile(r"成(半|[一二三四五六七八九])")
_TENTH = re.compile(r"[分厘](半|[0-9一二三四五六七八九])")
_CURRENCY_OR_UNIT = re.compile(rf"{_CURRENCY}|[万千百kw¥￥$]")
_HALF = Decimal("0.5")
_PARTS = {"百": 100, "千": 1000, "万": 10_000, "%": 100, "‰": 1000, "成": 10}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time as stated, e.g. 3 months; ``count`` > 0."""

    count: Decimal
    unit: str

    @property
    def per_year(self) -> Decimal:
        """How many such periods a year has."""
        return PER_YEAR[self.unit] / self.count

    @property
    def years(self) -> Decimal:
        """Length in years."""
        return self.count / PER_YEAR[self.unit]

    @property
    def name(self) -> str:
        """Name for `Promise.period`."""
        return self.unit if self.count == 1 else _WHOLE.get((int(self.count), self.unit), "term")


YEAR, MONTH = Period(Decimal(1), "year"), Period(Decimal(1), "month")


def unit_of(words: str) -> str:
    """Unit named by words such as 每个月, 年终, 半年, 日收益; a day when none of the longer units is named."""
    if "半年" in words:
        return "half_year"
    return next((unit for word, unit in UNIT_WORDS.items() if word in words), "day")


@lru_cache(maxsize=1024)
def read_length(words: str) -> Period:
    """Length of time: 半年, 3个月, 一年半, 两个半月, 90天; the first number of a range (1至3个月)."""
    if words == "24小时":
        return Period(Decimal(1), "day")
    if words == "半年":
        return Period(Decimal(1), "half_year")
    unit = unit_of(words)
    numeral = _NUMERAL.search(words)
    count = read_number(numeral.group()) if numeral else Decimal(0)
    return Period(count + _HALF if "半" in words else count, unit)


@lru_cache(maxsize=1024)
def read_percent(words: str) -> Decimal:
    """Fraction of a percentage: 7-14%, 百分之十二, 15‰, 两成; the higher end of a range."""
    _, slash, after = words.partition("分之")
    highest = max(read_number(numeral) for numeral in _NUMERAL.findall(after or words.partition("成")[0]))
    part = _PARTS[words[0] if slash else "成" if "成" in words else words[-1]]
    tenth = _TENTH_PART.search(words)
    if tenth:  # 一成半 is 15 %, 一成二 12 %
        highest += _HALF if tenth[1] == "半" else read_number(tenth[1]) / 10
    return highest / part


@lru_cache(maxsize=1024)
def read_points(words: str) -> Decimal:
    """Fraction of spoken percent points: 两个半点 = 2.5%."""
    points = max((read_number(numeral) for numeral in _NUMERAL.findall(words)), default=Decimal(0))
    return (points + _HALF if "半" in words else points) / 100


@lru_cache(maxsize=1024)
def read_unsigned(words: str) -> Decimal:
    """Fraction of a rate without its sign: 8 is 8 %, 8-9.5 is 9.5 %."""
    return max(Decimal(numeral) for numeral in _DIGITS.findall(words)) / 100


@lru_cache(maxsize=1024)
def read_fen(words: str) -> Decimal:
    """Number of 分 in an interest of n分h厘: 1分5 and 一分半 are 1.5, 六厘 is 0.6."""
    numeral = _NUMERAL.search(words)
    whole = read_number(numeral.group()) if numeral else _HALF
    tenth = _TENTH.search(words)
    if tenth:
        whole += _HALF if tenth[1] == "半" else read_number(tenth[1]) / 10
    return whole if "分" in words else whole / 10


@lru_cache(maxsize=1024)
def read_multiple(words: str) -> Decimal:
    """Multiple named: 翻倍 and 翻一番 add once the sum (1), 翻两番 three times (3), 3倍 and 翻三倍 are 3."""
    numeral = _NUMERAL.search(words)
    count = read_number(numeral.group()) if numeral else Decimal(2 if words == "双倍" else 1)
    if words[-1] == "半":  # 一倍半 is 1.5
        return count + _HALF
    return 2 ** min(count, Decimal(20)) - 1 if words[-1] == "番" else count


@lru_cache(maxsize=1024)
def read_money(words: str) -> tuple[Decimal, bool]:
    """Sum of money and whether its words say that it is money (a currency or a unit such as 万)."""
    if "毛" in words:
        return _tenths(words.replace("毛", "").removesuffix("钱")), True
    whole, _, jiao = words.partition("块")
    tenths = _tenths(jiao) if jiao and jiao != "钱" else 0  # 一块三 is 1.3 yuan
    return read_number(whole) + tenths, _CURRENCY_OR_UNIT.search(words) is not None


def _tenths(digits: str) -> Decimal:
    """Tenths and hundredths of a yuan: 三 of 一块三, 六三 of 两块六三, 3毛3."""
    return sum((read_number(digit) / 10**place for place, digit in enumerate(digits, start=1)), Decimal(0))
