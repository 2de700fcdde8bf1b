"""What programs may send; what they get is the assessment's canonical JSON (docs/assessment.schema.json)."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

MOST_ITEMS: Final = 1_000

EXAMPLES: Final[dict[str, Any]] = {
    "registration": {
        "summary": "企业登记",
        "value": {
            "channel": "registration",
            "name": "淄博鑫源财富管理有限公司",
            "business_scope": "受托资产管理；投资咨询"
            "（未经金融监管部门批准，不得从事吸收存款、融资担保、代客理财等金融业务）。",
            "external_id": "DJ-2026-000123",
        },
    },
    "marketing": {
        "summary": "宣传文本",
        "value": {
            "channel": "marketing",
            "text": "福寿苑康养中心：存5万元优先预订养老床位，月息2分，保 本 保 息，一年期满全额退还！"
            "介绍亲友来存另有奖励，名额有限。电话 13800000000。谨防以“高息”为名的骗局。",
        },
    },
}


class ScreeningRequest(BaseModel):
    """One text to screen.

    ``registration`` takes ``name`` and/or ``business_scope``; ``marketing`` takes ``text``. Each at most 100,000
    characters.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    channel: Literal["registration", "marketing"] = Field(description="企业登记或宣传文本")
    name: str | None = Field(default=None, description="企业名称，至多 100,000 个字符")
    business_scope: str | None = Field(default=None, description="经营范围，至多 100,000 个字符")
    text: str | None = Field(default=None, description="宣传文本，至多 100,000 个字符")
    external_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")] | None = (
        Field(default=None, description="来文单位自己的编号：同号同文返回原结果，同号异文另存并与原结果关联")
    )

    credit_code: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(
        default=None, description="变更登记时企业的统一社会信用代码：与这个企业此前的筛查关联；只用于 registration"
    )

    @property
    def fields(self) -> dict[str, object]:
        """The texts, by field name."""
        return {"name": self.name, "business_scope": self.business_scope, "text": self.text}


class BatchRequest(BaseModel):
    """Up to 1,000 texts; a bad one gets a problem of its own and the others go on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    # Checked one by one in api/screenings.py, so that a bad item does not spoil the request.
    items: Annotated[
        list[Any],
        Field(min_length=1, max_length=MOST_ITEMS),
        WithJsonSchema(
            {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_ITEMS,
                "items": {"$ref": "#/components/schemas/ScreeningRequest"},
            }
        ),
    ]


class Problem(BaseModel):
    """RFC 9457 problem details; ``code`` is stable, ``detail`` says in Chinese what to do."""

    type: str = "about:blank"
    title: str
    status: int
    code: str = Field(description="稳定的错误代码，见 docs/errors.md")
    detail: str = Field(description="中文说明：哪里不对、怎样改；不含所提交的文字")
    request_id: str = Field("", description="这次请求的编号，与应答头 X-Request-ID 相同；询问维护人员时请报出")


class HealthCheck(BaseModel):
    """One thing the service needs."""

    ok: bool
    detail: str = Field(description="中文说明")


class Health(BaseModel):
    """Whether the process lives, or whether it can do its work."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, HealthCheck] = {}
