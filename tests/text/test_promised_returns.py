"""Promised returns: what counts, what it comes to, and what is no promise."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promise_cases import NOT_PROMISES, PROMISES, Case
from promise_family_cases import FAMILIES, LOOK_ALIKES
from promise_fresh_cases import FRESH, MISSED
from promise_mended_cases import MENDED, STILL_NONE

from risk_screen.text import promise_tokens
from risk_screen.text.promise import KINDS, PERIODS, Promise
from risk_screen.text.promise_measures import measure_pattern
from risk_screen.text.promised_returns import promised_returns

EVERY_ALTERNATIVE = measure_pattern(shortcuts=False)
VECTORS = [json.loads(line) for line in (Path(__file__).parent / "promised_returns.jsonl").read_text().splitlines()]


def agrees(promise: Promise, expected: dict[str, Any]) -> bool:
    return all(
        getattr(promise, field) == (pytest.approx(value, abs=6e-5, rel=6e-5) if isinstance(value, float) else value)
        for field, value in expected.items()
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["text"])
def test_the_vectors_of_the_domain_hold(vector: dict[str, Any]) -> None:
    expected = {field: value for field, value in vector.items() if field != "text"}
    promises = promised_returns(vector["text"])
    if expected == {"annual_rate": None}:
        assert promises == ()
    else:
        assert len(promises) == 1
        assert agrees(promises[0], expected)


@pytest.mark.parametrize(
    ("text", "expected"), PROMISES + FRESH + MENDED + FAMILIES, ids=lambda case: case if isinstance(case, str) else ""
)
def test_a_promise_comes_to_the_rate_a_person_would_work_out(text: str, expected: list[dict[str, Any]]) -> None:
    promises = promised_returns(text)
    assert len(promises) == len(expected), [text[p.start : p.end] for p in promises]
    for promise, fields in zip(promises, expected, strict=True):
        assert agrees(promise, fields), promise


@pytest.mark.parametrize("text", NOT_PROMISES + STILL_NONE + LOOK_ALIKES)
def test_what_promises_the_reader_nothing_is_no_promise(text: str) -> None:
    assert promised_returns(text) == ()


@pytest.mark.parametrize("text", MISSED)
def test_a_known_miss_says_nothing_rather_than_something_wrong(text: str) -> None:
    assert promised_returns(text) == ()


ARITHMETIC = [
    (
        "每月存500元,存12个月,到期领6330元",
        "每月存入500元共12次，拿回6,330元：(6,330 − 6,000) ÷ 6,000 ÷ 平均0.54年 = 10.1538%/年",
    ),
    ("月息2分", "月息2分 = 2%/月 × 12 = 24%/年"),
    ("年化18%", "年化18% = 18%/年"),
    ("投10万一年返13万", "投入100,000元，1年后拿回130,000元：(130,000 − 100,000) ÷ 100,000 ÷ 1年 = 30%/年"),
    ("投10万返13万", "投入100,000元，拿回130,000元：(130,000 − 100,000) ÷ 100,000 = 30%（没有写期限，按1年计）"),
    ("投10万每月返息2000元", "投入100,000元，每月得2,000元：2,000 ÷ 100,000 × 12 = 24%/年"),
    ("60天回本", "60天回本：本钱60天回来一次，365 ÷ 60 = 608.3333%（按全年都如此计）"),
    ("八年赚四倍", "八年赚四倍 = 400%/8年 ÷ 8 = 50%/年"),
    ("三个月收益6%", "三个月收益6% = 6%/3个月 × 12 ÷ 3 = 24%/年"),
    (
        "利滚利月息2%",
        "月息2% = 2%/月 × 12 = 24%/年；利滚利：(1 + 2%)^12 − 1 = 26.8242%",
    ),
    ("年化12%,前置返点3%", "年化12%,前置返点3% = 12%/年 ÷ (1 − 3%) = 12.3711%/年"),
    (
        "投10万,每月返一万,共12期",
        "投入100,000元，每月返10,000元共12期（含本金）："
        "(120,000 − 100,000) ÷ 100,000 ÷ 1年 = 20%/年；内部收益率35.07%/年",
    ),
    ("日返1%,翻倍出局", "日返1% = 1%/天 × 365 × (2 − 1) ÷ 2（出局前先还本金） = 182.5%/年"),
    (
        "年租金8%,五年后加价10%回购",
        "年租金8% = 8%/年，五年后加价10%回购 = 10%/5年 ÷ 5 = 2%/年：8% + 2% = 10%/年",
    ),
    ("充1000送1000", "充1,000元送1,000元：1,000 ÷ 1,000 = 100%（储值赠送，不折成年化）"),
    ("满5年原价回购", "5年原价回购：只拿回所付的钱，算不出收益率"),
    ("存5万送床位", "存5万送床位：给的是实物，算不出收益率"),
]


@pytest.mark.parametrize(("text", "sentence"), ARITHMETIC)
def test_the_arithmetic_reads_as_a_sentence_a_person_can_check(text: str, sentence: str) -> None:
    assert promised_returns(text)[0].arithmetic == sentence


GUARANTEES = [
    ("保本保息,月息2分", True),
    ("到期还本,年化12%", True),
    ("年回报率不低于8%", True),
    ("不保本,年化12%", False),
    ("本公司不承诺年化12%的收益", False),
    ("年化12%", False),
    ("保本项目。年化12%", False),
]


@pytest.mark.parametrize(("text", "guaranteed"), GUARANTEES)
def test_a_guarantee_is_read_in_the_same_sentence(text: str, guaranteed: bool) -> None:
    assert promised_returns(text)[0].guaranteed is guaranteed


PLACES = [
    ("大家注意了,月息2分,随时可取", ["月息2分"]),
    ("我们给您17%的年收益率,放心", ["给您17%的年收益率"]),
    ("今天投10万一年返13万,名额有限", ["投10万一年返13万"]),
    ("月息2分。投5万每月给1000元", ["月息2分", "投5万每月给1000元"]),
    ("1万元一档,年补贴8%;5万 9%", ["年补贴8%", "5万 9%"]),
]


@pytest.mark.parametrize(("text", "phrases"), PLACES)
def test_a_promise_stands_where_its_words_stand(text: str, phrases: list[str]) -> None:
    assert [text[p.start : p.end] for p in promised_returns(text)] == phrases


def test_internal_rate_discounts_the_instalments_to_the_sum_paid() -> None:
    promise = promised_returns("投12万,每月返6000元,返24个月,不另还本")[0]
    assert promise.irr is not None
    rate = promise.irr / 12
    assert sum(6000 / (1 + rate) ** month for month in range(1, 25)) == pytest.approx(120_000, rel=1e-9)


def test_words_of_a_loan_elsewhere_do_not_hide_an_offer_to_invest() -> None:
    assert promised_returns("无抵押贷款,年化3.6%起") == ()
    assert len(promised_returns("不做贷款,只做投资,年化3.6%起")) == 1


def test_a_quotation_hides_a_promise_only_where_its_speaker_is_named() -> None:
    assert promised_returns('他们对老人说:"存一万,一年给八百"') == ()
    assert [p.annual_rate for p in promised_returns('"存一万,一年给八百",名额有限')] == [0.08]
    assert [p.annual_rate for p in promised_returns("他们说得好听。存一万,一年给八百")] == [0.08]


def test_a_court_of_the_next_sentence_hides_nothing() -> None:
    assert len(promised_returns("年化12%。谨防诈骗,拨打96110")) == 1


def test_a_sentence_of_a_court_hides_only_itself() -> None:
    text = "判令被告按年利率6%支付利息。\n投资10万每月返2000元"
    assert [text[p.start : p.end] for p in promised_returns(text)] == ["投资10万每月返2000元"]


WORDS = [
    *"投存返给拿买充送赚回购年月日天一二两三十百千万半分厘点成,。;\n :%的息利0前后每第",
    *["10万", "1000元", "2分", "8%", "5%-9%", "每月", "一年", "三个月", "年化", "收益", "分红", "回购", "回本", "翻倍"],
    *[
        "前置返点3%",
        "先返千分之五",
        "共12期",
        "返24个月",
        "月息",
        "不另还本",
        "保本",
        "贷款",
        "税",
        "送床位",
        "1万 8%\n",
    ],
    *["3倍", "每10天", "0天", "0%", "共0期", "100%", "一块三", "返完", "100u"],
]
JUMBLES = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)


@given(JUMBLES | st.text(max_size=80))
def test_promises_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for promise in promised_returns(text):
        assert end <= promise.start < promise.end <= len(text)
        assert promise.kind in KINDS
        assert promise.period in (None, *PERIODS)
        end = promise.end


@given(JUMBLES)
def test_the_last_number_of_the_sum_is_the_rate(text: str) -> None:
    for promise in promised_returns(text):
        rate = promise.annual_rate if promise.annual_rate is not None else promise.assumed_rate
        if rate is None:
            assert "%" not in promise.arithmetic.split("：")[-1] or "没有收益率" in promise.arithmetic
            continue
        main = promise.arithmetic.split("；")[0]
        stated = re.findall(r"= ([0-9.]+)%", main)[-1]
        assert float(stated) / 100 == pytest.approx(rate, abs=1e-6, rel=1e-6)


@given(st.sampled_from([text for text, _ in PROMISES]), st.sampled_from(["", "今天天气不错。", "欢迎光临\n"]))
def test_what_stands_before_a_promise_in_another_sentence_only_moves_it(text: str, before: str) -> None:
    alone, moved = promised_returns(text), promised_returns(before + text)
    assert [(p.start + len(before), p.annual_rate) for p in alone] == [(p.start, p.annual_rate) for p in moved]


HOSTILE = [
    "1",
    "一",
    "每月",
    "月息2%",
    "投10万返1万",
    "1万 8%\n",
    "%",
    "翻倍",
    "3年回购",
    "前置返点5%",
    "10,000",
    "两万五一天",
    "每月得1元",
    "“每月存5元”",
]


def seconds_for(text: str) -> float:
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        promised_returns(text)
        best = min(best, time.perf_counter() - started)
    return best


@pytest.mark.parametrize("unit", HOSTILE)
def test_four_times_the_text_takes_about_four_times_the_work(unit: str) -> None:
    """A quadratic step would take sixteen times as long."""
    short = (unit * 10_000)[:8_000]
    assert seconds_for(short * 4) < 10 * seconds_for(short) + 0.005


def test_a_case_table_names_each_text_once() -> None:
    cases: list[Case] = PROMISES + FRESH + MENDED + FAMILIES
    texts = [text for text, _ in cases] + NOT_PROMISES + STILL_NONE + MISSED + LOOK_ALIKES
    assert len(texts) == len(set(texts))


NUMBERS = [
    *"0123456789一二两三十百千万半分厘成倍个点期年月天日周块元毛套家股份只,.: -~至%w",
    *"化息报益租率返约到高第几每前后￥×*投存给收",
    *["每股", "克", "小时", "138****5678", "0571-88", "10,000", "1.5万", "三万六"],
]


@given(st.lists(st.sampled_from(NUMBERS), max_size=24).map("".join))
def test_the_shortcuts_of_the_scan_find_what_the_whole_pattern_finds(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(promise_tokens, "_MEASURE", EVERY_ALTERNATIVE)
        expected = promise_tokens.tokens_of(text)
    assert promise_tokens.tokens_of(text) == expected
