"""Which role may do what, and how far: the one table, and the duties that one person may not unite."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from risk_screen.access.actor import Actor


class Role(StrEnum):
    """What somebody is in the district."""

    APPROVAL_BUREAU = "approval_bureau"
    GRID_WORKER = "grid_worker"
    TOWN_OFFICE = "town_office"
    TASK_FORCE = "task_force"
    TASK_FORCE_LEAD = "task_force_lead"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    REPORTER_CUSTODIAN = "reporter_custodian"


class Permission(StrEnum):
    """One thing that can be done: ``what.how``."""

    SCREEN_REGISTRATION = "registration.screen"
    SCREEN_MARKETING = "marketing.screen"
    READ_ASSESSMENT = "assessment.read"
    GIVE_LABEL = "label.give"
    READ_LABELS = "label.read"
    READ_CONSULTATION = "consultation.read"
    ANSWER_CONSULTATION = "consultation.answer"
    CONFIRM_ANSWER = "consultation.confirm"
    SIGN_HOLD = "hold.sign"
    REPORT_OUTCOME = "outcome.report"
    READ_EVENTS = "event.read"
    EXPORT_RECORDS = "record.export"
    IMPORT_RECORDS = "record.import"
    REPORT_CLUE = "clue.report"
    READ_CLUE = "clue.read"
    READ_CASE = "case.read"
    RECORD_SITE_CHECK = "site_check.record"
    WORK_CASE = "case.work"
    DECIDE_CASE = "case.decide"
    READ_STATISTICS = "statistics.read"
    READ_RULEBOOK = "rulebook.read"
    MAKE_RULE = "rule.make"
    RELEASE_RULE = "rule.release"
    MAKE_MODEL = "model.make"
    RELEASE_MODEL = "model.release"
    MAKE_POLICY = "policy.make"
    RELEASE_POLICY = "policy.release"
    READ_AUDIT = "audit.read"
    MANAGE_ACCOUNTS = "account.manage"
    MANAGE_KEYS = "key.manage"
    MANAGE_WEBHOOKS = "webhook.manage"
    READ_REPORTER = "reporter.read"


class Scope(StrEnum):
    """How far a permission reaches."""

    OWN = "own"
    TOWN = "town"
    ALL = "all"


ROLE_TITLES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.APPROVAL_BUREAU: "审批局",
        Role.GRID_WORKER: "网格员",
        Role.TOWN_OFFICE: "镇街",
        Role.TASK_FORCE: "工作专班",
        Role.TASK_FORCE_LEAD: "专班负责人",
        Role.ANALYST: "分析员",
        Role.AUDITOR: "审计员",
        Role.SYSTEM_ADMIN: "系统管理员",
        Role.REPORTER_CUSTODIAN: "举报人信息保管员",
    }
)
PERMISSION_TITLES: Final[Mapping[Permission, str]] = MappingProxyType(
    {
        Permission.SCREEN_REGISTRATION: "筛查企业登记",
        Permission.SCREEN_MARKETING: "筛查宣传文本",
        Permission.READ_ASSESSMENT: "查看筛查结果",
        Permission.GIVE_LABEL: "指出结果有误",
        Permission.READ_LABELS: "查看指出的错误",
        Permission.READ_CONSULTATION: "查看会商",
        Permission.ANSWER_CONSULTATION: "答复会商",
        Permission.CONFIRM_ANSWER: "确认会商答复",
        Permission.SIGN_HOLD: "签发暂缓登记建议",
        Permission.REPORT_OUTCOME: "反馈登记结果",
        Permission.READ_EVENTS: "读取事件",
        Permission.EXPORT_RECORDS: "导出记录",
        Permission.IMPORT_RECORDS: "导入记录",
        Permission.REPORT_CLUE: "上报线索",
        Permission.READ_CLUE: "查看线索",
        Permission.READ_CASE: "查看案件",
        Permission.RECORD_SITE_CHECK: "填写现场核查",
        Permission.WORK_CASE: "办理案件",
        Permission.DECIDE_CASE: "决定处置、移送与销号",
        Permission.READ_STATISTICS: "查看统计",
        Permission.READ_RULEBOOK: "查看规则库",
        Permission.MAKE_RULE: "编写规则",
        Permission.RELEASE_RULE: "发布规则",
        Permission.MAKE_MODEL: "训练模型",
        Permission.RELEASE_MODEL: "发布模型",
        Permission.MAKE_POLICY: "编写策略",
        Permission.RELEASE_POLICY: "发布策略",
        Permission.READ_AUDIT: "查看审计记录",
        Permission.MANAGE_ACCOUNTS: "管理账号",
        Permission.MANAGE_KEYS: "管理接口密钥",
        Permission.MANAGE_WEBHOOKS: "管理推送",
        Permission.READ_REPORTER: "查看举报人身份",
    }
)

_TASK_FORCE: Final = dict.fromkeys(
    (
        Permission.SCREEN_REGISTRATION,
        Permission.SCREEN_MARKETING,
        Permission.READ_ASSESSMENT,
        Permission.GIVE_LABEL,
        Permission.READ_CONSULTATION,
        Permission.ANSWER_CONSULTATION,
        Permission.READ_EVENTS,
        Permission.REPORT_CLUE,
        Permission.READ_CLUE,
        Permission.READ_CASE,
        Permission.RECORD_SITE_CHECK,
        Permission.WORK_CASE,
        Permission.READ_STATISTICS,
        Permission.READ_RULEBOOK,
    ),
    Scope.ALL,
)
_LEAD_ONLY: Final = dict.fromkeys(
    (
        Permission.DECIDE_CASE,
        Permission.SIGN_HOLD,
        Permission.CONFIRM_ANSWER,
        Permission.READ_LABELS,
        Permission.EXPORT_RECORDS,
        Permission.IMPORT_RECORDS,
        Permission.RELEASE_RULE,
        Permission.RELEASE_MODEL,
        Permission.RELEASE_POLICY,
    ),
    Scope.ALL,
)
GRANTS: Final[Mapping[Role, Mapping[Permission, Scope]]] = MappingProxyType(
    {
        Role.APPROVAL_BUREAU: {
            Permission.SCREEN_REGISTRATION: Scope.ALL,
            Permission.READ_ASSESSMENT: Scope.OWN,
            Permission.GIVE_LABEL: Scope.OWN,
            Permission.READ_CONSULTATION: Scope.OWN,
            Permission.REPORT_OUTCOME: Scope.OWN,
            Permission.READ_EVENTS: Scope.OWN,
            Permission.IMPORT_RECORDS: Scope.OWN,
            Permission.EXPORT_RECORDS: Scope.OWN,
            Permission.REPORT_CLUE: Scope.ALL,
            Permission.READ_CLUE: Scope.OWN,
        },
        Role.GRID_WORKER: {
            Permission.SCREEN_MARKETING: Scope.ALL,
            Permission.READ_ASSESSMENT: Scope.OWN,
            Permission.GIVE_LABEL: Scope.OWN,
            Permission.REPORT_CLUE: Scope.ALL,
            Permission.READ_CLUE: Scope.OWN,
            Permission.RECORD_SITE_CHECK: Scope.OWN,
        },
        Role.TOWN_OFFICE: {
            Permission.SCREEN_MARKETING: Scope.ALL,
            Permission.READ_ASSESSMENT: Scope.TOWN,
            Permission.GIVE_LABEL: Scope.TOWN,
            Permission.REPORT_CLUE: Scope.TOWN,
            Permission.READ_CLUE: Scope.TOWN,
            Permission.READ_CASE: Scope.TOWN,
            Permission.RECORD_SITE_CHECK: Scope.TOWN,
            Permission.READ_STATISTICS: Scope.TOWN,
        },
        Role.TASK_FORCE: _TASK_FORCE,
        Role.TASK_FORCE_LEAD: _TASK_FORCE | _LEAD_ONLY,
        Role.ANALYST: {
            Permission.SCREEN_REGISTRATION: Scope.ALL,
            Permission.SCREEN_MARKETING: Scope.ALL,
            Permission.READ_ASSESSMENT: Scope.ALL,
            Permission.READ_LABELS: Scope.ALL,
            Permission.READ_STATISTICS: Scope.ALL,
            Permission.READ_RULEBOOK: Scope.ALL,
            Permission.MAKE_RULE: Scope.ALL,
            Permission.MAKE_MODEL: Scope.ALL,
            Permission.MAKE_POLICY: Scope.ALL,
        },
        Role.AUDITOR: {Permission.READ_AUDIT: Scope.ALL},
        Role.SYSTEM_ADMIN: {
            Permission.MANAGE_ACCOUNTS: Scope.ALL,
            Permission.MANAGE_KEYS: Scope.ALL,
            Permission.MANAGE_WEBHOOKS: Scope.ALL,
        },
        Role.REPORTER_CUSTODIAN: {Permission.READ_REPORTER: Scope.ALL},
    }
)
STANDING_ALONE: Final = frozenset({Role.AUDITOR, Role.SYSTEM_ADMIN})
"""Roles of people who have no other role: who watches does not act, who gives access does not use it."""


def allows(actor_roles: Collection[Role], permission: Permission, *, owner: bool, town: bool) -> bool:
    """Tell whether somebody may do something; see ``why_not``."""
    return why_not(actor_roles, permission, owner=owner, town=town) is None


def why_not(actor_roles: Collection[Role], permission: Permission, *, owner: bool, town: bool) -> str | None:
    """Say in Chinese why somebody may not do something.

    Parameters
    ----------
    actor_roles : collection of Role
        Everything the actor is; the widest grant counts. Roles that exclude one another grant nothing.
    permission : Permission
    owner : bool
        It is the actor's own: what they reported, or what was given to them (``is_same``).
    town : bool
        It lies in the actor's town (``is_same``). For a list, ask once for every row or filter by ``scopes_of``.

    Returns
    -------
    str or None
        None when it is allowed.
    """
    clash = clash_of(actor_roles)
    if clash is not None:
        return clash
    scopes = scopes_of(actor_roles, permission)
    if Scope.ALL in scopes or (Scope.TOWN in scopes and town) or (Scope.OWN in scopes and owner):
        return None
    title = PERMISSION_TITLES[permission]
    if Scope.TOWN in scopes:
        return f"{title}限于本镇街。"
    if Scope.OWN in scopes:
        return f"{title}限于本人上报或经办的。"
    named = "、".join(ROLE_TITLES[role] for role in Role if role in actor_roles)
    return f"{named}没有“{title}”的权限。" if named else f"没有角色，不能{title}；请系统管理员授予角色。"


def scopes_of(actor_roles: Collection[Role], permission: Permission) -> frozenset[Scope]:
    """How far somebody's roles carry a permission; empty when none does, or when the roles exclude one another."""
    if clash_of(actor_roles) is not None:
        return frozenset()
    return frozenset(GRANTS[role][permission] for role in actor_roles if permission in GRANTS[role])


def clash_of(roles: Collection[Role]) -> str | None:
    """Say in Chinese why one person may not have all these roles; None when they may."""
    alone = [role for role in Role if role in STANDING_ALONE and role in roles]
    if not alone or len(set(roles)) == 1:
        return None
    return f"{ROLE_TITLES[alone[0]]}不能兼任其他角色。"


def why_not_release(makers: Collection[str], releaser: Actor) -> str | None:
    """Say in Chinese why a rule, model or policy may not be released by this actor: made by one, released by another.

    Parameters
    ----------
    makers : collection of str
        Ids of all *people* who wrote on this version; for what a key wrote, the person the key belongs to.
    releaser : Actor
        Must be a person. That they have the permission is asked of ``allows``.
    """
    if releaser.kind != "person":
        return "发布须由登录的人员办理，程序不能发布。"
    if not makers or not all(makers):
        return "不知道是谁编写的，不能发布。"
    if releaser.id in makers:
        return "编写与发布须由不同的人办理，请另一位负责人发布。"
    return None


def is_same(mine: str, its: str) -> bool:
    """Tell whether two ids of people or towns are the same; what is not known is nobody's."""
    return bool(mine) and mine == its
