"""What programs send and get about consultations, outcomes, enterprises, holds and what waits."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from risk_screen.api.parameters import NeededWords, ShortWords, Words

AnswerName = Literal["no_objection", "conditions", "objection"]
StateName = Literal["open", "overdue", "answered", "superseded", "closed"]
OutcomeName = Literal["registered", "changed_name", "withdrawn", "refused"]
ProcedureName = Literal["establishment", "change", "cancellation"]
HoldStateName = Literal["draft", "signed", "lifted", "discarded"]


class Sent(BaseModel):
    """Nothing else may be sent."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ConsultationRequest(Sent):
    """The bureau asks for a consultation."""

    assessment_id: ShortWords = Field(description="企业登记的筛查结果")
    request: NeededWords = Field(description="为什么要会商")


class AnswerRequest(Sent):
    """What the task force says."""

    answer: AnswerName = Field(description="无异议、有条件同意、有异议")
    reasons: Words = Field(default="", description="理由；有条件同意、有异议必填")
    conditions: Words = Field(default="", description="须改什么；只有“有条件同意”填，且必填")
    correction_reason: Words = Field(default="", description="更正原因；只有更正已送出的答复时填，且必填")


class ReturnRequest(Sent):
    """Why an answer is returned."""

    note: NeededWords = Field(description="为什么退回")


class OutcomeRequest(Sent):
    """What became of a registration."""

    outcome: OutcomeName = Field(description="已登记、申请人改了名称、申请人撤回、不予登记")
    credit_code: Words | None = Field(default=None, description="统一社会信用代码；已登记必填，其余不填")
    registered_name: ShortWords | None = Field(default=None, description="登记的名称；与送来筛查的相同时不填")
    correction_reason: Words = Field(default="", description="更正原因；只有与此前的反馈不同时填，且必填")


class HoldRequest(Sent):
    """A draft of a registration hold."""

    party: ShortWords = Field(description="收函单位在本系统里的名称，与它的密钥、账号上的单位一致；签发后它才看得到")
    addressee: ShortWords = Field(description="抬头")
    subject_name: ShortWords = Field(description="建议暂停为谁办理登记")
    credit_code: Words | None = Field(default=None, description="它的统一社会信用代码，没有则不填")
    procedures: list[ProcedureName] = Field(min_length=1, max_length=3, description="设立、变更、注销")
    case_reference: ShortWords = Field(description="所依据的调查：案号或线索编号")
    reasons: NeededWords = Field(description="理由")


class LiftRequest(Sent):
    """Why a hold is lifted."""

    reason: NeededWords = Field(description="为什么解除")


class ConsultationSummary(BaseModel):
    """A consultation in a list."""

    id: str
    version: int = Field(description="每变一次加一；ETag 由它而来")
    state: StateName = Field(description="待答复、已超期、已答复、已被取代、已办结")
    overdue_stage: int = Field(description="过了几个期限：0 未超期，1 答复期限，2 登记期限，3 延长后的登记期限")
    assessment_id: str
    previous_id: str | None = Field(description="同一编号此前的会商")
    is_requested: bool = Field(description="审批局提出的；否则由去向发起")
    answer: AnswerName | None = Field(description="现行的答复")
    opened_at: str
    counted_from: str = Field(description="按哪个工作日收到计算（北京时间）")
    answer_due_at: str = Field(description="专班答复的期限")
    registration_due_at: str = Field(description="登记的期限：3 个工作日")
    extension_due_at: str = Field(description="批准延长后的登记期限：3 + 3 个工作日")
    calendar_known: bool = Field(description="false：涉及的年份没有节假日表，只按周末推算")
    changed_at: str


class ConsultationAnswerShown(BaseModel):
    """One answer; the last five fields are shown to the task force only."""

    number: int
    answer: AnswerName
    reasons: str
    conditions: str
    correction_reason: str
    answered_at: str | None = Field(description="送出的时间；没有送出为 null")
    status: Literal["proposed", "final", "returned"] = "final"
    note: str = Field(default="", description="退回的原因")
    made_by: str = ""
    made_at: str = ""
    settled_by: str | None = None


class ConsultationShown(ConsultationSummary):
    """A consultation with its answers."""

    assessment_ids: list[str] = Field(description="所涉的筛查结果")
    successor_id: str | None = Field(description="取代它的会商")
    request: str = Field(description="审批局提出的原因")
    answers: list[ConsultationAnswerShown]


class ConsultationList(BaseModel):
    """Some consultations, and where to go on."""

    items: list[ConsultationSummary]
    next: str | None


class OutcomeReport(BaseModel):
    """One report."""

    number: int
    outcome: OutcomeName
    enterprise_id: str | None
    credit_code: str | None
    registered_name: str | None
    correction_reason: str
    reported_at: str


class OutcomeShown(OutcomeReport):
    """What became of a registration, and every report of it."""

    assessment_id: str
    version: int
    reports: list[OutcomeReport]


class NameShown(BaseModel):
    """A name an enterprise had."""

    name: str | None
    registered_at: str
    assessment_id: str


class EnterpriseScreening(BaseModel):
    """One screening of an enterprise."""

    assessment_id: str
    screened_at: str
    name: str | None
    route: str
    level: str
    consultation_id: str | None
    consultation_state: StateName | None
    answer: AnswerName | None
    outcome: OutcomeName | None


class EnterpriseHold(BaseModel):
    """A hold on an enterprise."""

    id: str
    number: str
    state: HoldStateName


class EnterpriseShown(BaseModel):
    """An enterprise and its history, as far as it is within reach."""

    id: str
    credit_code: str
    name: str | None
    names: list[NameShown]
    screenings: list[EnterpriseScreening]
    holds: list[EnterpriseHold]


class HoldShown(BaseModel):
    """A registration hold."""

    id: str
    version: int
    state: HoldStateName
    number: str
    party: str
    addressee: str
    subject_name: str
    credit_code: str
    enterprise_id: str | None
    procedures: list[ProcedureName]
    case_reference: str
    reasons: str
    drafted_at: str
    signed_at: str | None
    lifted_at: str | None
    lifting_reason: str


class HoldList(BaseModel):
    """Some holds, and where to go on."""

    items: list[HoldShown]
    next: str | None


class WaitingShown(BaseModel):
    """One flyer that waits."""

    assessment_id: str
    route: Literal["verify", "site_check"]
    level: str
    score: float
    town: str
    created_at: str


class WaitingList(BaseModel):
    """What waits, and where to go on."""

    count: int = Field(description="符合条件的一共多少条，不只这一页", examples=[37])
    items: list[WaitingShown]
    next: str | None


ANSWER_EXAMPLES: Final[dict[str, Any]] = {
    "no_objection": {"summary": "无异议", "value": {"answer": "no_objection"}},
    "conditions": {
        "summary": "有条件同意",
        "value": {
            "answer": "conditions",
            "reasons": "名称中的“投资”易使公众误认为可以代客理财。",
            "conditions": "把名称中的“投资”改为“商务”，经营范围不变。",
        },
    },
}
OUTCOME_EXAMPLES: Final[dict[str, Any]] = {
    "registered": {"summary": "已登记", "value": {"outcome": "registered", "credit_code": "91350100M000100Y43"}},
    "withdrawn": {"summary": "申请人撤回", "value": {"outcome": "withdrawn"}},
}
HOLD_EXAMPLES: Final[dict[str, Any]] = {
    "hold": {
        "summary": "建议暂停办理变更、注销登记",
        "value": {
            "party": "审批局",
            "addressee": "张店区行政审批服务局",
            "subject_name": "淄博示例财富管理有限公司",
            "credit_code": "91350100M000100Y43",
            "procedures": ["change", "cancellation"],
            "case_reference": "线索 2026-17",
            "reasons": "正在核查其向不特定对象吸收资金的情况。",
        },
    }
}
