"""Words around a promise that confirm it, colour it, or say that it is none: jobs, courts, loans, taxes, discounts.

Sources: DOMAIN §8.1 (false positives), §5.2 (guarantees), §3.3 (innocent hosts).
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from risk_screen.text.word_finder import Found, WordFinder

_REACH = 80
"""Longest stretch, in characters, on either side of a phrase that is read as its sentence."""

_BY_KIND = {
    "court": (
        "失联 爆雷 暴雷 被抓 被查 逮捕 刑拘 受骗 被骗 上当 血本无归 冒用 合法吗 是不是合法 能信吗 明股实债 被叫停 "
        "诈骗 骗局 骗子 骗人 非法吸收 非法集资 立案 警方 民警 经侦 涉案 受害人 判令 判决 裁定 被告 原告"
        " 法院 上诉 被执行 申请执行 违约金 滞纳金 罚息 罚款 赔偿 宣称 声称 谎称 诱称 虚构 涉嫌 经查 案发 庭审 公诉"
        " 判处 停止支付 公司关门 贴封条"
        " 没有牌照 没牌照 老板进去了 资金盘 兑付危机 监管部门 警惕的是 合法交易场所 反诈 受访 系统升级 你先别签 才转正"
        " 不被套"
        " 他收你 有人叫 有人劝 常有人 讲师说 莫信 别信 不要信"
    ),
    "work": "招聘 应聘 诚聘 底薪 月薪 年薪 时薪 薪资 薪酬 五险 包吃 入职 上岗",
    "loan": (
        "放款 下款 批款 信贷 抵贷 征信 凭身份证 免抵押 无抵押 急用钱 月供 信用卡 分期 白条"
        " 花呗 借呗 授信 低至 利率优惠 降息 随借随还 利息仅 利息低 信用贷 消费金融 息费 银行直批 抵押贷"
        " 消费贷 经营贷 车抵 房抵"
    ),
    "credit": "贷款 房贷 车贷 还款",
    "invest": (
        "投资 投入 存 存入 存款 认购 认养 入股 出借 收益 返利 返息 分红 保本 兑付 股金 起投 加息 出借人"
        " 预期年化 本息 回购 返租 包租 代租 租金 年租 放我 闲钱 余钱 本金安全 分配 理财 打你卡 打您卡 您的钱 放款人"
        " 起放"
    ),
    "not_paid_in": (
        "工资 提成 绩效 押金 押一付 月租 房租 求租 保费 保额 总投资 计划投资 累计投资 完成投资"
        " 固定资产投资 管理费 停车费 话费 捐 伙食费 护理费 免租期 物业费"
    ),
    "something_else": (
        "税 首付 贷款 按揭 手续费 服务费 管理费 费率 违约 滞纳 罚 逾期 提成 佣 绩效 拉新 推荐一 推荐1 推荐人"
        " 推荐新 推荐客 推荐朋 推荐好 推荐他 推荐亲 推荐会 推荐奖 介绍一 介绍1 介绍人 介绍新 介绍客 介绍朋 介绍好"
        " 介绍他 介绍亲 介绍成 介绍一位 推荐一位 直推 间推 打折 折扣 立减 优惠 让利 基准 lpr"
        " 胜率 准确 成功率 概率 占比 占股 占总 约占 持股 控股 出资比例 分红比例 持股比例 股权比例 市盈率 毛利"
        " 净利 利润率 利润的 营业额 销售额 流水 票房 业绩 营业收入 湿度 浓度 含量 酒精 合格率 出租率 入住率 亏损 回撤"
        " 止损 国债 股息率 实现率 票面 逆回购 行业综合 行业平均 综合收益率 融资年 贷到 抵押年"
        " 毛租金 大盘价 日租 月租 定金"
        " 订金 国家补贴 政府补贴 财政 贴息 可贷 通胀 gdp 人均 准备金 发票 免赔 保费 环比 同比 贴现 承兑 销量 采购 进货"
        " 拿货 销售 盈利部分 提现 推荐返 介绍返 带人返 拉人 拉一 直荐 间荐 见点 引荐 代理费 奖励金额 转化率 中签率"
    ),
    "reference": "七日年化 7日年化 参考 过往 往期 历史",
    "change": (
        "增长 增幅 增速 增加 上涨 涨幅 提高 提升 下降 降低 递增 递减 上调 下调 增收 增产 减少 高于 高出银行 比银行"
    ),
    "other_growth": (
        "业绩 产量 销量 销售 营收 营业 收入 产值 gdp 人均 用户 规模 速度 效率 产能 流量 客流 订单 粉丝 工资 成绩"
        " 分数 快乐 能力 人数 数量 杠杆 银行 存款 同类 同期 普通 寿命 强度 亮度 容量 功效 含量 倍率 放大 比银行"
    ),
    "listing": (
        "标 满标 抢标 新标 起投 起购 起售 质押 付息 还本 计息 出借 债权 定融 定向融资 应收账款"
        " 保理 私募 信托 理财 续投 存管 回款 兑付 本息 份额 有限合伙 借贷 过桥 抵给 在售 政信 收益权 尾货 定增 募集"
        " 优先级 劣后 新手"
    ),
    "money": "本金 利息 投资 资产 资金 收益 回报 赚 投 原始股 股票 币 身价 财富 钱 返 存 分红 认购 入股",
    "guarantee": (
        "保本 保息 保底 保证 承诺 刚性兑付 刚兑 兜底 零风险 无风险 没有风险 0风险 稳赚 包赚 包赔 固定 旱涝保收"
        " 不低于 还本付息 到期还本 到期返本 担保 托底 保收益 亏了算"
    ),
    "compound": "利滚利 复利 滚存 复投",
    "": (
        "免税 税后 税前 不怕被骗 怕被骗 别被骗 不会被骗 不上当 怕上当 别上当 不怕上当"
        " 不是骗局 不是骗子 不是骗人 不是诈骗 不骗人 绝非骗局 谨防诈骗 谨防骗子 警惕骗子"
        " 防诈骗 不贷款 不用贷款 唔使贷款 不是贷款 不收贷款 银行贷款 贷款太慢 找银行贷 跟工资 和工资 随工资"
        " 第二份工资 带工资 存在 存货"
        " 优惠活动 贷款标 贷款项目 贷款理财 质押金 直推荐 月租金 固定资产 厂房抵给 房抵给"
        " 保证金 固定电话 投诉"
    ),
}
_WORDS = WordFinder(_BY_KIND)
_LINE_END = re.compile(r"[。！？!?；;\n]")
_NO_OFFER, _LOANS = frozenset({"court", "work"}), frozenset({"loan", "invest"})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The line around a phrase and the kinds of words in it."""

    start: int
    end: int
    kinds: frozenset[str]

    @property
    def is_offer(self) -> bool:
        """False where a court, a job or a loan to the reader is spoken of."""
        is_loan = "loan" in self.kinds or "credit" in self.kinds
        is_lent_on = "invest" in self.kinds or ("listing" in self.kinds and "loan" not in self.kinds)
        return not self.kinds & _NO_OFFER and (not is_loan or is_lent_on)


class Surroundings:
    """The words of `_BY_KIND` in a text, asked by place; found once, when first asked."""

    __slots__ = ("_found", "_has_loans", "_length", "_line_ends", "_starts")

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._found = _WORDS.find(text)
        self._starts = [word[0] for word in self._found]
        self._line_ends = [mark.start() for mark in _LINE_END.finditer(text)]
        self._has_loans = any("loan" in kinds for _, _, kinds in self._found)

    def kinds(self, start: int, end: int) -> frozenset[str]:
        """Kinds of the words that lie in a stretch."""
        return _NONE.union(*[kinds for _, _, kinds in self._between(start, end)])

    def starts(self, kind: str, start: int, end: int) -> list[int]:
        """Places of the words of one kind in a stretch."""
        return [at for at, _, kinds in self._between(start, end) if kind in kinds]

    def sentence(self, start: int, end: int) -> Sentence:
        """The stretch from the sentence or line end before a phrase to the one after it.

        Words of a loan, and of an investment that outweighs them, count from the neighbouring lines too.
        """
        low, high = max(0, start - _REACH), min(self._length, end + _REACH)
        nearby = self.kinds(low, high) & _LOANS if self._has_loans else _NONE
        ends = self._line_ends
        before, after = bisect_left(ends, start), bisect_left(ends, end)
        if before and ends[before - 1] >= low:
            low = ends[before - 1] + 1
        if after < len(ends) and ends[after] < high:
            high = ends[after]
        return Sentence(low, high, self.kinds(low, high) | nearby)

    def _between(self, start: int, end: int) -> list[Found]:
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end, first)
        if first < last and self._found[last - 1][1] > end:
            last -= 1
        return self._found[first:last]
