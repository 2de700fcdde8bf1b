"""The result as a grid worker reads it: golden files of the whole, and what each part must say."""

import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from builders import COMPANY, FLYER, assessment, company_assessment, flyer_assessment, reason
from risk_screen.screening.assessment import Assessment, PromiseFound
from risk_screen.screening.policy import ROUTE_ORDER
from risk_screen.screening.wording import ROUTE_ADVICE, ROUTE_TITLES, promise_meaning
from risk_screen.web.templating import beijing_time, circled, signed

Serve = Callable[..., TestClient]
GOLDEN = Path(__file__).parents[1] / "golden"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
CASES = [
    ("page_flyer.html", flyer_assessment(), {"channel": "marketing", "text": FLYER}),
    ("page_registration.html", company_assessment(), {"channel": "registration", **COMPANY}),
]


@pytest.mark.parametrize(("name", "answer", "form"), CASES, ids=[case[0] for case in CASES])
def test_result_reads_as_in_the_golden_file(serve: Serve, name: str, answer: Assessment, form: dict[str, str]) -> None:
    page = ID.sub("（编号）", result_of(serve, answer, form))
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(page, encoding="utf-8")
    assert page == path.read_text(encoding="utf-8")


def result_of(serve: Serve, answer: Assessment, form: dict[str, str]) -> str:
    response = serve(answer).post("/", data=form)
    assert response.status_code == 200
    return response.text[response.text.index('<section class="result"') : response.text.index("</main>")]


def flyer_page(serve: Serve, answer: Assessment | None = None) -> str:
    return result_of(serve, answer or flyer_assessment(), {"channel": "marketing", "text": FLYER})


def test_parts_shown_in_the_table_add_up_to_the_total_shown(serve: Serve) -> None:
    table = flyer_page(serve).partition("<tbody>")[2]
    *parts, total = [Decimal(v.replace("−", "-")) for v in re.findall(r"<td>([+−][0-9.]+)</td></tr>", table)]
    assert len(parts) == 5
    assert sum(parts) == total


def test_declared_and_counted_weight_are_both_shown(serve: Serve) -> None:
    assert "<td>+6.0</td><td>+3.0</td>" in flyer_page(serve)


@pytest.mark.parametrize(("channel", "route"), [(c, r) for c, routes in ROUTE_ORDER.items() for r in routes])
def test_every_route_says_what_happens_next(serve: Serve, channel: str, route: str) -> None:
    answer = assessment(channel=channel, level="high", route=route)
    fields = {"marketing": {"text": "保本"}, "registration": {"name": "保本"}}[channel]
    page = result_of(serve, answer, {"channel": channel, **fields})
    assert ROUTE_TITLES[route] in page
    assert ROUTE_ADVICE[route] in page


@pytest.mark.parametrize(("level", "word"), [("low", "蓝"), ("attention", "黄"), ("elevated", "橙"), ("high", "红")])
def test_level_is_a_word_as_well_as_a_colour(serve: Serve, level: str, word: str) -> None:
    page = flyer_page(serve, assessment(level=level))
    assert f'<div class="verdict {level}">' in page
    assert f'<span class="level">{word}色' in page


def test_a_low_result_reassures_without_promising(serve: Serve) -> None:
    page = flyer_page(serve, assessment())
    assert "没有发现涉及集资的用语" in page
    assert "不等于没有风险" in page
    assert "为什么" not in page


def test_a_route_above_the_score_says_so(serve: Serve) -> None:
    assert "不看分数高低" in flyer_page(serve, assessment(level="low", route="verify"))
    assert "不看分数高低" not in flyer_page(serve, assessment(level="low", route="archive"))


@pytest.mark.parametrize(("model", "words"), [(4.2, "像训练样本中有风险的文本"), (-4.2, "更像训练样本中平常的文本")])
def test_the_classifier_says_which_way_it_speaks(serve: Serve, model: float, words: str) -> None:
    assert words in flyer_page(serve, assessment([reason()], model=model, level="attention"))


def test_the_cited_article_can_be_read(serve: Serve) -> None:
    page = flyer_page(serve)
    assert "<summary>《中华人民共和国广告法》第25条</summary><p>招商等有投资回报预期" in page
    assert '<p class="law">《非法集资司法解释》第2条</p>' in page


def test_a_question_is_asked_once(serve: Serve) -> None:
    assert flyer_page(serve).count("在哪里散发、散发了多少？") == 1


def test_injected_html_stays_text_wherever_it_stands(serve: Serve) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    answer = assessment(
        [reason(title=evil, quote=evil, spans=((0, len(evil)),))],
        level="high",
        required_checks=(evil,),
        questions=(evil,),
    )
    page = serve(answer).post("/", data={"channel": "marketing", "text": evil}).text
    assert "<script>" not in page
    assert "<img" not in page
    registration = serve(assessment(channel="registration")).post("/", data={"channel": "registration", "name": evil})
    assert "<script>" not in registration.text
    assert "<img" not in registration.text


def test_a_long_text_is_folded_away(serve: Serve) -> None:
    text = "面馆开业。" * 1000
    page = result_of(serve, assessment(), {"channel": "marketing", "text": text})
    assert '<details class="said"><summary>宣传文本（5,000 字，点开看全文）</summary>' in page


def promise(**changes: object) -> PromiseFound:
    fields = {"annual_rate": None, "irr": None, "payback_days": None, "assumed_rate": None, **changes}
    return PromiseFound("月息2分", ((0, 4),), "text", **fields, kind="cash", arithmetic="2%/月 × 12 = 24%/年")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"annual_rate": 0.24}, ["每年 24.0%", "一年给 2,400 元", "3.00%", "8.0 倍"]),
        ({"assumed_rate": 0.3}, ["没有写明", "推定为每年 30.0%"]),
        ({"irr": 0.417}, ["内部收益率每年 41.7%"]),
        ({"payback_days": 60}, ["60 天"]),
    ],
)
def test_a_promise_is_put_into_plain_figures(changes: dict[str, object], said: list[str]) -> None:
    sentences = promise_meaning(promise(**changes), 0.03)
    assert len(sentences) == 1
    assert all(words in sentences[0] for words in said)


def test_time_is_shown_as_in_beijing() -> None:
    assert beijing_time("2026-11-22T16:30:05.000+00:00") == "2026年11月23日 00:30:05"


def test_signs_and_numbers() -> None:
    assert [signed(-2.0), signed(0.0), signed(4.25)] == ["−2.0", "+0.0", "+4.2"]
    assert [circled(1), circled(20), circled(50), circled(51)] == ["①", "⑳", "㊿", "(51)"]
