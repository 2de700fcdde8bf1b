"""Wordings that an earlier grammar missed or misread: one or more for each cause; the first three and
the rows of terms without a heading were known misses before."""

from typing import Any

MENDED: list[tuple[str, list[dict[str, Any]]]] = [
    # no verb of paying in
    ("2888元代理包,躺着每天到账36.8元", [{"annual_rate": 4.651}]),
    ("慈善互助:布施3000元,十五天后得善果4500元", [{"annual_rate": 12.1667}]),
    ("交3980元升级vip,每天看广告收入50元", [{"annual_rate": 4.5854}]),
    ("两万一个月三百五,到日子就打卡上", [{"annual_rate": 0.21}]),
    ("一万进,日分六十", [{"annual_rate": 2.19}]),
    ("六千块钱的机子,每天多出十块", [{"annual_rate": 0.6083}]),
    ("每天多七块,我放了八百", [{"annual_rate": 3.1938}]),
    # the price stands sentences before what it brings
    ("每台售价2.4万元。设备由公司运营,客户不用到场。收益:每月固定收益500元", [{"annual_rate": 0.25}]),
    # rows of terms without a heading are rates of a year
    ("半年8%,一年18%", [{"annual_rate": 0.08}, {"annual_rate": 0.18}]),
    ("三月期6.8%,六月期8.4%", [{"annual_rate": 0.068}, {"annual_rate": 0.084}]),
    ("收益:6个月 7%,12个月 9%", [{"annual_rate": 0.07}, {"annual_rate": 0.09}]),
    ("出借:1万 2分\n10万 3分", [{"annual_rate": 0.24}, {"annual_rate": 0.36}]),
    # terms in the clause before, frequency of payment behind, rates raised
    ("期限一年,固定收益11%", [{"annual_rate": 0.11}]),
    ("半年期,收益6%", [{"annual_rate": 0.12}]),
    ("12个月年化9.5% 季度付息", [{"annual_rate": 0.095}]),
    ("日收益由0.6%上调至1.2%", [{"annual_rate": 4.38}]),
    ("日返1点5%", [{"annual_rate": 5.475}]),
    ("月均3个点,本金随时退", [{"annual_rate": 0.36}]),
    ("充8000元,月返750×12", [{"annual_rate": 0.125}]),
    ("每台每月净收益800-1200元,每台3万元", [{"annual_rate": 0.48}]),
    # taken back at a price or a multiple, the time a clause behind
    ("这饼茶今天7600,半年后公司9000收", [{"annual_rate": 0.3684}]),
    ("这坛酒放我窖里,四年按1.8倍收", [{"annual_rate": 0.2}]),
    ("存4000返5000,半年到账", [{"annual_rate": 0.5}]),
    # more of the same goods, rows with a heading
    ("存100克一年得112克", [{"annual_rate": 0.12, "kind": "goods"}]),
    ("一千斤麦子放一年多给八十斤", [{"annual_rate": 0.08, "kind": "goods"}]),
    ("股金 年底分得\n1000元      60元\n5000元      325元", [{"annual_rate": 0.06}, {"annual_rate": 0.065}]),
    # a word about wages or rent elsewhere in the sentence says nothing about these sums
    ("厂里还差点房租,你放六万进来,月底给你分九百", [{"annual_rate": 0.18}]),
]

STILL_NONE = [
    "十分利落,收费公道",
    "老王办事十分利索,每月来两趟",
    "股东每股分红8分",
    "某某农商行:大额存单三年期年利率1.9%",
    "我行三个月1.15% 半年1.35% 一年1.60%",
    "稳享90天 r2 业绩比较基准年化2.45%",
    "老会员卡300元,介绍一位朋友每月返20元",
    "老卡每日限签一次,封顶翻倍",
    "个人借款年化利率18%,某某消费金融",
    "我那只债基今年3.4%,不折腾",
    "昨天听说有人给到7%",
    "床位费(月) | 1680 | 1080\n伙食费(月) | 780 | 690",
    "活期年化0.95%\n某某银行普惠金融部",
    "每天200克蔬菜,坚持一年多吃出5克膳食纤维",
    "有人说月息3分,警方提醒这是骗局",
]
