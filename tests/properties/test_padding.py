"""Text put before or after a pitch never lowers the level that the pitch itself earns."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_screen import Screener
from risk_screen.screening.policy import LEVELS

REPOSITORY = Path(__file__).parents[2]
PADDING = [
    "投资有风险，入市需谨慎。",
    "本产品非金融产品，不承诺保本，不构成投资建议。",
    "温馨提示：警惕非法集资，切勿轻信高息诱惑，守住养老钱。",
    "谨防诈骗！凡是要求先交钱的都是骗子，请拨打110。",
    "我们不是传销，不是资金盘，没有任何拉人头奖励。",
    "今天天气不错，菜市场的青菜两块五一斤，欢迎街坊来选购。",
    "本店周六举行开业庆典，凭本券可领取环保袋一个，先到先得。",
    "据记者报道，法院对被告人张某作出一审判决。",
    "本公司经营范围：软件开发；日用百货销售（依法须经批准的项目，经相关部门批准后方可开展经营活动）。",
    "本活动最终解释权归本店所有。",
]


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener.load(REPOSITORY / "rules", REPOSITORY / "models")


def corpus(folder: str) -> list[dict[str, str]]:
    paths = sorted((REPOSITORY / "models" / "corpus" / folder).glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


PITCHES = [row["text"] for row in corpus("marketing") if row["label"] == 1]
REGISTRATIONS = [row for row in corpus("registrations") if row["label"] == 1]


@settings(max_examples=300, deadline=None)
@given(
    pitch=st.sampled_from(PITCHES),
    before=st.lists(st.sampled_from(PADDING), max_size=3),
    after=st.lists(st.sampled_from(PADDING), max_size=3),
)
def test_padding_a_pitch_never_lowers_its_level(
    screener: Screener, pitch: str, before: list[str], after: list[str]
) -> None:
    alone = screener.screen("marketing", text=pitch)
    padded = screener.screen("marketing", text="\n".join([*before, "", pitch, "", *after]))
    assert LEVELS.index(padded.level) >= LEVELS.index(alone.level), (
        [r.code for r in alone.reasons],
        [r.code for r in padded.reasons],
    )


@settings(max_examples=150, deadline=None)
@given(
    row=st.sampled_from(REGISTRATIONS),
    disclaimer=st.sampled_from(
        [
            "（未经金融监管部门批准，不得从事吸收存款、融资担保、代客理财等金融业务）",
            "（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
            "；软件开发；日用百货销售；会议及展览服务；物业管理",
            "；以自有资金从事投资活动",
        ]
    ),
)
def test_a_disclaimer_or_harmless_items_never_lower_a_registration(
    screener: Screener, row: dict[str, str], disclaimer: str
) -> None:
    scope = row["business_scope"].rstrip("。；;")
    alone = screener.screen("registration", name=row["name"], business_scope=scope)
    padded = screener.screen("registration", name=row["name"], business_scope=scope + disclaimer)
    assert LEVELS.index(padded.level) >= LEVELS.index(alone.level), (
        [r.code for r in alone.reasons],
        [r.code for r in padded.reasons],
    )
