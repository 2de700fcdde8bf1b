"""Read what stands around one rate: its period, its income word, and whether it is a return at all."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from risk_screen.text.amounts import Period
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_tokens import BREAKS, NUMBERS, RATES, Token

LEFT, RIGHT = 24, 12
"""Characters before and after a rate in which its period and its income word may stand."""

_SOMETHING_ELSE_AFTER = re.compile(
    r"\s?(?:的|以[上下])?(?:给(?:予|与)?(?:引荐|推荐|介绍)|引荐|团队|股权|股份|的?管理|的?津贴|首付|手续费|提成|佣|折扣|税|服务费|概率|胜率|份额|准确)"
    r"|\s?(?:收取|收费|计提|缴纳|(?:支付|计收|计算|计)?(?:逾期|罚|违约))"
)
_NEARBY, _BESIDE = 10, 8
_REFUNDS, _HALF_BACK = frozenset({"退", "退还", "退回", "退给"}), Decimal("0.3")
_MOST_REFERRED = Decimal("0.065")
"""What banks and funds call a past or reference yield lies below; above it is a lure, whatever it is called."""
_TAKEN_OFF = re.compile(r"[减免降跌扣]$")
_LEVEL = re.compile(r"(?:提高|提升|上调|上涨|涨)(?:到|至|为)$")
_FEN_TAIL = re.compile(r"钱?的?(?:利(?![润用益于好民国器率])|月?息)")
_PER_PIECE = re.compile(r"每(?:股(?!利率)|度|克|斤|吨|件|份|箱|瓶|方|公里|小时)")
_PLAIN_GAP = re.compile(
    r"(?:固定|稳定|保底|保证|高达|可达|最高|不低于|至少|达到?|约|能?有|为|多出来?|净赚|赚|给|拿|少说|大概|差不多|回来|[:\s]){0,3}"
)
CLAUSE_ENDS = re.compile(r"\s?(?:以上|左右|起)?\s?(?:分配|计发|发放|计付|计息)?(?:$|[,，。！？!?；;、\s)）}\]】~])")
_OFFERS = frozenset({"invest", "listing"})
_PAST = "今去昨"
_PAID_OUT = ("付息", "派息", "结息", "发放", "支付")
_HALF_YEAR = Decimal("0.45")
_SETTLED = re.compile(r"\s?(?:内|后)?(?:分账|结算|到账|回款|清盘|一个?周期|结)\s?")
_TERM_END = re.compile(r"\s?(?:期|定期|产品|为?期|以上|起)?\s?")
_AT_MATURITY = re.compile(r"到期|期满|届满")


@dataclass(slots=True)
class Claim:
    """A rate and the words that belong to it; ``used`` are the tokens that make the phrase."""

    rate: Token
    index: int
    each: Token | None = None
    length: Token | None = None
    income: Token | None = None
    out: Token | None = None
    buy_back: Token | None = None
    row_key: Token | None = None
    stretch_start: int = 0
    comma: int = 0
    tail_end: int = 0
    used: list[Token] = field(default_factory=list)

    @property
    def start(self) -> int:
        """Where the phrase begins."""
        return min(token.start for token in (self.rate, *self.used))

    @property
    def end(self) -> int:
        """Where the phrase ends."""
        return max(self.tail_end, *(token.end for token in (self.rate, *self.used)))

    @property
    def period(self) -> Period | None:
        """Period the rate is paid for, where a word says so (每月, 年化)."""
        return self.each.period if self.each else None

    def take(self, token: Token) -> None:
        """Use a token for the first thing it can say."""
        slot = _SLOTS.get(token.kind)
        if slot is None:
            return
        if token.start >= self.rate.end and token.text.endswith(_PAID_OUT):
            slot = "income"  # 9.5% 季度付息: how often it is paid, not what it is a rate of
        if token.kind == "yield" and self.income is None:
            self.income = token
        if getattr(self, slot) is None or (token.text[0] == "(" and token.kind == "each"):  # 按月打9.5%的租金(年)
            setattr(self, slot, token)
            self.used.append(token)


_SLOTS = {
    "each": "each",
    "yield": "each",
    "length": "length",
    "income": "income",
    "out": "out",
    "take": "out",
    "buy_back": "buy_back",
}


def read_claim(scan: Scan, index: int) -> Claim:
    """Gather the words around the rate at an index, left first: what stands before a rate governs it."""
    claim = Claim(scan.tokens[index], index)
    _look_left(scan, claim)
    _look_right(scan, claim)
    _look_past_comma(scan, claim)
    if claim.rate.kind == "fen" and (tail := _FEN_TAIL.match(scan.text, claim.rate.end)):
        claim.tail_end = tail.end()
    return claim


def _look_left(scan: Scan, claim: Claim) -> None:
    rate = claim.rate
    claim.stretch_start = max(0, rate.start - LEFT)
    for j in range(claim.index - 1, -1, -1):
        token = scan.tokens[j]
        if rate.start - token.end > LEFT:
            return
        if token.kind in BREAKS or token.kind in NUMBERS or token.kind == "upfront":
            claim.stretch_start = token.end
            if token.kind == "comma":
                claim.comma = j
            claim.row_key = _row_key(scan, claim, j)
            return
        claim.take(token)


def _row_key(scan: Scan, claim: Claim, j: int) -> Token | None:
    """Sum of money, or rate of the column before, that stands left of the rate; over a comma straight before it."""
    token = scan.tokens[j]
    if token.kind == "comma" and j and claim.rate.start - token.start <= 2:
        before = scan.tokens[j - 1]
        return before if before.kind in ("money", "length") and token.start - before.end <= 2 else None
    return token if token.kind == "money" or token.kind in RATES else None


def _look_past_comma(scan: Scan, claim: Claim) -> None:
    """锁定90天，到期收益9%: a length of time in the clause before belongs to what is paid at its end."""
    before = scan.tokens[claim.comma - 1] if claim.comma else None
    if before is None or before.kind != "length" or claim.each or claim.length:
        return
    if claim.buy_back or _AT_MATURITY.search(scan.text, before.end, claim.rate.start) or _is_term(scan, claim, before):
        claim.take(before)


def _is_term(scan: Scan, claim: Claim, length: Token) -> bool:
    """期限一年，固定收益13%; 半年期，收益6.5%: a term of half a year and more closes the clause before an income."""
    comma = scan.tokens[claim.comma]
    if _SETTLED.fullmatch(scan.text, length.end, comma.start):
        return True
    if claim.income is None or length.period is None or not _HALF_YEAR <= length.period.years <= 10:
        return False
    return _TERM_END.fullmatch(scan.text, length.end, comma.start) is not None


def _look_right(scan: Scan, claim: Claim) -> None:
    tokens, rate = scan.tokens, claim.rate
    for k in range(claim.index + 1, len(tokens)):
        token = tokens[k]
        if token.start - rate.end > RIGHT or token.kind in BREAKS or token.kind in NUMBERS or token.kind == "upfront":
            break
        if token.text[0] not in "/(" and _belongs_to_next(tokens, k):
            return
        claim.take(token)
    following = tokens[claim.index + 1 : claim.index + 4]
    if claim.each is None and _is_trailing_each(following, rate.end):
        claim.take(following[1])


def _belongs_to_next(tokens: list[Token], k: int) -> bool:
    """首付30%年回报8%: a word straight before another number speaks of that number."""
    following = tokens[k + 1] if k + 1 < len(tokens) else None
    return following is not None and following.kind in NUMBERS and following.start - tokens[k].end <= 3


def _is_trailing_each(following: list[Token], end: int) -> bool:
    """给两个半点，每月。"""
    if len(following) < 2 or following[0].kind != "comma" or following[1].kind != "each":
        return False
    alone = len(following) == 2 or (following[2].kind in BREAKS and following[2].start - following[1].end <= 1)
    return alone and following[1].start - end <= 2


def is_return(scan: Scan, claim: Claim) -> bool:
    """Whether the words around a rate make it a return on the reader's money."""
    return _has_income(scan, claim) and not is_something_else(scan, claim)


def _has_income(scan: Scan, claim: Claim) -> bool:
    if claim.income is not None or claim.tail_end:
        return True
    if claim.each is not None and claim.each.text[0] in _PAST:
        return False
    if claim.each is not None and _touches(claim.each, claim.rate):
        return True
    times = [time for time in (claim.each, claim.length) if time is not None]
    is_paid_out = claim.out is not None and abs(claim.rate.start - claim.out.end) <= _BESIDE
    if times and (claim.rate.kind == "points" or is_paid_out):
        return True
    return claim.rate.kind != "fen" and any(_stands_alone(scan, time, claim.rate) for time in times)


def _touches(each: Token, rate: Token) -> bool:
    """年7%, 月8%-15%, 9.2%/年: a bare period and its rate, written as one."""
    if each.text[0] in "/(":
        return each.start - rate.end in (0, 1)
    return len(each.text) == 1 and rate.start - each.end in (0, 1)


def _stands_alone(scan: Scan, time: Token, rate: Token) -> bool:
    """每月4%-8%， and 一天千分之四，: nothing but the period and the rate."""
    if time.end > rate.start or (time.kind == "length" and (not time.period or time.period.count != 1)):
        return False
    gap = _PLAIN_GAP.fullmatch(scan.text, time.end, rate.start)
    if gap is None:
        return False
    if CLAUSE_ENDS.match(scan.text, rate.end):
        return True
    return time.kind == "each" and not _OFFERS.isdisjoint(scan.around.sentence(time.start, rate.end).kinds)


def is_something_else(scan: Scan, claim: Claim) -> bool:
    """Whether the stretch before the rate, or the word behind it, speaks of a tax, a fee, a share, a growth."""
    rate = claim.rate
    is_piece_price = rate.kind == "fen" and _PER_PIECE.search(scan.text, claim.stretch_start, rate.start)
    if is_piece_price or _is_refund(claim) or "something_else" in (kinds := _kinds_before(scan, claim)):
        return True
    if "reference" in kinds and (rate.value or 0) <= _MOST_REFERRED:
        return True
    before = max((token.end for token in claim.used if token.end <= rate.start), default=claim.stretch_start)
    is_change = "change" in scan.around.kinds(before, rate.start) and not _LEVEL.search(scan.text, before, rate.start)
    if is_change or _TAKEN_OFF.search(scan.text, before, rate.start):
        return True
    if claim.income is not None and "租" in claim.income.text:
        return False
    return _SOMETHING_ELSE_AFTER.match(scan.text, rate.end) is not None


def _is_refund(claim: Claim) -> bool:
    """提前15天打招呼可退九成: a share of what was paid, not a gain."""
    is_refund = claim.income is None and claim.out is not None and claim.out.text in _REFUNDS
    return is_refund and (claim.rate.value or 0) > _HALF_BACK


def _kinds_before(scan: Scan, claim: Claim) -> frozenset[str]:
    first = min((token.start for token in claim.used), default=claim.stretch_start)
    return scan.around.kinds(max(claim.stretch_start, first - _NEARBY), claim.rate.start)
