"""What stands in the audit trail, in Chinese: what it was done to, and what was done."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SUBJECT_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "screening": "筛查",
        "assessment": "筛查结果",
        "label": "意见",
        "consultation": "会商",
        "registration": "登记结果",
        "enterprise": "企业",
        "registration_hold": "暂缓登记建议",
        "session": "登录会话",
        "account": "账号",
        "key": "接口密钥",
        "webhook": "推送",
        "webhook_destination": "推送去处",
        "reporter": "举报人身份",
        "record": "记录",
        "release": "发布",
        "retention": "保存期限",
        "database": "数据库",
    }
)
VERB_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "store": "保存",
        "read": "查看",
        "list": "查看列表",
        "export": "导出",
        "give": "指出有误",
        "withdraw": "收回",
        "opened": "发起",
        "overdue": "超期",
        "answered": "答复",
        "answer_proposed": "提出答复，待确认",
        "answer_returned": "退回答复",
        "superseded": "被取代",
        "closed": "办结",
        "reported": "反馈",
        "added": "新增",
        "named": "有了名称",
        "renamed": "改了名称",
        "drafted": "起草",
        "signed": "签发",
        "lifted": "解除",
        "discarded": "作废",
        "open": "开始",
        "move_on": "进入下一步",
        "close": "结束",
        "refused": "被拒绝",
        "add": "新建",
        "change": "修改",
        "change_password": "更换密码",
        "choose_password": "设密码",
        "demonstrate": "建立演示账号",
        "disable": "停用",
        "enable": "启用",
        "reset": "重置",
        "second_factor": "绑定动态码",
        "revoke": "停用",
        "allow": "允许去处",
        "disallow": "不再允许去处",
        "remove": "删除",
        "new_secret": "新建签名密钥",
        "retire_secret": "停用签名密钥",
        "ping": "试推送",
        "resend": "重新推送",
        "keep": "登记",
        "reseal": "重新加密",
        "proposed": "提出",
        "made": "投入使用",
        "declined": "不予发布",
        "purge": "按期清除",
        "back_up": "备份",
        "restore": "恢复",
    }
)


def action_title(action: str) -> str:
    """Say what was done: 账号：重置; the code itself where it is not known here."""
    subject, _, verb = action.partition(".")
    known = subject in SUBJECT_TITLES and verb in VERB_TITLES
    return f"{SUBJECT_TITLES[subject]}：{VERB_TITLES[verb]}" if known else action
