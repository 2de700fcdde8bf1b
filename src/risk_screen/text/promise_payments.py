"""Promises of money for money: 投10万一年返13万, 一万块一个月给一百五, 18万认购一根充电桩，一个月分4320元."""

import re
from collections.abc import Iterator
from decimal import Decimal

from risk_screen.text.amounts import Period
from risk_screen.text.promise import Promise
from risk_screen.text.promise_context import Scan
from risk_screen.text.promise_deals import Deal, Times, times_of
from risk_screen.text.promise_roles import Sum, sums_of
from risk_screen.text.promise_rows import table_rows
from risk_screen.text.promise_sums import Payment, bare_promise, credit_promise, payback_promise, payment_promise

_APART = 60
"""Characters between the money paid and the money back: one or two clauses, or two line breaks of a list."""

_ANCHOR_REACH = 160
"""Characters over which a price is remembered for what it brings each month."""

_LEAST_YEARLY, _MOST_YEARLY = Decimal("0.03"), Decimal(20)
"""What a regular payment may come to in a year to belong to a price named sentences before."""

_LEAST_SHARE = 200
"""A two-hundredth a year is the least that is promised on a sum."""

_COMMAS = 3
_LINES = 2
_TIGHT = 24
"""Characters in 一万块一个月给一百五, where no verb of paying in is needed."""

_LOOSE = 40
"""Characters between two sums of which no verb says that the first is paid in."""

_LEAST_PRICE = 1_000
_TOLD = re.compile(r"给|返|打|发|领|补|贴|保底|不少于|分|账|多|赚|挣|变|收|利|息|租|回|得|本|到手|拿")
_NO_PRICE = re.compile(r"规模|额度|目标|估值|资本|剩|送|奖|免费|市场价|借款|融资|总额|补|赔|存管|交易")
_SHOP_VERBS = re.compile(r"购|买|订|只|仅|价|消费|交|缴|付|办")
_DEPOSIT_VERBS = re.compile(r"存|投|入|认|缴|交|借|资")
_DIVIDEND = re.compile(r"分红|红利|利息|返利|返息")
_GAIN = re.compile(r"息|收益|回报|分红|红利|赚|盈")
_UNTIL_PAID = re.compile(r"返[完满]")
_GOODS = re.compile(
    r"[^。；;\n]{0,12}?(?:送|免费|领|享|得|换)[^。；;\n,，]{0,8}?(?:床位|鸡蛋|大米|食用油|花生油|面粉|白酒|好酒|黄金|金条|银条|手机|电视"
    r"|冰箱|旅游|游轮|[0-9一二三四五六七八九十]日游|保健品|茶叶|礼品|礼包|家电|床垫|电动车|股权|原始股|期权|铺位|车位|墓位|门票|体检|蜂蜜"
    r"|羊奶|五粮液|茅台)"
)


def money_for_money(scan: Scan) -> Iterator[Promise]:
    """Promises of a sum for a sum, of store credit, and of goods for a deposit."""
    sums = sums_of(scan)
    for position, found in enumerate(sums):
        if position and _is_interest_first(scan, sums[position - 1], found):
            yield from _promise(Deal.between(scan, sums[position - 1], found))
        elif found.role in ("back", "regular"):
            paid = _paid_for(scan, sums, position)
            if paid is not None:
                yield from _promise(Deal.between(scan, paid, found))
        elif found.role == "paid":
            yield from _goods(scan, found)
    yield from table_rows(scan, sums)


def _paid_for(scan: Scan, sums: list[Sum], position: int) -> Sum | None:
    """The sum paid for a sum back: the nearest before it, else one right after it."""
    back = sums[position]
    for candidate in reversed(sums[max(0, position - 5) : position]):
        if candidate.role == "paid" and (_are_near(scan, candidate, back) or _is_anchor(scan, candidate, back)):
            return candidate
        if candidate.role == "loose" and candidate is sums[position - 1] and _needs_no_verb(scan, candidate, back):
            return candidate
        if candidate.role == "loose" and _is_loose_anchor(scan, candidate, back):
            return candidate
    following = sums[position + 1] if position + 1 < len(sums) else None
    if following is None or following.role != "paid" or not _are_near(scan, back, following):
        return None
    if back.role == "regular":
        return following if _is_plausible(scan, following, back) else None
    return following if times_of(Deal.between(scan, following, back)).has_period else None


def _is_anchor(scan: Scan, paid: Sum, back: Sum) -> bool:
    """每台2.68万元。二、收益：每月固定收益670元: a price named some sentences before what it brings each period."""
    if back.token.start - paid.token.end > _ANCHOR_REACH:
        return False
    deal = Deal.between(scan, paid, back)
    times = times_of(deal)
    period = times.each or (times.length if deal.back_yuan < deal.paid_yuan else None)
    if period is None:
        return False
    return _LEAST_YEARLY <= deal.back_yuan / deal.paid_yuan * period.per_year <= _MOST_YEARLY


def _is_loose_anchor(scan: Scan, price: Sum, back: Sum) -> bool:
    """标准树1980元，三年期。……每年返还428元: a price no word names, but what it brings each period is named."""
    is_told = back.governor is not None or _TOLD.search(scan.text, max(0, back.start - 10), back.end + 10)
    if not is_told or (price.token.value or 0) < _LEAST_PRICE or _is_anchor(scan, price, back) is False:
        return False
    return _NO_PRICE.search(scan.text, max(0, price.start - 8), price.start) is None


def _are_near(scan: Scan, first: Sum, second: Sum) -> bool:
    if second.token.start - first.token.end > _APART:
        return False
    between = scan.tokens[first.index + 1 : second.index]
    stops = [token.text for token in between if token.kind == "stop"]
    has_few_stops = len(stops) <= 1 or stops == ["\n"] * min(len(stops), _LINES)
    return has_few_stops and sum(token.kind == "comma" for token in between) <= _COMMAS


def _needs_no_verb(scan: Scan, first: Sum, second: Sum) -> bool:
    """Whether two sums make a deal without a verb of paying in: close together, or 股东卡98000元，每月分红5000元."""
    if _are_prices(scan, first, second):
        return False
    if _is_tight(scan, first, second):
        return True
    word = second.governor.text if second.governor else ""
    if _DIVIDEND.search(word) is not None and _is_next_clause(scan, first, second):
        return True
    return _are_near(scan, first, second) and _is_plausible(scan, first, second)


def _are_prices(scan: Scan, first: Sum, second: Sum) -> bool:
    """单日票380 两日680: two mere numbers, and no word of paying in or out."""
    if first.governor is not None or second.governor is not None:
        return False
    are_bare = first.token.kind == second.token.kind == "bare"
    return are_bare and _TOLD.search(scan.text, max(0, first.start - 12), second.end + 12) is None


def _is_plausible(scan: Scan, first: Sum, second: Sum) -> bool:
    if second.token.start - first.token.end > _LOOSE:
        return False
    deal = Deal.between(scan, first, second)
    times = times_of(deal)
    period = times.each or times.length
    if period is None:
        return False
    gain = deal.back_yuan - deal.paid_yuan if times.each is None and deal.back_yuan > deal.paid_yuan else deal.back_yuan
    return _LEAST_YEARLY <= gain / deal.paid_yuan * period.per_year <= _MOST_YEARLY


def _is_next_clause(scan: Scan, first: Sum, second: Sum) -> bool:
    kinds = [token.kind for token in scan.tokens[first.index + 1 : second.index]]
    near = second.token.start - first.token.end <= _TIGHT
    return near and kinds[:1] == ["comma"] and kinds.count("comma") == 1 and ("each" in kinds or "yield" in kinds)


def _is_tight(scan: Scan, first: Sum, second: Sum) -> bool:
    """一万块一天给二十五, 1万变3万: two sums with only a length of time and a verb between."""
    following = scan.tokens[first.index + 1]
    is_next = following.start - first.token.end <= 4 and second.token.start - first.token.end <= _TIGHT
    return is_next and (following.kind in ("length", "each", "yield") or following.text[0] == "变")


def _is_interest_first(scan: Scan, first: Sum, second: Sum) -> bool:
    """利息一万块钱一个月二百."""
    between = scan.tokens[first.index + 1 : second.index]
    return (
        second.governor is None
        and first.governor is not None
        and first.governor.kind == "income"
        and [token.kind for token in between] == ["length"]
        and second.token.start - first.token.end - len(between[0].text) <= 1
    )


def _promise(deal: Deal) -> Iterator[Promise]:
    times = times_of(deal)
    per_year = times.each.per_year if times.each else 1
    if deal.back_yuan * per_year < deal.paid_yuan / _LEAST_SHARE or deal.is_commission:
        return
    if deal.is_of_something_else or deal.repeats_the_sum(times) or _is_rebate(deal, times):
        return
    phrase = deal.scan.phrase(deal.start, times.end, deal.back.index, kind=deal.kind, sentence=deal.offer)
    if phrase is None:
        return
    if deal.is_credit and not times.has_period:
        yield credit_promise(phrase, deal.paid_yuan, deal.back_yuan)
    elif times.each is not None and times.length is None and _UNTIL_PAID.search(deal.line):
        instalments = deal.paid_yuan / deal.back_yuan
        yield payback_promise(phrase, Period(times.each.count * instalments, times.each.unit))
    else:
        includes = deal.includes_principal(times)
        yield payment_promise(phrase, Payment(deal.paid_yuan, deal.back_yuan, times.each, times.length, includes))


def _is_rebate(deal: Deal, times: Times) -> bool:
    """A shop that returns part of the price once lowers the price; it promises nothing."""
    if deal.back_yuan >= deal.paid_yuan or deal.is_buy_back or times.each is not None or _GAIN.search(deal.back_word):
        return False
    if deal.is_credit:
        return times.length is not None
    return times.length is None and _SHOP_VERBS.search(deal.verb) is not None


def _goods(scan: Scan, paid: Sum) -> Iterator[Promise]:
    """存5万送床位."""
    if paid.governor is None or not _DEPOSIT_VERBS.search(paid.governor.text):
        return
    gift = _GOODS.match(scan.text, paid.token.end)
    if gift is None:
        return
    sentence = scan.around.sentence(paid.start, gift.end())
    phrase = scan.phrase(paid.start, gift.end(), paid.index, kind="goods", sentence=sentence)
    if phrase is not None and "not_paid_in" not in sentence.kinds:
        yield bare_promise(phrase)
