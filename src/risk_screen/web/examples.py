"""Texts to try the page with; made up for it, names and numbers belong to nobody."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Example:
    """A named example: its key in the address, and the fields it fills."""

    key: str
    channel: str
    title: str
    fields: dict[str, str]


_SCOPE_ENDING = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"

EXAMPLES: Final = (
    Example(
        "care-home-flyer",
        "marketing",
        "养老床位传单",
        {
            "text": "福寿苑康养中心致叔叔阿姨的一封信\n"
            "存5万元，优先预订养老床位，每月返利1.5%，一年期满本金全额退还，签合同、盖公章，保 本 保 息！\n"
            "前50名另送鸡蛋30枚、大米10斤；介绍亲友来存，再奖励2%。\n"
            "名额有限，存完即止。地址：示例路8号二楼，电话 13800000000 张经理"
        },
    ),
    Example(
        "group-chat",
        "marketing",
        "微信群里的暗语",
        {
            "text": "新盘刚开，稳 赚 不 赔★★★\n"
            "投zi一万，每天返120，90天回本，随时提现到卡！\n"
            "直推奖10%，对碰奖另算，团队越大躺着收得越多。\n"
            "国家扶持项目，老师一对一带单，加V信：xyz_000 进群看收益截图"
        },
    ),
    Example(
        "warning-poster",
        "marketing",
        "社区警示海报",
        {
            "text": "社区提醒：守住钱袋子，远离非法集资\n"
            "谨防以“保本高息”“稳赚不赔”“投资养老床位”为诱饵的骗局，切勿轻信陌生人拉您进群投资。\n"
            "遇到可疑宣传，请告诉网格员或拨打110。"
        },
    ),
    Example(
        "noodle-shop",
        "marketing",
        "面馆开业广告",
        {
            "text": "巷口面馆5月8日开业！手擀面、炸酱面、打卤面，现擀现煮。\n"
            "开业三天全场八折，到店送酸梅汤一杯。早六点半到晚九点，欢迎街坊来坐坐。"
        },
    ),
    Example(
        "wealth-company",
        "registration",
        "含“财富管理”字样的公司",
        {
            "name": "淄博示例财富管理有限公司",
            "business_scope": "财富管理咨询；受托资产管理；投资管理；企业管理咨询；会议及展览服务" + _SCOPE_ENDING,
        },
    ),
    Example(
        "catering-company",
        "registration",
        "餐饮公司",
        {
            "name": "淄博示例餐饮管理有限公司",
            "business_scope": "餐饮管理；餐饮服务；食品销售；外卖递送服务；企业管理咨询"
            "（未经金融监管部门批准，不得从事吸收存款、融资担保、代客理财等金融业务）",
        },
    ),
)
