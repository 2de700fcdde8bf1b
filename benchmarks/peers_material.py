"""What the peers are asked: word list, probes, coincidences inside words, disguised pitches. Data, no engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from evasions import Pair, listed_words, terms_of
from rewriting import BY_WORD, chinese_words, rewrite

from risk_screen.rules.rulebook import Rulebook

SEED = 20261123
FAMILIES = (*BY_WORD, "traditional", "several")
"""Families that disguise words (digits and contact slang have no word of the list in them)."""
CARRIER = "我们的项目{}，放心投资"
"""A probe is asked alone and inside this sentence: what is read by sound is read for its surroundings."""

PROBES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("保-本", ("保本",)),
    ("稳賺不賠", ("稳赚不赔",)),
    ("保 本", ("保本",)),
    ("保·本", ("保本",)),
    ("保。本", ("保本",)),
    ("保\u200b本", ("保本",)),
    ("保😀本", ("保本",)),
    ("保★本", ("保本",)),
    ("保\u3000本", ("保本",)),
    ("保\n本", ("保本",)),
    ("呆本", ("保本",)),
    ("亻呆本", ("保本",)),
    ("保夲", ("保本",)),
    ("bao本", ("保本",)),
    ("baoben", ("保本",)),
    ("宝本高收溢", ("保本", "高收益")),
    ("月㊀息", ("月息",)),
    ("投 资 理 财", ("投资理财",)),
    ("年华18%", ("年化",)),
    ("高収益", ("高收益",)),
    ("本保高收益", ("保本",)),
)
"""Short spelling variants with the words that have to be reported: probes for evasions, not examples to learn from.

They were chosen to try another program's folding before ours was written, and stand in no rule, lexicon or corpus.
"""

_COINCIDENCES = """
理财=代理财务 代理财税 办理财产 管理财务 处理财务 受理财产
基金=镍基金属 铁基金属
融资=金融资讯
信托=通信托管 短信托管
集资=收集资料 采集资源 征集资讯
解债=了解债券 理解债权
传销=宣传销售
下线=生产线下线
直销=垂直销售
分红=十分红火
保本=环保本色
保底=环保底漆
带单=携带单据
分利=充分利用
标会=目标会员 中标会议
合会=综合会议
会员=董事会员工
还本=偿还本公司债务
返本=往返本市
股金=控股金属
众筹=大众筹备
担保=承担保洁
支付=开支付款
配资=搭配资料
代币=现代币种
银行=白银行情
增值=增值税
保险=保险柜 保险杠 保险丝
日化=日化用品
互助=互助土族自治县
"""
COINCIDENCES = tuple(
    (word, host)
    for word, _, hosts in (line.partition("=") for line in _COINCIDENCES.split("\n"))
    for host in hosts.split()
)
"""A listed word and an innocent phrase in which its characters stand, most of them across a border of words."""


@dataclass(frozen=True)
class Material:
    """Texts to time by kind; pitches and harmless texts of the validation part; the pitches disguised."""

    texts: dict[str, list[str]]
    pitches: list[str]
    harmless: list[str]
    pairs: list[Pair]


def plain_words(book: Rulebook) -> tuple[str, ...]:
    """The one list all programs are given: the marketing channel's plain terms and every word asked for here."""
    rules = (rule for rule in book.rules if "marketing" in rule.channel)
    terms = {term for rule in rules for term in terms_of(rule.match, book)}
    asked = {word for _, words in PROBES for word in words} | {word for word, _ in COINCIDENCES}
    return tuple(sorted(term for term in terms | asked | listed_words(book) if len(term) > 1))


def disguised(pitches: list[str], book: Rulebook) -> Iterator[Pair]:
    """Each pitch once for each family, with listed words disguised; where nothing changes there is no pair."""
    listed = listed_words(book)
    for number, text in enumerate(pitches):
        places = [(start, end) for start, end in chinese_words(text) if text[start:end] in listed]
        words = {text[start:end] for start, end in places}
        for family in FAMILIES:
            rewritten = rewrite(text, family, places, Random(f"{SEED} {family} {number}"))
            gone = tuple(sorted(word for word in words if word not in rewritten))
            if gone:
                yield Pair(family, str(number), text, rewritten, gone)
