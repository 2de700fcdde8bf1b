"""Families of wordings, each with what looks like it and promises nothing: one table of pairs a family."""

from typing import Any


def _rate(annual: float | None, **more: Any) -> list[dict[str, Any]]:
    return [{"annual_rate": annual, **more}]


FAMILIES: list[tuple[str, list[dict[str, Any]]]] = [
    # bulk SMS: the rate without its sign
    ("金街旺铺年回报9,总价26万起", _rate(0.09)),
    ("酒店公寓年收益7-8.5 季度付", _rate(0.085)),
    ("做了三年理财年化11 有需要找我", _rate(0.11)),
    ("月息1.5,别墅抵押", _rate(0.18)),
    ("档口年8点,开发商签约", _rate(0.08)),
    ("基金年9.5-11 按季付", _rate(0.11)),
    # rent promised for several years: one year's rate, or the total of all
    ("产权酒店7%包租五年", _rate(0.07)),
    ("返租8%,房本归你", _rate(0.08)),
    ("前三年返租24%一次性抵房款", _rate(0.08)),
    ("酒店式公寓,年租7.5%", _rate(0.075)),
    ("商铺年付6.5%给业主", _rate(0.065)),
    # what a platform lists, by custom a rate of a year
    ("新上企业标,6个月12.5%,100元起投", _rate(0.125)),
    ("新手专享30天标14.8%,满标计息", _rate(0.148)),
    ("定融产品 某城投2号 9.2% 12个月 10万起", _rate(0.092)),
    ("投10000元、期限3个月、年化10%,到期本息合计10250元", _rate(0.10)),
    # spoken rates
    ("每季度分一次,季度3.5个点,到期还本", _rate(0.14)),
    ("存我这里一年给你一成半", _rate(0.15)),
    ("短期过桥,资金一天千分之三,本金安全", _rate(1.095)),
    ("应收账款转让 9.4%/年 还剩20万", _rate(0.094)),
    ("未上市按10%回购,5万可参与", _rate(0.10, kind="buy_back")),
    ("按月打您8%的租金(年)", _rate(0.08)),
    # a price by the piece, an income beside a time
    ("四万的卡一个月补二百的菜钱", _rate(0.06)),
    ("七万一个摊位,每月四百二打到卡上,打满五年,七万退您", _rate(0.072)),
    ("5200一组,每个月少说六十五块", _rate(0.15)),
    ("总价45万/间 每月3000 满租不满租都这个数", _rate(0.08)),
    ("车位九万,人家租回去,一月六百,十年后九万退我", _rate(0.08)),
    ("新客一万给一百一一个月", _rate(0.132)),
    ("一万一天三块六五,啥时候要啥时候拿", _rate(0.133225)),
    ("1万每周返100 随时回本", _rate(0.52)),
    ("出资三万月领六百两年还本", _rate(0.24)),
    ("一台桩两万五,每个月15日打到您卡上三百", _rate(0.144)),
    # told sentence by sentence
    ("标准树2000元,三年期。由公司代销。放弃果子的,每年返还400元", _rate(0.2)),
    ("您放二十万。钱放这里很稳。一个月就是两千", _rate(0.12)),
    ("画室的三万块您先别领,摆满一年,三千块颜料钱我给您送去", _rate(0.1)),
    ("包了八百亩棉花,你出五万,秋天摘完给你六万", _rate(0.2)),
    # columns
    (
        "亩数 投入 月返 三年后\n1亩 6800元 68元 退6800\n5亩 32000元 352元 退32000",
        [{"annual_rate": 0.12}, {"annual_rate": 0.132}],
    ),
    (
        "坛子 今天拿 三年后换\n25斤 4800元 7200元\n50斤 9000元 13500元",
        [{"annual_rate": 0.1667}, {"annual_rate": 0.1667}],
    ),
    (
        "档 投入 每日收益 周期\na | 3600 | 15 | 365天\nb | 9800 | 42 | 365天",
        [{"annual_rate": 0.5208}, {"annual_rate": 0.5643}],
    ),
    # paid in bit by bit
    ("每月固定存入500元,连存12个月,到期一次取回6330元", _rate(0.1015)),
    ("每年交1万元,交10年,期满领回15万元", _rate(0.0909)),
    # nested numerals, jiao and fen
    ("每间32万,年年给2万8千8", _rate(0.09)),
    ("每股1.5元,一年分红三毛", _rate(0.2)),
    ("一亩两万八千八百,一年给您两千三百零四", _rate(0.08)),
    # a promise in the text's own name, a slogan in quotation marks
    ("“百日翻番”计划第二期", _rate(3.65)),
]

LOOK_ALIKES = [
    # a number behind a word of interest that is a count or a sum
    "年回报8万元左右的小店转让",
    "收益300多户村民",
    "今年8点档晚会",
    "每年8点准时开门",
    "月租20张桌子",
    "物业费率3档可选",
    # rent and deposits without a promise
    "首付20%起,带租约",
    "带租约商铺,租期余5年,可贷50%",
    "不包租、不回购,现房60万",
    "月付1500元,押一付三",
    # loans to the reader
    "车抵贷6个月,月息0.8%,先息后本",
    "抵押年化2.85%起,最高1000万,十年先息后本",
    # bank and fund wording
    "七日年化1.85%,1元起购",
    "过往业绩年化6%",
    "国债逆回购今日1天期年化3.6%",
    # refunds and shares
    "提前15天打招呼可退九成",
    "预产期前三十天可退八成,其余不退",
    "不满意七天内退一半",
    "团队日收益5%的管理津贴",
    # prices beside each other
    "单日票380 两日680",
    "一块板一年45元",
    "送千元大礼包,一年一次",
    "估值26万,借款14万,已投132人",
    "2030年每月3000步",
    # paid in bit by bit, for cover or a course
    "每月存500元,存12个月,到期取回6000元",
    "每月交200元,交20年,保额10万元",
    # somebody else's words
    "骗子会说:“存一万,一年给你八百,到期还本”,别信",
    "有人上门推销,称“锁仓180天收益翻倍”,请勿转账",
    "记者看到传单上写着“年化10%,按季分配”",
]
FAMILIES += [
    # a running income and a dearer buy-back: both together, beside each of them
    ("仓位认购,租金年均9% 三年后加价6%回收", _rate(0.11)),
    ("预期年分红16%,项目方承诺满两年按本金加8%回购", _rate(0.20)),
    # columns named 一年到手, sums that are yours
    ("姓名 出钱 一年到手\n甲 5000 800\n乙 15000 2400", [{"annual_rate": 0.16}, {"annual_rate": 0.16}]),
    ("短剧5000起投,90天分账,保底10%", _rate(0.4056)),
    ("垫两万,四十来天回来两万六", _rate(2.7375)),
    ("最晚明年报材料,报不上创始人按一年一成二拿回去", _rate(0.12)),
    ("1万本金三周做到3万", _rate(34.6667)),
    ("存黄金100克每月领1克,满一年取回", [{"annual_rate": 0.12, "kind": "goods"}]),
    ("月息1分4,店面抵押,五万起放", _rate(0.168)),
]
LOOK_ALIKES += [
    "一亩九百五,比去年多五十",
    "月租地面260元,地下320元,季付减20,年付减50",
    "单人间3200元/月双人间2100元/人/月",
    "缴清的租金减3%",
    "十万搁行里存三年,一年也就一千五六",
]
FAMILIES += [
    # payments that end at a multiple repay the sum paid first
    ("静态日返1%,翻倍出局", _rate(1.825)),
    ("静态日释放0.6%,三倍出局", _rate(1.46)),
    ("静态日返1%,200天出局", _rate(3.65)),
]
