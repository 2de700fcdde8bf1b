"""Which sums of a text are paid in and which are paid back, told by the verb or noun next to each."""

import re
from dataclasses import dataclass

from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_tokens import BREAKS, NUMBERS, Token

_BEFORE, _BEFORE_BARE, _AFTER = 10, 8, 4
"""Characters between a sum and the word before it (closer for a bare number) or after it."""

_OF_A_PROJECT = re.compile(
    r"[减省降抵][少去]?$|银行[^,，。;；!！?？\n]{0,4}$|(?:估值|额度|规模|还?剩余?|已筹|目标|借款(?:金额)?|评估价?|市值|总额|余额|流水|注册资本|发行价)[^,，。;；\n]{0,3}$"
)
_OF_YOURS = re.compile(r"[您你]")
_COLUMN_GAP = re.compile(r" ?[|│┃] ?")
_BESIDE = 3
_FAR = 40
"""Characters after which 拿 starts a new offer: 拿10万出来 and not 每月拿2000."""

_PAYS_IN = frozenset({"in", "principal"})
_PAYS_OUT = frozenset({"out", "income", "yield"})
_TIME_KINDS = frozenset({"each", "yield", "length"})
_ADVERBS = re.compile(r"[^,，。;；!！?？\n抵交缴付租需费薪省限顶]{0,8}")
_PER_PIECE_BEFORE = re.compile(
    r"(?:(?:原|售|总|单|机|房|铺)价|每(?![年月天日周季晚个])|一[台套份根股亩头棵间只箱瓶克平张单柜枚盒片株桶坛辆部座提])"
    r"(?![^\n]{0,6}每[年月天日周季])[^,，。;；:\n0-9]{0,6}$"
)
_TAKEN_BACK = re.compile(r"\s?(?:收(?=[,，。!！;；走回\s]|$)|回收|回购|买回|取走|取回)")
_TURNS_INTO = re.compile(r"\s?(?:就|能|可以?)?变(?:成|为)?[0-9一二两三四五六七八九十百]")
_GIVEN = re.compile(
    r"[^,，。;；!！?？\n0-9一二两三四五六七八九十]{0,8}?(?:[给退还返补寄送]|打[到进给])(?:[您你我]|[^,，。\n]{0,2}卡)"
)
_LEAST_BARE = 100
"""A number without currency and verb is a sum of money from here on."""

_BARE_ENDS = re.compile(
    r"\s|$|[,，。；;、!！?？)）~]|(?:左右|以上|起|现金|积分|块|多|整|的|钱|就|即|收(?:$|[,，。!！]))"
)
_PER_PIECE_AFTER = re.compile(
    r"\s?(?:一|/|每)[台套份根股亩头棵间只箱瓶克平张单柜枚盒片株桶坛个组户席位架块窗池筐脚口桩节垄窝匹车窖提杯](?!月|季|星)|(?:的|一张)(?:卡|会员|档|股)"
)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money with the word that governs it.

    ``role`` is ``paid`` or ``back``; without such a word ``regular`` (beside a time) or ``loose``.
    """

    index: int
    token: Token
    role: str
    governor: Token | None = None

    @property
    def start(self) -> int:
        """Where the sum or its word begins."""
        return min(self.token.start, self.governor.start) if self.governor else self.token.start

    @property
    def end(self) -> int:
        """Where the sum or its word ends."""
        return max(self.token.end, self.governor.end) if self.governor else self.token.end


def sums_of(scan: Scan) -> list[Sum]:
    """Sums of money in order, each with its role."""
    found: list[Sum] = []
    for index in scan.at("money", "bare"):
        token = scan.tokens[index]
        if token.kind == "money" or (token.kind == "bare" and _is_whole(scan, index)):
            if _OF_A_PROJECT.search(scan.text, max(0, token.start - 8), token.start):
                continue
            read = _role(scan, index, found[-1] if found else None)
            if read is not None:
                found.append(read)
    return found


def _role(scan: Scan, index: int, before: Sum | None) -> Sum | None:
    token = scan.tokens[index]
    left, right = _left_word(scan, index), _right_word(scan, index)
    if is_paid_regularly(scan, index):
        return None
    if left is not None and token.start - left.end > _BESIDE and _PER_PIECE_AFTER.match(scan.text, token.end):
        left = None  # 返租8年旺铺15万一间
    governor = None if _TURNS_INTO.match(scan.text, token.end) else _choose(token, left, right)
    if governor is None or (governor.kind == "out" and _pays_for_next(scan, index)):
        role = _role_without_word(scan, index) or _role_in_row(scan, index, before)
        return Sum(index, token, role) if role else None
    if governor.kind == "take" and _OF_YOURS.match(scan.text, governor.end):
        return Sum(index, token, "paid", governor)
    if governor.kind == "take":
        is_first = before is None or token.start - before.token.end > _FAR
        return Sum(index, token, "paid" if is_first else "back", governor)
    return Sum(index, token, "paid" if governor.kind in _PAYS_IN else "back", governor)


def _role_in_row(scan: Scan, index: int, before: Sum | None) -> str | None:
    """A small number in the column next to a sum: 3600 | 15 | 365天."""
    gap = scan.text[before.end : scan.tokens[index].start] if before else ""
    return "loose" if gap and _COLUMN_GAP.fullmatch(gap) else None


def _role_without_word(scan: Scan, index: int) -> str | None:
    """Role by what stands around a sum: a piece, a time, a 收 behind it; None for a small bare number."""
    token = scan.tokens[index]
    if _is_price(scan.text, token) or _TURNS_INTO.match(scan.text, token.end):
        return "paid"
    if _TAKEN_BACK.match(scan.text, token.end) or _GIVEN.match(scan.text, token.end):
        return "back"
    if _stands_by_time(scan, index):
        return "loose" if _pays_for_next(scan, index) else "regular"
    is_small = token.kind == "bare" and (token.value or 0) < _LEAST_BARE
    return None if is_small else "loose"


def _pays_for_next(scan: Scan, index: int) -> bool:
    """这月新客一万给一百二一个月: a smaller sum follows at once, with no more than a verb or a time between."""
    token, following = scan.tokens[index], scan.tokens[index + 1 : index + 4]
    for position, word in enumerate(following):
        if word.kind in ("money", "bare"):
            return position > 0 and word.start - token.end <= _BEFORE and (word.value or 0) < (token.value or 0)
        if word.kind not in ("out", "take", "length", "each") or word.text[0] == "/":
            return False
    return False


def _is_whole(scan: Scan, index: int) -> bool:
    """Whether a bare number stands alone: 返1000，or 充1000返; not 送大米10袋."""
    token, following = scan.tokens[index], scan.tokens[index + 1 : index + 2]
    before = scan.tokens[index - 1] if index else None
    if (
        before is not None
        and before.end == token.start
        and before.kind in _PAYS_OUT
        and (token.value or 0) >= _LEAST_BARE
    ):
        return True
    if any(word.start == token.end for word in following) or _BARE_ENDS.match(scan.text, token.end):
        return True
    return _PER_PIECE_AFTER.match(scan.text, token.end) is not None


def _choose(token: Token, left: Token | None, right: Token | None) -> Token | None:
    """The word before a sum governs it, unless it is a noun farther off than a verb of paying in right behind."""
    if left is None or right is None:
        return left or right
    is_behind = right.start - token.end <= 1
    if right.kind == "buy_back":
        return right if is_behind else left
    is_noun_before = left.kind in ("income", "yield") and token.start - left.end > 1
    return right if is_behind and right.kind in _PAYS_IN and is_noun_before else left


def _left_word(scan: Scan, index: int) -> Token | None:
    token = scan.tokens[index]
    reach = _BEFORE_BARE if token.kind == "bare" else _BEFORE
    for j in range(index - 1, max(-1, index - 5), -1):
        word = scan.tokens[j]
        if token.start - word.end > reach or word.kind in BREAKS or word.kind in NUMBERS:
            return None
        if (
            word.kind == "principal"
            and j
            and scan.tokens[j - 1].kind == "out"
            and word.start - scan.tokens[j - 1].end <= 2
        ):
            return scan.tokens[j - 1]
        if word.kind in _PAYS_IN or word.kind in _PAYS_OUT or word.kind == "take":
            return word
        if word.kind == "buy_back" and token.start - word.end <= _BESIDE:
            return word
    return None


def _right_word(scan: Scan, index: int) -> Token | None:
    tokens = scan.tokens
    if tokens[index].kind == "bare" or index + 1 >= len(tokens):
        return None
    word = tokens[index + 1]
    if word.kind == "in" and _stands_by_time(scan, index):
        return None  # 一个月补一百五的买菜钱
    if word.start - tokens[index].end > _AFTER or word.kind not in ("in", "principal", "income", "buy_back"):
        return None
    following = tokens[index + 2] if index + 2 < len(tokens) else None
    governs_next = following is not None and following.kind in NUMBERS and following.start - word.end <= 3
    return None if governs_next and word.kind in ("income", "principal") else word


def is_paid_regularly(scan: Scan, index: int) -> bool:
    """Whether a sum is paid in again and again, not once: 每月存1000元."""
    each, verb = scan.tokens[max(0, index - 2) : index] if index >= 2 else (None, None)
    if each is None or verb is None or each.kind != "each" or verb.kind != "in":
        return False
    return each.text[0] == "每" and verb.start - each.end <= _BESIDE


def _stands_by_time(scan: Scan, index: int) -> bool:
    """每月四百, 一天大约四十八九, 一年后22000, 48元/天: a time and nothing but an adverb beside the sum."""
    token = scan.tokens[index]
    before = scan.tokens[index - 1] if index else None
    if before is not None and before.kind in _TIME_KINDS and _ADVERBS.fullmatch(scan.text, before.end, token.start):
        return True
    after = scan.tokens[index + 1] if index + 1 < len(scan.tokens) else None
    return after is not None and after.kind == "each" and after.start - token.end <= 1 and after.text[0] == "/"


def _is_price(text: str, token: Token) -> bool:
    if _PER_PIECE_AFTER.match(text, token.end):
        return True
    return _PER_PIECE_BEFORE.search(text, max(0, token.start - 9), token.start) is not None
