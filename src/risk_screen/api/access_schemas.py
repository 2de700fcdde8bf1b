"""What is sent and answered about sessions, accounts and keys."""

from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from risk_screen.access.passwords import LONGEST
from risk_screen.access.roles import Permission, Role
from risk_screen.access.tokens import LONGEST_TOKEN
from risk_screen.api.parameters import Storable
from risk_screen.operations.accounts import Person
from risk_screen.operations.api_keys import AskedTerms, KeyHolder
from risk_screen.storage.accounts import Account
from risk_screen.storage.keys import ApiKey
from risk_screen.storage.sessions import Session

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"\S"), Storable]
Place = Annotated[str, Field(max_length=64), Storable]
# Longer passwords are answered like wrong ones, but for those that cannot be honest.
Password = Annotated[str, Field(min_length=1, max_length=4 * LONGEST)]
Token = Annotated[str, Field(min_length=1, max_length=LONGEST_TOKEN)]
Code = Annotated[str, Field(min_length=6, max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInRequest(_Strict):
    """Name and password."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="登录名")
    password: Password = Field(description="密码")


class CodeRequest(_Strict):
    """A code of the second factor."""

    code: Code = Field(description="6 位动态码，或一个恢复码")


class PasswordRequest(_Strict):
    """A new password in place of one's own."""

    old: Password = Field(description="现在的密码")
    new: Password = Field(description="新密码")


class InviteRequest(_Strict):
    """The token of a link, and the password chosen."""

    token: Token = Field(description="链接中 # 之后的部分")
    password: Password = Field(description="新密码")


class AccountRequest(_Strict):
    """What an administrator says of somebody."""

    display_name: Name = Field(description="姓名或称呼，只在页面上显示，不进审计记录")
    roles: Annotated[list[Role], Field(min_length=1)] = Field(description="角色")
    party: Place = Field(default="", description="单位")
    town: Place = Field(default="", description="镇街")
    external_subject: Annotated[str, Field(min_length=1, max_length=255), Storable] | None = Field(
        default=None, description="单点登录中的身份（sub）"
    )

    @property
    def person(self) -> Person:
        """The same, for the operations."""
        return Person(self.display_name, frozenset(self.roles), self.party, self.town, self.external_subject)


class NewAccountRequest(AccountRequest):
    """An account to be made."""

    sign_in_name: Name = Field(description="登录名")


class ResetRequest(_Strict):
    """What is taken away."""

    second_factor: bool = Field(default=False, description="动态码也一并解除")


class AccountAnswer(BaseModel):
    """An account, as administrators and its owner see it."""

    id: str
    sign_in_name: str
    display_name: str
    roles: list[Role]
    party: str
    town: str
    state: str = Field(description="invited 待设密码、active 可用、disabled 停用")
    is_demo: bool
    has_second_factor: bool
    external_subject: str | None
    version: int
    created_at: str
    changed_at: str

    @classmethod
    def of(cls, account: Account) -> "AccountAnswer":
        """Leave out what nobody may see."""
        shown = {name: getattr(account, name) for name in cls.model_fields if hasattr(account, name)}
        return cls(**{**shown, "roles": sorted(account.roles), "has_second_factor": account.totp_secret is not None})


class InvitedAnswer(BaseModel):
    """An account and the link by which its owner chooses a password."""

    account: AccountAnswer
    link: str = Field(description="一次性链接，24 小时内有效，只显示这一次；请交给本人")


class AccountsAnswer(BaseModel):
    """A part of the list."""

    items: list[AccountAnswer]
    next: str | None


class SessionAnswer(BaseModel):
    """How far a sign-in has come, and who it is."""

    stage: str = Field(description="full 已登录；second_factor、change_password、set_up_second_factor 还差这一步")
    expires_at: str
    csrf_token: str = Field(description="不是浏览器的客户端用会话改动数据时放在 X-CSRF-Token 里")
    account: AccountAnswer
    permissions: list[Permission] = Field(description="现在可以做什么；登录完成之前为空")
    recovery_codes: list[str] = Field(default=[], description="刚绑定动态码时给出，只显示这一次")


class EnrolmentAnswer(BaseModel):
    """What an authenticator needs."""

    uri: str
    secret: str
    qr_svg: str


class OwnSession(BaseModel):
    """One of one's own sessions."""

    id: str
    stage: str
    address: str
    created_at: str
    seen_at: str
    expires_at: str
    is_this: bool = Field(description="就是现在这一个")

    @classmethod
    def of(cls, session: Session, this: str) -> "OwnSession":
        """Leave out the hash of its token."""
        shown = {name: getattr(session, name) for name in cls.model_fields if hasattr(session, name)}
        return cls(**shown, is_this=session.id == this)


class OwnSessions(BaseModel):
    """All of one's own sessions."""

    items: list[OwnSession]
    next: str | None = None


class KeyRequest(_Strict):
    """A key to be made."""

    name: Name = Field(description="哪个系统用")
    permissions: Annotated[list[Permission], Field(min_length=1)] = Field(description="权限")
    party: Place = Field(default="", description="代表哪个单位：只看得到这个单位的")
    town: Place = Field(default="", description="没有写单位时，只看得到这个镇街的；都不写则是全区")
    networks: Annotated[list[IPv4Network | IPv6Network], Field(min_length=1, max_length=50)] = Field(
        description="允许的来源网段；不限来源须写明 0.0.0.0/0 与 ::/0"
    )
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=600, description="每分钟次数")
    expires_at: datetime = Field(description="到期时间，带时区")

    @property
    def holder(self) -> KeyHolder:
        """Whose it is to be."""
        return KeyHolder(self.name, self.party, self.town)

    @property
    def asked(self) -> AskedTerms:
        """What it is to allow."""
        permissions = frozenset(self.permissions)
        return AskedTerms(permissions, tuple(self.networks), self.requests_per_minute, self.expires_at)


class KeyAnswer(BaseModel):
    """A key, without what would let anybody use it."""

    id: str
    name: str
    permissions: list[Permission]
    party: str
    town: str
    networks: list[str]
    requests_per_minute: int
    expires_at: str
    revoked_at: str | None
    used_at: str | None = Field(description="最近一次使用，精确到几分钟")
    made_by: str
    version: int
    created_at: str
    changed_at: str

    @classmethod
    def of(cls, key: ApiKey) -> "KeyAnswer":
        """Show it."""
        terms = key.stored.terms
        shown: dict[str, Any] = {name: getattr(key, name) for name in cls.model_fields if hasattr(key, name)}
        return cls(
            id=key.stored.id,
            permissions=sorted(terms.permissions),
            networks=[str(one) for one in terms.networks],
            requests_per_minute=terms.requests_per_minute,
            expires_at=terms.expires_at.isoformat(timespec="milliseconds"),
            **shown,
        )


class GivenKeyAnswer(BaseModel):
    """A key just made."""

    text: str = Field(description="rs_…：只显示这一次，请交给对方系统")
    key: KeyAnswer


class KeysAnswer(BaseModel):
    """Every key."""

    items: list[KeyAnswer]
    next: str | None = None
