"""What fields and parameters mean that go by the same name wherever they occur, in Chinese, for the OpenAPI document.

A field that says of itself what it means keeps its own words; a test finds those of which nothing is said.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

_TIME: Final = "（ISO 8601，UTC）"
OF_NAME: Final = {
    "id": "编号",
    "version": "版本号，每改一次加一；与 ETag 相同",
    "items": "这一页的各条",
    "next": "取下一页时原样填入 cursor；null 表示没有了",
    "made_by": "由谁做的：账号或密钥的编号",
    "made_at": f"何时{_TIME}",
    "created_at": f"建立的时间{_TIME}",
    "changed_at": f"上次改动的时间{_TIME}",
    "expires_at": f"有效到何时{_TIME}",
    "party": "单位",
    "town": "镇街",
    "description": "说明，给管理的人看",
    "sign_in_name": "登录名",
    "display_name": "姓名或称呼",
    "roles": "角色",
    "external_subject": "单点登录中的身份（sub）；没有关联为 null",
    "account": "账号",
    "assessment_id": "筛查结果的编号",
    "consultation_id": "会商的编号；没有会商为 null",
    "enterprise_id": "企业的编号；没有登记为 null",
    "endpoint_id": "推送接口的编号",
    "event_cursor": "事件编号",
    "attempted_at": f"上次尝试的时间{_TIME}",
    "credit_code": "统一社会信用代码，18 位",
    "outcome": "registered 已登记、changed_name 申请人改了名称、withdrawn 申请人撤回、refused 不予登记；"
    "没有反馈为 null",
    "answer": "no_objection 无异议、conditions 有条件同意、objection 有异议；没有答复为 null",
    "reasons": "理由",
    "correction_reason": "更正原因；不是更正的为空",
    "reported_at": f"反馈的时间{_TIME}",
    "registered_name": "登记的名称；与筛查时相同为 null",
    "registered_at": f"登记的时间{_TIME}",
    "note": "说明",
    "route": "去向。登记：proceed 正常办理、consult 会商、advise_against 建议不予使用；"
    "宣传：archive 存档、watch 关注、verify 网格员核实、site_check 专班现场核查",
    "level": "级别：low 低、attention 关注、elevated 较高、high 高",
    "field": "在哪个字段",
    "url": "推送到的地址",
    "kinds": "推送哪些种类的事件；* 为全部，consultation.* 为其下各种",
}
OF_FIELD: Final = {
    "AccountAnswer.is_demo": "演示账号，只能在本机用",
    "AccountAnswer.has_second_factor": "绑定了动态码",
    "AdviceAnswer.sentences": "可以对申请人说的话，一条依据一句",
    "AdviceAnswer.change": "改动最小、重新筛查后可以正常办理的写法；找不到为 null",
    "AttemptAnswer.duration_ms": "用时，毫秒",
    "AttemptAnswer.attempted_at": f"尝试的时间{_TIME}",
    "BatchAnswer.results": "逐条的结果，次序与请求相同",
    "BatchRequest.items": "1 至 1,000 条，各条的写法与单条相同",
    "Change.removed": "去掉的字样",
    "Change.route": "改后的去向",
    "ConsultationAnswerShown.number": "第几次答复，从 1 起",
    "ConsultationAnswerShown.conditions": "须改什么；不是有条件同意的为空",
    "ConsultationAnswerShown.status": "proposed 等负责人确认、final 已送出、returned 被退回",
    "ConsultationAnswerShown.settled_by": "由谁确认或退回；不必确认的为 null",
    "ConsultationShown.answers": "各次答复，先后为序",
    "ConsultationShown.opened_at": f"发起的时间{_TIME}",
    "ConsultationSummary.opened_at": f"发起的时间{_TIME}",
    "DeadLetterAnswer.state": "dead：放弃了，可以要求重发",
    "DeadLetterAnswer.attempts": "试过几次",
    "DeadLetterAnswer.problem": "最后一次的结果，写法同推送记录的 result",
    "DestinationAnswer.scheme": "https，或 http",
    "DestinationAnswer.host": "主机名、IP 地址或网段",
    "DestinationAnswer.port": "端口",
    "DestinationRequest.port": "端口；不填为 443（https）或 80（http）",
    "EnrolmentAnswer.uri": "otpauth:// 地址，供验证器应用读取",
    "EnrolmentAnswer.secret": "密钥（Base32），不能扫码时手工输入",
    "EnrolmentAnswer.qr_svg": "同一地址的二维码，SVG",
    "EnterpriseHold.number": "文号",
    "EnterpriseHold.state": "draft 草稿、signed 已签发、lifted 已解除、discarded 已作废",
    "EnterpriseScreening.screened_at": f"筛查的时间{_TIME}",
    "EnterpriseScreening.name": "当时筛查的名称；已过保存期限为 null",
    "EnterpriseScreening.consultation_state": "open 待答复、overdue 超期待答复、answered 已答复、superseded 被取代、"
    "closed 已办结；没有会商为 null",
    "EnterpriseShown.name": "现在的名称",
    "EnterpriseShown.names": "用过的名称，先后为序",
    "EnterpriseShown.screenings": "关于它的筛查，先后为序",
    "EnterpriseShown.holds": "关于它的暂缓登记建议",
    "EventAnswer.subject_type": "对象是什么：assessment 筛查结果、consultation 会商、registration_hold 暂缓登记建议、"
    "enterprise 企业等",
    "EventAnswer.payload": "各种事件不同的内容，只有编号、级别、版本，没有个人信息；见 docs/api.md",
    "EventAnswer.created_at": f"发生的时间{_TIME}",
    "GivenKeyAnswer.key": "密钥，只显示这一次；放在 Authorization: Bearer 之后",
    "Health.status": "ok 正常、unavailable 暂不能受理",
    "Health.checks": "逐项的检查，键是项目",
    "HealthCheck.ok": "这一项是否正常",
    "HoldShown.state": "draft 草稿、signed 已签发、lifted 已解除、discarded 已作废",
    "HoldShown.number": "文号",
    "HoldShown.addressee": "致哪个登记机关",
    "HoldShown.subject_name": "企业或申请名称",
    "HoldShown.procedures": "请暂缓办理的事项",
    "HoldShown.case_reference": "所依据的案件或线索编号",
    "HoldShown.drafted_at": f"拟稿的时间{_TIME}",
    "HoldShown.signed_at": f"签发的时间{_TIME}；没有签发为 null",
    "HoldShown.lifted_at": f"解除的时间{_TIME}；没有解除为 null",
    "HoldShown.lifting_reason": "解除的原因",
    "KeyAnswer.name": "哪个系统的密钥",
    "KeyAnswer.permissions": "可以做什么",
    "KeyAnswer.networks": "只能从这些网段使用",
    "KeyAnswer.requests_per_minute": "每分钟至多几次",
    "KeyAnswer.revoked_at": f"停用的时间{_TIME}；没有停用为 null",
    "NameShown.name": "名称；已过保存期限为 null",
    "NewWebhookAnswer.secret": "签名密钥，只显示这一次；whsec_ 开头",
    "OutcomeReport.number": "第几次反馈，从 1 起",
    "OutcomeShown.number": "第几次反馈，从 1 起",
    "OutcomeShown.reports": "各次反馈，先后为序；最后一次为准",
    "OwnSession.stage": "full 已登录；其他为还差的一步",
    "OwnSession.address": "从哪个地址登录",
    "OwnSession.seen_at": f"上次使用的时间{_TIME}",
    "Problem.type": "固定为 about:blank（RFC 9457）",
    "Problem.title": "哪一类问题",
    "Problem.status": "HTTP 状态，与应答行相同",
    "ReleaseShown.state": "proposed 待决定、released 已发布、declined 不予发布",
    "ReleaseShown.reason": "编写人说的原因",
    "ReleaseShown.proposed_by": "由谁提出：账号的编号",
    "ReleaseShown.proposed_at": f"提出的时间{_TIME}",
    "ReleaseShown.decided_by": "由谁决定：账号的编号；没有决定为 null",
    "ReleaseShown.decided_at": f"决定的时间{_TIME}；没有决定为 null",
    "Removed.words": "去掉的字",
    "ScreeningAnswer.advice": "可以对申请人说的话；请求时没有要的没有这一项",
    "SessionAnswer.expires_at": f"登录有效到何时{_TIME}",
    "StatusAnswer.state": "enabled 在推送、paused 已暂停、disabled 接收方答了 410",
    "StatusAnswer.oldest_waiting_at": f"最早一个没有送达的事件发生的时间{_TIME}；没有为 null",
    "StatusAnswer.failing_since": f"从何时起连续失败{_TIME}；没有为 null",
    "Taken.taken": "导入了几行",
    "ToldSentence.quote": "名称或经营范围中的原文",
    "ToldSentence.sentence": "对申请人说的一句话",
    "WaitingShown.score": "分数，0–100",
    "WaitingShown.created_at": f"筛查的时间{_TIME}",
    "WebhookWithSecrets.secrets": "现有的签名密钥（不含密钥本身）",
}
OF_PARAMETER: Final = {
    "assessment_id": "筛查结果的编号",
    "secret_id": "签名密钥的编号",
    "destination_id": "允许名单中这一条的编号",
    "limit": "一页至多几条",
    "state": "单点登录开始时给出的值，由认证服务带回",
    "code": "认证服务给出的一次性代码",
}
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


def describe(made: dict[str, Any]) -> None:
    """Say what is meant where nothing is said, and take out what is said to programmers of the service."""
    for schema, name, field in fields_of(made):
        if not is_said(field):
            field["description"] = OF_FIELD.get(f"{schema}.{name}") or OF_NAME.get(name, "")
    for operation, parameter in parameters_of(made):
        if parameter is not None and not is_said(parameter):
            parameter["description"] = OF_PARAMETER.get(parameter["name"], "")
        if not is_said(operation):
            operation.pop("description", None)


def is_said(part: dict[str, Any]) -> bool:
    """Tell whether a part of the document has a description in Chinese."""
    return CHINESE.search(part.get("description", "")) is not None


def fields_of(made: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name every field of the schemas: schema, field, what is said of it."""
    for schema, content in made["components"]["schemas"].items():
        for name, field in content.get("properties", {}).items():
            yield schema, name, field


def parameters_of(made: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Name every operation, alone and with each of its parameters."""
    for operations in made["paths"].values():
        for operation in operations.values():
            yield operation, None
            for parameter in operation.get("parameters", []):
                yield operation, parameter
