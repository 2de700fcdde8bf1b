"""A sum paid and a sum back that belong together, and how long and how often: what a deal says."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from risk_screen.text.amounts import Period, read_length
from risk_screen.text.promise_claims import CLAUSE_ENDS
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_roles import Sum
from risk_screen.text.promise_surroundings import Sentence
from risk_screen.text.promise_tokens import NUMBERS, Token

_BEFORE_PAID, _BEHIND, _INSTALMENTS_BEHIND = 12, 6, 24
"""Characters between a length of time and the sum it belongs to."""

_FOLLOWING = 16
_PHASES = "前后头中"
_LOANS = frozenset({"loan", "credit"})
_TIME_KINDS = frozenset({"each", "yield", "length"})
_INTEREST = re.compile(
    r"息|收益|回报|报酬|红|补贴|租|赚|挣|盈|奖|福利|生活费|养老金|增值|升值|溢价|返利|获利|释放|月入"
)
_WITH_PRINCIPAL = re.compile(r"本息|连本带")
_DEARER = re.compile(r"(?:高出|加价|溢价|上浮|多出?)\s?$")
_CASH = re.compile(r"现金|返现|提现")
_CREDIT_VERBS = re.compile(r"充|储值|预存|办理|消费")
_PRINCIPAL_BACK = re.compile(
    r"还本|返本(?!销售)|退本|本全[退返还]|(?:照|原样|原路|按(?:总价|购价|本金))[^,，。;；\n]{0,4}(?:收|退|还|返|回|接)|(?:[退还]|拿走|收回)[您你我](?=$|[,，。;；!！\n])"
    r"|本[金钱](?:[您你]?[^,，。;；\n]{0,4}(?:随时|端|拿回|取回|退|还))|(?:原价|全额|原数|如数)(?:退|返|收回|回购|回收|返还|退还)|退卡金|卡金[全照]?退|"
    r"到期收本|本金(?:全额|全部|如数|一次性|另|照)?(?:返还|退还|归还|退|还|返|收回|取回|赎回)"
    r"|[返退归收取拿](?:还|回)?(?:全部|所有)?本金"
)
_PRINCIPAL_INCLUDED = re.compile(r"不(?:另|再|需)?[还退返]本|本金不(?:退|还|返)|含本|返完|返满|全返")
_PAYBACK = re.compile(r"[^,，。;；\n]{0,4}(?:回本|收回|回收)")
_TO_READER = re.compile(r"返|领|分|给[你您]|回|赚|到账")
_ARRIVES = re.compile(rf"\s?(?:后|内)?(?:到账|到手|兑付|结清|到期|周期|[打发返付给])|{CLAUSE_ENDS.pattern}")
_BROUGHT_IN = re.compile(r"推荐|介绍|引荐|拉(?:一|人|个|新)|邀请|带(?:来|一[人位个]|两位|人|朋友|新)|转发|一单|成交")
_TOTAL = re.compile(r"(?:[共总]计?|累计|合计)[返得领收拿可能回]{0,2}$")


@dataclass(frozen=True, slots=True)
class Times:
    """How often money comes back and for how long; ``end`` is where the last word of time ends."""

    each: Period | None
    length: Period | None
    end: int

    @property
    def has_period(self) -> bool:
        """Whether the text states any time at all."""
        return self.each is not None or self.length is not None


@dataclass(frozen=True, slots=True)
class Deal:
    """Money paid in and money promised back."""

    scan: Scan
    paid: Sum
    back: Sum
    start: int
    end: int

    @classmethod
    def between(cls, scan: Scan, paid: Sum, back: Sum) -> "Deal":
        """Deal of two sums."""
        return cls(scan, paid, back, min(paid.start, back.start), max(paid.end, back.end))

    @property
    def sentence(self) -> Sentence:
        """The sentence around both sums."""
        return self.scan.around.sentence(self.start, self.end)

    @property
    def line(self) -> str:
        """Text of its sentence."""
        sentence = self.sentence
        return self.scan.text[sentence.start : sentence.end]

    @property
    def verb(self) -> str:
        """Word of paying in, empty where none is needed."""
        return self.paid.governor.text if self.paid.governor else ""

    @property
    def back_word(self) -> str:
        """Word of paying out."""
        return self.back.governor.text if self.back.governor else ""

    @property
    def paid_yuan(self) -> Decimal:
        """Sum paid in, in yuan."""
        return self.paid.token.value or Decimal(1)

    @property
    def back_yuan(self) -> Decimal:
        """Sum back, in yuan."""
        return self.back.token.value or Decimal(0)

    @property
    def price_comes_back(self) -> bool:
        """Whether the very sum paid is named again behind the sum back: 一月五百，十年后九万退我."""
        following = self.scan.tokens[max(self.back.index, self.paid.index) + 1 :][:_FOLLOWING]
        return any(token.kind in ("money", "bare") and token.value == self.paid.token.value for token in following)

    @property
    def is_buy_back(self) -> bool:
        """Whether 回购 or 回收 stands next to the sum back, before or after it."""
        back = self.back.token
        near = self.scan.tokens[max(0, self.back.index - 2) : self.back.index + 2]
        return any(t.kind == "buy_back" and t.start - back.end <= 4 and back.start - t.end <= 4 for t in near)

    @property
    def is_credit(self) -> bool:
        """Whether what is paid in is a card balance or spending (充值, 消费)."""
        return _CREDIT_VERBS.search(self.verb) is not None or self.back_word in ("送", "赠送", "赠")

    @property
    def is_of_something_else(self) -> bool:
        """Whether wages, rents, deposits for damages stand next to the sums."""
        text, start = self.scan.text, max(0, self.start - 10)
        clause = max(start, text.rfind(",", start, self.start), text.rfind("\n", start, self.start))
        return "not_paid_in" in self.scan.around.kinds(clause, self.end + 6)

    @property
    def offer(self) -> Sentence:
        """Its sentence; words of a loan do not count where the money goes to the reader (每月返您, 领)."""
        sentence = self.sentence
        if not sentence.kinds.isdisjoint(_LOANS) and _TO_READER.search(self.back_word):
            return replace(sentence, kinds=sentence.kinds - _LOANS)
        return sentence

    @property
    def is_commission(self) -> bool:
        """Whether the sum back is paid for bringing somebody in (带两位朋友每人再得200元)."""
        start, end = self.paid.token.end, self.back.token.start
        return _BROUGHT_IN.search(self.scan.text, max(start, end - 16), end) is not None

    @property
    def kind(self) -> str | None:
        """Kind where the verbs tell it: bought back, credit paid out in cash."""
        if self.is_buy_back:
            return "buy_back"
        if self.is_credit:
            return "cash" if _CASH.search(self.scan.text, self.start, self.end + 4) else "store_credit"
        return None

    @property
    def is_interest(self) -> bool:
        """Whether the sum back is a gain on top of the sum paid, by its word (利息, 分红, 赚)."""
        if _WITH_PRINCIPAL.search(self.back_word):
            return False
        start = self.back.token.start
        return (
            _INTEREST.search(self.back_word) is not None or _DEARER.search(self.scan.text, start - 4, start) is not None
        )

    def repeats_the_sum(self, times: Times) -> bool:
        """到期还本10万, 共返13万 after 每月返2000: the same money said again, not a further promise."""
        between = self.scan.tokens[self.paid.index + 1 : self.back.index]
        if not any(token.kind in ("money", "bare") for token in between):
            return False
        start = self.back.start
        is_total = _TOTAL.search(self.scan.text, max(0, start - 6), start) is not None
        return is_total or not times.has_period or self.back_yuan >= self.paid_yuan

    def includes_principal(self, times: Times) -> bool:
        """Whether what comes back repays the sum paid as well.

        Without a word of interest a sum back that is not smaller than the sum paid includes it, and so do
        instalments that add up to more than it, unless the principal is promised besides.
        """
        if times.each is None or times.length is None:
            return not self.is_interest and self.back_yuan >= self.paid_yuan
        if _PRINCIPAL_INCLUDED.search(self.line):
            return True
        if self.is_interest or _PRINCIPAL_BACK.search(self.line) or self.price_comes_back:
            return False
        return self.back_yuan * times.length.years / times.each.years >= self.paid_yuan


def times_of(deal: Deal) -> Times:
    """Read the times of a deal: the one next to the sum back first, then how long it goes on."""
    own = _own_time(deal) or _time_before_paid(deal)
    if own is None or own.period is None:
        return Times(None, None, deal.end)
    if own.text[0] in _PHASES:  # 前三年租金29.4万
        return Times(None, read_length(own.text[1:]), max(deal.end, own.end))
    further = _further_length(deal, own)
    end = max(deal.end, own.end, further[1])
    is_smaller = deal.back_yuan < deal.paid_yuan or deal.is_interest
    if own.kind == "length" and not (own.period.count == 1 and (further[0] or is_smaller)):
        return Times(None, own.period, end)
    if own.kind != "length" and further[0] is None and not is_smaller:
        return Times(None, own.period, end)  # 年底拿回11万: once, not every year
    return Times(own.period, further[0], end)


def _own_time(deal: Deal) -> Token | None:
    """Nearest time before the sum back, not across another number; else one straight behind it."""
    tokens, back = deal.scan.tokens, deal.back
    behind = tokens[back.index + 1] if back.index + 1 < len(tokens) else None
    if behind is not None and behind.text[0] == "/" and behind.kind == "each" and behind.start - back.end <= 1:
        return behind
    stop = deal.paid.index if deal.paid.index < back.index else max(-1, back.index - 6)
    for token in reversed(tokens[stop + 1 : back.index]):
        if token.kind in NUMBERS:
            break
        if token.kind in _TIME_KINDS:
            return token
    return _time_behind(deal)


def _time_behind(deal: Deal) -> Token | None:
    """1万变3万，只要90天; 分红2000元/月; but not 赠1000积分，积分每天释放万分之五."""
    text, end = deal.scan.text, deal.back.end
    for token in deal.scan.tokens[deal.back.index + 1 : deal.back.index + 4]:
        if token.start - end > _BEHIND or token.kind in NUMBERS or token.kind == "stop":
            return None
        if token.kind in _TIME_KINDS:
            crosses = "," in text[end : token.start]
            return token if not crosses or _ARRIVES.match(text, token.end) else None
    return None


def _time_before_paid(deal: Deal) -> Token | None:
    """一年期，投10万返11万."""
    index = deal.paid.index
    for token in reversed(deal.scan.tokens[max(0, index - 4) : index]):
        if deal.paid.start - token.end > _BEFORE_PAID or token.kind in NUMBERS or token.kind == "stop":
            return None
        if token.kind == "length":
            return token
    return None


def _further_length(deal: Deal, own: Token) -> tuple[Period | None, int]:
    """Another length of time, or a number of instalments, in the same line: 每月返6000元，返24个月."""
    tokens, first, last = deal.scan.tokens, min(deal.paid.index, deal.back.index), max(deal.paid.index, deal.back.index)
    for token in tokens[first + 1 : last + 9]:
        if token.start - deal.end > _INSTALMENTS_BEHIND or (token.kind == "stop" and token.start > deal.end):
            break
        if token.start > deal.end and token.kind in NUMBERS:
            break
        if token.kind == "length" and token is not own and not _is_payback_time(deal.scan, token):
            return token.period, token.end
        if token.kind == "instalments" and token.value and own.period is not None:
            return Period(own.period.count * token.value, own.period.unit), token.end
    return None, deal.end


def _is_payback_time(scan: Scan, length: Token) -> bool:
    """100天回本 says when the money is back, not how long it is paid."""
    return _PAYBACK.match(scan.text, length.end) is not None
