"""Words in which a term hides by coincidence or with another meaning, where cutting into words does not tell.

Sources: DOMAIN 3.3 (substring collisions), jieba's dictionary for ties (招标会 may be 招标 + 会 or 招 + 标会).
"""

from typing import Final

HOSTS_OF_TERM: Final = {
    "基金": "基金会 镍基金属 铁基金属 钛基金属 钴基金属 铜基金属 铝基金属 镁基金属 锌基金属 锆基金属",
    "传销": "宣传销售",
    "下线": "生产线下线 产线下线 新车下线 整车下线 首车下线 下线产品 下线仪式",
    "直销": "垂直销售",
    "分红": "十分红火",
    "保底": "环保底漆",
    "保本": "环保本色",
    "分利": "充分利用",
    "标会": "招标会 投标会 评标会 开标会 竞标会 流标会 中标会 目标会员",
    "合会": "联合会 综合会议 集合会议 混合会议",
    "会员": "董事会员工 理事会员工 监事会员工 工会员工 居委会员工",
    "增值": "增值税 增值电信",
    "保险": "保险柜 保险箱 保险杠 保险丝 保险带 保险绳 保险盒 保险粉 保险管 保险扣 保险栓",
    "日化": "日化用品 日化产品 日化洗涤",
    "互助": "互助土族 互助县",
    "p2p": "p2p直播 p2p传输 p2p下载 p2p穿透 p2p网络传输",
    "认养": "认养一头牛",
    "股金": "控股金属",
    "还本": "偿还本",
    "返本": "往返本",
}
