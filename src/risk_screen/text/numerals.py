"""Read numerals as people write them in Chinese flyers: 10,000, 1.2万, 三十六万八千, 两万五, 1万2, 5k, 一点五."""

import re
from decimal import Decimal
from functools import lru_cache

CHINESE_DIGITS = "零〇一二两三四五六七八九"
CHINESE_NUMERALS = CHINESE_DIGITS + "十百千万亿"

ARABIC = r"(?<![0-9])(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}(?![天年月日期个周])|[0-9]{1,10})(?:\.[0-9]{1,8})?(?![0-9])"
"""Arabic digits with thousands commas and decimals; never a slice of a longer run of digits."""

_TAIL = (
    r"(?:[0-9]千[0-9](?![0-9])|[0-9][千百k]|[一二三四五六七八九][千百]|[0-9]{1,4})"
    r"(?![0-9.%‰个点年月天日周季期分厘成倍折千百]|,[0-9])"
)
MIXED = rf"{ARABIC}(?: ?(?![十百千]?[年月天日])(?:[十百千]?[万亿]亿?|[十百千kw])(?![a-z])(?:{_TAIL})?)?"
"""Arabic digits with an optional unit and its colloquial tail: 18万, 1w, 5k, 3万5, 3万5千."""

_PERIOD_NEXT = (
    r"(?:年(?!年)|天(?!天)|[月日周季](?!(?<=[万千百].)[领返收息分得化利拿付租月日周季])|个半?月|个季|个星|个礼)"
)
_PIECES_OF_GOODS = "次回套台份根股亩头棵间只箱瓶张人户组席位架窗池口桩节匹车提窝格辆艘单"
_ONE_PIECE = rf"一(?:[{_PIECES_OF_GOODS}]|个(?!半?月|星|季|礼))"
_CUT = rf"(?<=[百千万亿一二两三四五六七八九])(?=[半一二两三四五六七八九十]{{1,3}}{_PERIOD_NEXT}|{_ONE_PIECE})"
CHINESE = (
    rf"(?<![{CHINESE_NUMERALS}几数第])[{CHINESE_NUMERALS}]{{1,16}}(?:点[{CHINESE_DIGITS}]{{1,4}}[百千万亿]?)?"
    rf"(?:(?![{CHINESE_NUMERALS}])(?!{_PERIOD_NEXT})(?!(?<=[百千万]一)(?:[{_PIECES_OF_GOODS}]|个(?!半?月|星|季|礼)))|{_CUT})"
)
"""Chinese numerals of an amount, cut before a period or a piece that follows at once: 一万|一年, 三万|一套."""

CHINESE_SMALL = (
    r"(?:[一二两三四五六七八九]?百(?:零[一二三四五六七八九]|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])?"
    r"|[一二三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九])(?:点[零一二三四五六七八九]{1,4})?"
)
"""Well-formed Chinese numerals below a thousand, as rates and lengths of time use them."""

_SMALL_UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000}
_BIG_UNITS = {"万": 10_000, "w": 10_000, "亿": 100_000_000}
_DIGIT_VALUES = str.maketrans("〇零一二两三四五六七八九", "001223456789")
_PIECES = re.compile(rf"[0-9][0-9,]*(?:[.点][0-9]+)?|[{CHINESE_DIGITS}]+(?:点[{CHINESE_DIGITS}]+)?|[十百千万亿kw]")


class _Reading:
    """The running sum while a numeral is read from left to right."""

    __slots__ = ("last_unit", "pending", "section", "total")

    def __init__(self) -> None:
        self.total = self.section = Decimal(0)
        self.pending: str | None = None
        self.last_unit = 1

    def take(self, piece: str) -> None:
        if piece in _SMALL_UNITS:
            self.last_unit = _SMALL_UNITS[piece]
            self.section += (self._digits() if self.pending else 1) * self.last_unit
            self.pending = None
        elif piece in _BIG_UNITS:
            self._close_section(_BIG_UNITS[piece])
        else:
            self.pending = piece

    def _close_section(self, unit: int) -> None:
        self.section += self._digits()
        if unit > self.total > 0:  # 三万亿: the unit raises all that came before
            self.section, self.total = self.section + self.total, Decimal(0)
        self.total += (self.section or 1) * unit
        self.section, self.pending, self.last_unit = Decimal(0), None, unit

    def _digits(self) -> Decimal:
        if self.pending is None:
            return Decimal(0)
        return Decimal(self.pending.replace(",", "").replace("点", ".").translate(_DIGIT_VALUES))

    def value(self) -> Decimal:
        tail = self._digits()
        if self.pending is not None and len(self.pending) == 1 and self.last_unit > 10:
            tail = tail * self.last_unit / 10  # 一万二 is 12,000; 一万零二 is 10,002
        return self.total + self.section + tail


@lru_cache(maxsize=4096)
def read_number(numeral: str) -> Decimal:
    """Value of one numeral.

    Parameters
    ----------
    numeral : str
        Text that matches `MIXED` or `CHINESE` (blanks allowed inside).

    Returns
    -------
    Decimal
        Exact value. A last digit without unit counts a tenth of the unit before it (两万五 = 25,000).

    Examples
    --------
    >>> read_number("三十六万八千")
    Decimal('368000')
    """
    reading = _Reading()
    for piece in _PIECES.findall(numeral):
        reading.take(piece)
    return reading.value()
