"""Assessments and screeners for tests, made by hand: what a test does not name is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from risk_screen.rules.consultation_file import ConsultationFile
from risk_screen.rules.reference import Law
from risk_screen.screening.assessment import (
    CHARACTERISTICS,
    Assessment,
    Basis,
    Exempted,
    IdentifierFound,
    MaskedText,
    ModelPart,
    ModelTerm,
    NotEvaluated,
    ProfilePart,
    PromiseFound,
    Reason,
    Versions,
)
from risk_screen.screening.scoring import Weight, add_up
from risk_screen.screening.submission import Submission

Spans = tuple[tuple[int, int], ...]
PRIOR = -12.0
AS_OF = date(2026, 11, 22)
VERSIONS = Versions("2026.11+0123456789ab", "marketing-1", "3", "0.1.0")
FLYER = (
    "福寿苑康养中心致叔叔阿姨的一封信\n存5万元，优先预订养老床位，每月返利1.5%，一年期满本金全额退还，保 本 保 息！\n"
    "谨防不法分子以“高息”为名诈骗。介绍亲友来存，再奖励2%。电话 13800000000"
)
COMPANY = {
    "name": "淄博示例财富管理有限公司",
    "business_scope": "财富管理咨询；企业管理咨询（未经金融监管部门批准，不得从事吸收存款、代客理财等金融业务）",
}
LAWS = {
    "广告法": Law.model_validate(
        {
            "title": "中华人民共和国广告法",
            "document_number": "主席令第81号",
            "in_force_from": "2021-04-29",
            "source": "测试",
            "articles": {"25": "招商等有投资回报预期的商品或者服务广告，不得明示或者暗示保本、无风险或者保收益。"},
        }
    ),
}


@cache
def consultation_file() -> ConsultationFile:
    """How consultations are run, as shipped, with a law that is in LAWS."""
    path = Path(__file__).parents[1] / "rules" / "consultation.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["hold"] |= {"law": "广告法", "article": 25}
    return ConsultationFile.model_validate(content)


def spans_of(text: str, *quotes: str) -> Spans:
    """Where each quote first stands after the one before it."""
    spans, at = [], 0
    for quote in quotes:
        start = text.index(quote, at)
        at = start + len(quote)
        spans.append((start, at))
    return tuple(spans)


def reason(code: str = "marketing.guaranteed-principal", **changes: Any) -> Reason:
    """A reason; give ``spans`` and ``quote`` that fit the text."""
    plain = Reason(
        code=code,
        title="承诺保本保息",
        quote="保本",
        spans=((0, 2),),
        field="text",
        characteristic="inducement",
        weight=9.0,
        decibans=9.0,
        basis=(Basis("广告法", "中华人民共和国广告法", "25"),),
        via=(),
    )
    return replace(plain, **changes)


def assessment(
    reasons: Sequence[Reason] = (),
    *,
    model: float = -2.0,
    model_terms: Sequence[str] = (),
    missing: Mapping[str, tuple[str, ...]] | None = None,
    **changes: Any,
) -> Assessment:
    """An assessment whose parts add up; level and route fit the score only where a test says so."""
    weights = [Weight(r.code, r.characteristic, r.weight) for r in reasons]
    score = add_up(weights, prior=PRIOR, model=model)
    counted = tuple(replace(r, decibans=score.counted[r.code]) for r in reasons)
    of = {c: sum(r.decibans for r in counted if r.characteristic == c) for c in CHARACTERISTICS}
    plain = Assessment(
        channel="marketing",
        score=score.score,
        level="low",
        route="archive",
        prior_decibans=score.prior_decibans,
        total_decibans=score.total_decibans,
        reasons=counted,
        exempted=(),
        not_evaluated=(),
        shadow=(),
        masked=(),
        promises=(),
        identifiers=(),
        model=ModelPart(
            0.1, score.model_decibans, tuple(ModelTerm(term, ((0, 1),), "text", 1.0) for term in model_terms)
        ),
        profile={c: ProfilePart(round(d, 1), (missing or {}).get(c, ())) for c, d in of.items()},
        required_checks=(),
        questions=(),
        versions=VERSIONS,
    )
    return replace(plain, **changes)


def flyer_assessment(text: str = FLYER) -> Assessment:
    """The flyer, with everything a result can show."""
    deposit, yearly = "存5万元，优先预订养老床位", "每月返利1.5%"
    return assessment(
        [
            reason(
                "marketing.care-deposit",
                title="以养老床位吸收存款",
                quote=deposit,
                spans=spans_of(text, deposit),
                characteristic="illegality",
                weight=12.0,
                basis=(Basis("司法解释", "非法集资司法解释", "2"),),
            ),
            reason(quote="保 本 保 息", spans=spans_of(text, "保", "本", "保", "息"), via=("separator",)),
            reason(
                "marketing.high-return", title="承诺高额回报", quote=yearly, spans=spans_of(text, yearly), weight=6.0
            ),
        ],
        model=4.2,
        level="high",
        route="site_check",
        exempted=(Exempted("marketing.high-interest", "高息", spans_of(text, "高息"), "text", "警示语"),),
        not_evaluated=(NotEvaluated("marketing.recruits", "没有提供门店信息"),),
        shadow=(reason("marketing.trial", title="试行规则", quote="介绍亲友", decibans=0.0),),
        promises=(
            PromiseFound(yearly, spans_of(text, yearly), "text", 0.18, 0.33, 60, 0.2, "cash", "每月1.5% × 12 = 18%/年"),
        ),
        identifiers=(IdentifierFound("phone", "13800000000", spans_of(text, "13800000000"), "text"),),
        model_terms=("返利", "存5万元"),
        missing={"publicity": ("在哪里散发、散发了多少？",), "sociality": ("介绍的人是亲友还是陌生人？",)},
        required_checks=("调取宣传页与合同首页",),
        questions=("亏损时由谁保证本金？", "在哪里散发、散发了多少？"),
    )


def company_assessment(fields: Mapping[str, str] = COMPANY) -> Assessment:
    """The registration: raised by its wording above what the score asks for, with a masked disclaimer."""
    scope, name = fields["business_scope"], fields["name"]
    disclaimer = scope[scope.index("（") :]
    return assessment(
        [
            reason(
                "registration.wealth-management",
                title="含“财富管理”字样",
                quote="财富管理",
                spans=spans_of(name, "财富管理"),
                field="name",
                characteristic="illegality",
                weight=12.0,
                basis=(Basis("条例", "防范和处置非法集资条例", "9"),),
            )
        ],
        model=-3.0,
        channel="registration",
        level="attention",
        route="advise_against",
        masked=(MaskedText(disclaimer, spans_of(scope, disclaimer), "business_scope", "限制性说明"),),
        questions=("是否向公众销售理财产品？",),
    )


@dataclass(slots=True)
class CannedScreener:
    """Answers every submission with one assessment, and remembers what it was asked."""

    answer: Assessment
    asked: list[Submission] = field(default_factory=list)
    program: str = VERSIONS.program

    def assess(self, submission: Submission) -> Assessment:
        """Return the canned assessment."""
        self.asked.append(submission)
        return self.answer

    @property
    def book(self) -> Any:
        """What the page takes from a rulebook."""
        rules = [SimpleNamespace(id="marketing.recruits", title="门店众多")]
        policy = SimpleNamespace(lpr=SimpleNamespace(value=0.03), model_dump=lambda: {"since": AS_OF})
        parts = {"laws": LAWS, "rules": rules, "policy": policy, "consultation": consultation_file(), "as_of": AS_OF}
        said = SimpleNamespace(to_applicant="这些字样要先会商。")
        rulebook = SimpleNamespace(**parts, rule=lambda rule_id: said)
        return SimpleNamespace(rulebook=rulebook, version=VERSIONS.rulebook)

    @property
    def classifiers(self) -> Any:
        """What is kept of the models in service."""
        return {channel: SimpleNamespace(version=f"{channel}-1") for channel in ("registration", "marketing")}

    @property
    def policy(self) -> Any:
        """What the page takes from a policy."""
        marketing = {"low": "archive", "attention": "watch", "elevated": "verify", "high": "site_check"}
        registration = {"low": "proceed", "attention": "proceed", "elevated": "consult", "high": "consult"}
        routes = {"marketing": marketing, "registration": registration}
        by_channel = {c: SimpleNamespace(routes=r) for c, r in routes.items()}
        return SimpleNamespace(channels=by_channel, version=VERSIONS.policy)
