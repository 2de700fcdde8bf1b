"""rules/evasions.yaml: what it reads, and ordinary sentences in which the same sounds stand and nothing is read."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from risk_screen.rules.evasions import evasion_tables
from risk_screen.rules.reference import EvasionsFile
from risk_screen.text.evasion_reading import EvasionReader
from risk_screen.text.evasive_words import EvasionTables
from risk_screen.text.folding import Folding
from risk_screen.text.segmentation import Segmenter
from risk_screen.text.syllables import Syllables

ROOT = Path(__file__).parents[2]
FILE = ROOT / "rules" / "evasions.yaml"
FOLDING = Folding.from_tables(
    {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "rules" / "folding").glob("*.tsv")}
)

READ = """
一万一年给一千二[礼息=利息]，到期[本斤=本金]退 homophone
本产品[保笨=保本]，年[收溢=收益]12% homophone
稳健[李财=理财]产品，年化8% homophone
[投姿=投资]一万，每天[反利=返利]五十 homophone
[养佬院=养老院]床位预订，[稳转不陪=稳赚不赔] homophone
公司[集姿=集资]盖楼，月息两分 homophone
把[本津=本金]放进来，吃[里西=利息]，本钱随时退 homophone
[年华=年化]18%，按月[派系=派息] homophone
[原石股=原始股]认购，上市翻十倍 homophone
[比特毕=比特币][挖况=挖矿]，每月回本 homophone
[冲植=充值]一千，分红两千 homophone
[区块连=区块链]上的，锁仓翻倍 homophone
[资今盘=资金盘]拉人头 homophone
[bao本=保本][fu息=付息]，[nian化=年化]12% pinyin
[投zi=投资]一万，[收yi=收益]两千 pinyin
[touzi=投资]一万，每月[fan利=返利]五百 pinyin
[tou zi=投资]一万，每月[fen hong=分红]五百 pinyin
[baoben=保本] [touzi=投资] [nianhua=年化]12% pinyin
[年hua=年化]12%，[li cai=理财]首选 pinyin
[li 财=理财]，[bao 息=保息]20 [年 hua=年化] pinyin
[TZ=投资]门槛低，[BB=保本]保息 initials
月息3分，[LC=理财]首选 initials
【[zjp=资金盘]零风险】静态10个点 initials
[月x=月息]2分 initials
报名[加薇=加微信]：zz***26 contact_slang
详情[加V=加微信] contact_slang
[威信=微信]号 abc12345 contact_slang
[扣扣群=qq群]12****78 contact_slang
[理贝才=理财]年化8% split_character
[投次贝=投资]一万返两千 split_character
[保💰本=保本]，[返🧧现=返现] emoji
[保。本=保本]，年化8% separator
[返，现=返现]五百元 separator
"""

TRAPS = """
村里财务公开栏：本季支出3万元
这里才是收益最高的地块，亩产两千元
从家里菜园子摘的，卖了三十元
物质富足，才富有生活气息，存款十万又如何
自带饭包本身不收费，门票50元一份
旧书一包本周卖完，收入500元
本村利西村小组发放补贴300元
垦利区利西街道改造，总投资两亿元
李西先生捐款500元
捐款名单：李希500元，王强200元，傅立100元
李财先生向我借款3万元，写了借条
感谢李彩女士讲解贷款政策
傅西镇到期的合同有二十份，押金已退
从历史上是看不出投资环境的
理论上是可行的，收益也不错
这本绘本30元，两本50元
酒店大堂副理处理退款300元
拿到手一看，奖金五千元
在车里洗了3次，每次20元
父亲离席去付款，一共80元
靠传统手艺年收入十万元
受益人是他女儿，保险金额十万元
能力都体现在奖金里
废旧物资的处置收入二十万元
领导班子的威信和奖金无关
树立威信，比这两万元更要紧
开办福利院，投资百万元
好好复习，考上了奖励500元
他是施工队的头子，工资八千元
紫禁城门票60元，预存打折
餐厅备料几尽，又进了两万元的货
思想很激进，炒股亏了十万
把钱存进银行，一年定存利息一千元
返礼品30份，每份20元
他会远行，存款全带走
让孩子尽情玩耍，门票30元
每小时日转三圈，电费2元
新人养成好习惯，奖励50元
个人只付八十元，余款由公司补贴
先转钱给我，500元
还欠人家砖钱两万元没结
我家时代款式新颖，售价300元
宽带升级，每月带宽100兆，100元
银杏树苗每棵30元
衣服上时髦的图案卖点，售价200元
坏评太多，平均每单赔50元
英里换算：每公里2元
按月喜欢换手机的人，贷款也多
今年话剧票80元，学生半价
年画展门票免费，画册60元
豆蔻年华，学费两千元
积字成文，稿费千字两百元
工资照发，不陪跑也有奖金
谁不配拥有奖金
小菲消费200元
本近千页，定价80元，存款单夹在里头
收一份押金20元
这边收衣店转让，转让费三万元
收衣店每月15日收衣，押金三百元
风险综合评级为BB类，赔付31万元
全年里收入五万元
一年里存款多了两万元
八厘钱一根的吸管，利润很薄
保教费1980元，按月缴纳
拆机退光猫押金100元
屋里牵了网线，每月80元
上使馆办签证，费用500元
同事们看了都说值，一张200元
房与房之间是放杂物的，押金200元
三月里存款利率下调
师傅及收货人都签了字，运费30元
只押身份证不押金，200元一天
服务及差评都在网上，退款50元
人领一份，每份奖金200元
月如银盘，江边民宿一晚300元
回原单位报销，发票二百元
子进了重点中学，奖学金两千元
为新同学补贴路费200元
及进一步降低贷款利率
面料LC码，售价199元
LC电路板每块5元
BB霜39元一支，会员价35元
TZ品牌手套10元一双
WH40型耳机999元
新款加V领毛衣，两件100元
冬装加v形领设计，扫码看款
加威士忌的咖啡30元
加维生素的牛奶5元
咖啡加V糖，领取时请说明
大王里财最多，收入上亿元
汽车专账登记，每辆50元
这是一家反正不亏的店，利润不高
"""

OUTSIDE = """
坚守环保本色，投入资金两万元
商铺转租，押金两万元
汇集资料费20元，募集资金另算
收集资源信息，一份30元
用PPT讲解产品，门票30元
餐厅加微波炉一台，联系物业
主卧加卫生间一间，装修两万元
旧网址www.touzi.com已停用，收益页改版
账号licai888余额5元，基金另计
邮箱lixi@example.com收存款通知
网址 baoben-fuxi.cn 与利息无关
来自心底的感谢，奖金500元
发💰了，群里领🧧
在此基础上，市场投资增加两成
立场几变，现有贷款三万元
他只返，现在又要返利
老板说：“保”，本钱两万元就这样没了
"""


@cache
def tables() -> EvasionTables:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return evasion_tables(EvasionsFile(**content), lambda text: FOLDING.fold(text).text, FOLDING.characters_of("emoji"))


@cache
def reader() -> EvasionReader:
    return EvasionReader(tables(), Segmenter())


def taken_apart(case: str) -> tuple[str, list[tuple[str, str]], str]:
    """Text, its [spelling=word] pairs, and the step."""
    marked, _, step = case.rpartition(" ")
    text, pairs = "", []
    while "[" in marked:
        before, _, rest = marked.partition("[")
        pair, _, marked = rest.partition("]")
        spelling, _, word = pair.partition("=")
        text += before + spelling
        pairs.append((spelling, word))
    return text + marked, pairs, step


@pytest.mark.parametrize("case", READ.strip().splitlines())
def test_a_spelling_is_read_as_its_word_and_quoted_as_it_was_written(case: str) -> None:
    text, pairs, step = taken_apart(case)
    read = reader().read(FOLDING.fold(text))
    at = 0
    for spelling, word in pairs:
        at = read.text.index(word, at)
        assert read.quote(at, at + len(word)) == spelling
        assert step in read.steps(at, at + len(word))
        at += len(word)


@pytest.mark.parametrize("text", [*TRAPS.strip().splitlines(), *OUTSIDE.strip().splitlines()])
def test_an_ordinary_sentence_is_left_as_it_is(text: str) -> None:
    folded = FOLDING.fold(text)
    assert reader().read(folded) is folded


@pytest.mark.parametrize("text", TRAPS.strip().splitlines())
def test_each_trap_holds_the_sound_or_a_listed_spelling_of_a_word(text: str) -> None:
    folded = FOLDING.fold(text).text
    assert spellings_in(folded), "the sentence proves nothing"


def spellings_in(text: str) -> list[tuple[str, str]]:
    """Every spelling and its word, before anything is judged."""
    syllables = Syllables(tables().sounds)
    sounded = syllables.sound(text)
    words = {entry.word for entry in tables().words}
    found: list[tuple[str, str]] = []
    for entry in tables().words:
        found += [(spelling, entry.word) for spelling in entry.written if spelling in text]
        for codes in syllables.patterns(entry.word, entry.reading):
            at = sounded.codes.find(codes)
            if at >= 0:
                start, end = sounded.place(at, at + len(codes))
                found.append((text[start:end], entry.word))
    return [(spelling, word) for spelling, word in found if spelling not in words]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_evasions", ROOT / "tools" / "build_evasions.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sounds_are_what_their_generator_makes() -> None:
    assert FILE.read_text(encoding="utf-8").endswith(generator().sounds_yaml())


def test_every_word_can_be_heard_and_stands_once() -> None:
    words = [entry.word for entry in tables().words]
    syllables = Syllables(tables().sounds)
    assert len(words) == len(set(words))
    assert [
        e.word for e in tables().words if not e.word.startswith(("qq", "加qq")) and not syllables.patterns(e.word)
    ] == []


def test_no_listed_spelling_is_a_word_of_the_list_or_stands_for_two() -> None:
    written = [spelling for entry in tables().words for spelling in entry.written]
    assert {entry.word for entry in tables().words}.isdisjoint(written)
    assert sorted(s for s in set(written) if written.count(s) > 1) == []
