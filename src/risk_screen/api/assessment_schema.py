"""The JSON Schema of an assessment: made from its dataclasses, with what every field means and may be."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from risk_screen.screening.assessment import CHARACTERISTICS, Assessment
from risk_screen.screening.policy import LEVELS, ROUTE_ORDER
from risk_screen.screening.submission import CHANNELS, FIELDS_OF_CHANNEL
from risk_screen.screening.wording import IDENTIFIER_TITLES, KIND_TITLES, STEP_TITLES

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PLACES: Final = "在原文中的位置：[起, 止)，Unicode 码点下标，可能有几段，依次排列、互不重叠"
QUOTE: Final = "原文所写的字"
FIELD: Final = "在哪个字段"
ARTICLES: Final = "法律依据"
MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "Assessment": {
        "channel": "渠道",
        "score": "0–100 的分数，一位小数：100 × 概率(total_decibans)",
        "level": "级别：low 蓝、attention 黄、elevated 橙、high 红",
        "route": "去向：登记 proceed consult advise_against；宣传 archive watch verify site_check",
        "prior_decibans": "起点：同类来文的平均风险（分贝 = 10·lg 几率）",
        "total_decibans": "合计 = 起点 + 各条依据的 decibans + model.decibans，严格相等",
        "reasons": "计分的依据，计入多的在前",
        "exempted": "出现了但不计分的词语，及原因",
        "not_evaluated": "没有评估的规则，及原因；不等于没有命中",
        "shadow": "试运行规则的命中，不计分",
        "masked": "免责声明等未读入的文字，不加分也不减分",
        "promises": "承诺的回报，折算成年化",
        "identifiers": "文中的电话、账号等",
        "model": "文本分类器的意见，已按政策收缩、限幅",
        "profile": "四个特征各有多少依据、还缺什么",
        "required_checks": "必须核验的事项",
        "questions": "现场要问清的问题",
        "versions": "重现这个结果所需的版本",
        "id": "编号，UUIDv7；只筛查、不保存时为 null",
        "created_at": "时间，ISO 8601，UTC；只筛查、不保存时为 null",
    },
    "Reason": {
        "code": "规则编号",
        "title": "规则标题",
        "quote": QUOTE,
        "spans": PLACES,
        "field": FIELD,
        "characteristic": "指向哪个特征",
        "weight": "规则所定的分量（分贝）",
        "decibans": "实际计入（分贝）：同一特征的第 k 条只计 1/2^(k−1)；同一条规则在另一字段里的命中另列，计 0",
        "basis": ARTICLES,
        "via": "还原了哪些写法才读出来",
    },
    "Basis": {"law": "laws.yaml 中的键", "title": "法规名称", "article": "条号；通知类文件可为空"},
    "Exempted": {"code": "规则编号", "quote": QUOTE, "spans": PLACES, "field": FIELD, "why": "为什么不计分"},
    "NotEvaluated": {"code": "规则编号", "why": "为什么没有评估"},
    "MaskedText": {"quote": QUOTE, "spans": PLACES, "field": FIELD, "why": "为什么不读入"},
    "PromiseFound": {
        "quote": QUOTE,
        "spans": PLACES,
        "field": FIELD,
        "annual_rate": "单利年化（0.24 = 24%）；原文没有期限或只退本金时为 null",
        "irr": "按实际占用的钱算的内部收益率，每年",
        "payback_days": "称多少天回本",
        "assumed_rate": "原文没有期限、按一年推定的年化",
        "kind": "回报形式：现金、回购、消费额或积分、实物",
        "arithmetic": "算式",
    },
    "IdentifierFound": {"kind": "种类", "value": "号码或地址", "spans": PLACES, "field": FIELD},
    "ModelPart": {
        "probability": "分类器自己的概率，未经收缩",
        "decibans": "计入合计的部分（分贝）",
        "terms": "分类器依据的词",
    },
    "ModelTerm": {"quote": QUOTE, "spans": PLACES, "field": FIELD, "decibans": "这几个字的分量（分贝），限幅之前"},
    "ProfilePart": {"decibans": "这个特征计入多少（分贝）", "missing": "还没有依据，现场要问什么"},
    "Versions": {
        "rulebook": "规则库版本与内容指纹",
        "model": "模型版本",
        "policy": "政策版本",
        "program": "程序版本",
    },
}
ALL_FIELDS: Final = tuple(field for fields in FIELDS_OF_CHANNEL.values() for field in fields)
ALL_ROUTES: Final = tuple(route for routes in ROUTE_ORDER.values() for route in routes)
VALUES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("Assessment", "channel"): CHANNELS,
    ("Assessment", "level"): LEVELS,
    ("Assessment", "route"): ALL_ROUTES,
    ("Reason", "characteristic"): CHARACTERISTICS,
    ("PromiseFound", "kind"): tuple(KIND_TITLES),
    ("IdentifierFound", "kind"): tuple(IDENTIFIER_TITLES),
    **{(name, "field"): ALL_FIELDS for name, fields in MEANINGS.items() if "field" in fields},
}


def assessment_schema() -> dict[str, Any]:
    """Return the schema as a document of its own (docs/assessment.schema.json)."""
    schemas = component_schemas("#/$defs/")
    main = schemas.pop("Assessment")
    return {"$schema": DIALECT, "title": "Assessment", **main, "$defs": schemas}


def component_schemas(prefix: str) -> dict[str, dict[str, Any]]:
    """Return the schema of every class of an assessment; references begin with ``prefix``."""
    whole = TypeAdapter(Assessment).json_schema(mode="serialization", ref_template=prefix + "{model}")
    schemas: dict[str, dict[str, Any]] = whole.pop("$defs")
    schemas["Assessment"] = whole
    return {name: _described(name, schema, prefix) for name, schema in sorted(schemas.items())}


def _described(name: str, schema: dict[str, Any], prefix: str) -> dict[str, Any]:
    properties = {
        field: _described_field(name, field, {key: value for key, value in plain.items() if key != "title"})
        for field, plain in schema["properties"].items()
    }
    if name == "Assessment":
        part = {"$ref": f"{prefix}ProfilePart"}
        of_each = {"properties": dict.fromkeys(CHARACTERISTICS, part), "required": list(CHARACTERISTICS)}
        properties["profile"] = {"type": "object", "description": MEANINGS[name]["profile"], **of_each}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _described_field(name: str, field: str, plain: dict[str, Any]) -> dict[str, Any]:
    described = {**plain, "description": MEANINGS[name][field]}
    described.pop("default", None)
    if (name, field) in VALUES:
        described["enum"] = list(VALUES[name, field])
    if (name, field) == ("Reason", "via"):
        described["items"] = {"type": "string", "enum": list(STEP_TITLES)}
    return described
