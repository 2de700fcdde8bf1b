"""Every collision of DOMAIN §3.3: the word inside its innocent host, and the word meant."""

import pytest
from rulebooks import compiled, quotes, rule

TRAPS = {
    "理财": ["代理财务咨询", "代理财税服务", "办理财产登记", "管理财务", "处理财务", "受理财产纠纷"],
    "基金": ["镍基金属制品", "铁基金属材料"],
    "融资": ["金融资讯"],
    "信托": ["短信托管服务"],
    "集资": ["收集资料", "采集资源数据", "征集资讯"],
    "传销": ["宣传销售"],
    "分红": ["生意十分红火"],
    "保本": ["环保本色"],
    "保底": ["环保底漆"],
    "带单": ["携带单据"],
    "分利": ["充分利用"],
    "标会": ["招标会议"],
    "合会": ["综合会议"],
    "股金": ["控股金属"],
    "众筹": ["大众筹备"],
    "担保": ["承担保洁服务"],
    "支付": ["开支付款"],
    "配资": ["搭配资料"],
    "代币": ["现代币种"],
    "银行": ["白银行情"],
    "保险": ["保险柜销售", "汽车保险杠", "保险丝"],
    "日化": ["日化用品销售"],
    "互助": ["互助土族自治县"],
    "增值": ["增值税申报"],
}
MEANT = {
    "理财": "投资理财",
    "基金": "私募基金",
    "融资": "融资服务",
    "信托": "信托计划",
    "集资": "向社会集资",
    "传销": "网络传销",
    "分红": "年底分红",
    "保本": "绝对保本",
    "保底": "保底收益",
    "担保": "担保公司",
    "支付": "支付牌照",
    "配资": "股票配资",
    "银行": "银行存款",
    "保险": "保险公司",
    "互助": "资金互助",
    "众筹": "股权众筹",
    "信托计划": "信托计划",
}


@pytest.mark.parametrize(("word", "host"), [(word, host) for word, hosts in TRAPS.items() for host in hosts])
def test_a_word_inside_another_word_is_no_hit(word: str, host: str) -> None:
    book = compiled(rule(match={"terms": [word]}, unless=[]))
    assert quotes(book, text=host) == []


@pytest.mark.parametrize(("word", "text"), MEANT.items())
def test_the_same_word_is_a_hit_where_it_is_meant(word: str, text: str) -> None:
    book = compiled(rule(match={"terms": [word]}, unless=[]))
    assert quotes(book, text=text) == [word]


@pytest.mark.parametrize(
    ("word", "guards", "host"),
    [
        ("解债", {"not_after": ["了", "理", "见"]}, "了解债券"),
        ("还本", {"not_after": ["偿"]}, "偿还本公司债务"),
        ("返本", {"not_after": ["往"]}, "往返本市"),
        ("会员", {"not_after": ["董事", "理事"]}, "董事会员工"),
        ("下线", {"not_after": ["生产线"]}, "生产线下线"),
        ("直销", {"not_after": ["垂"]}, "垂直销售"),
    ],
)
def test_what_segmentation_cannot_tell_a_guard_does(word: str, guards: dict[str, list[str]], host: str) -> None:
    book = compiled(rule(match={"terms": [word], **guards}, unless=[]))
    assert quotes(book, text=host) == []
    assert quotes(book, text=f"{word}返利") == [word]
