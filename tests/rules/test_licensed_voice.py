"""A licensed institution's own disclosure is ordinary; its name beside a private contact or a guarantee is not."""

from pathlib import Path

import pytest
from rulebooks import compiled, quotes, rule

SHIPPED = {"licensed.yaml": (Path(__file__).parents[2] / "rules" / "licensed.yaml").read_text(encoding="utf-8")}
BOOK = compiled(rule(match={"terms": ["按月付息"]}, unless=[{"context": "licensed"}]), files=SHIPPED)

ORDINARY = {
    "wealth product": "苏江理财有限责任公司\n登记编码Z7000125\n业绩比较基准2.6%，按月付息\n不代表收益，非保本",
    "fund": "启川基金管理有限公司月报，基金代码001234，单位净值1.08，按月付息，投资有风险",
    "bonds of the state": "【储蓄国债问答】\n本地农商行柜台可买，票面年利率1.93%，按月付息\n财政部兑付",
    "signature of a bank": "【秦川银行】大额存单按月付息，到柜台办理",
}
IMPERSONATED = {
    "no particulars": "苏江理财有限责任公司，按月付息，投资有风险",
    "no risk": "苏江理财有限责任公司，登记编码Z7000125，按月付息",
    "guaranteed": "苏江理财有限责任公司，登记编码Z7000125，业绩比较基准12%，按月付息，保本，投资有风险",
    "private contact": "苏江理财有限责任公司，登记编码Z7000125，按月付息，投资有风险\n客服微信：sujiang8888",
    "personal account": "启川基金管理有限公司，基金代码001234，按月付息，投资有风险，款打个人账户",
    "another paragraph": "按月付息，三万起\n\n苏江理财有限责任公司，登记编码Z7000125，业绩比较基准2.6%，投资有风险",
    "coined name as a signature": "【秦鑫理财】按月付息，一万起存",
    "signature of a bank and a private contact": "【秦川银行】按月付息，加微信：qinchuan888",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_what_a_licensed_institution_discloses_does_not_count(text: str) -> None:
    assert quotes(BOOK, text=text) == []
    assert quotes(BOOK, "exempted", text=text) == ["按月付息"]


@pytest.mark.parametrize("text", IMPERSONATED.values(), ids=IMPERSONATED)
def test_a_borrowed_name_exempts_nothing(text: str) -> None:
    assert quotes(BOOK, text=text) == ["按月付息"]
