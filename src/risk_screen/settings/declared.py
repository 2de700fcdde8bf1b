"""Every setting with its kind, its default and its meaning: to add one, add a line (and `make settings-table`)."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from risk_screen.settings.file import settings_of_file
from risk_screen.settings.kinds import Names, Networks
from risk_screen.settings.telling import settings_error

PREFIX = "RISK_SCREEN_"


class Settings(BaseSettings):
    """Settings of one process: what is given here (the command line), else the environment, else the file.

    The meaning of each is its ``description``, in Chinese, for `risk-screen settings` and docs/operations.md.

    Raises
    ------
    SettingsError
        Naming every setting that cannot be used, where it comes from, and what is allowed.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    # What is screened with, and where it is kept.
    rules: Path | None = Field(None, description="规则目录；没有设就依次找 `./rules`、程序自带的一份")
    models: Path | None = Field(None, description="模型目录；没有设就依次找 `./models`、程序自带的一份")
    database: str = Field(
        "sqlite:///var/risk_screen.db",
        description="数据库地址（SQLAlchemy 写法）：SQLite 文件（相对路径从工作目录算起，没有的目录会建），"
        "或 [PostgreSQL](#用-postgresql)",
    )
    audit_anchors: Path | None = Field(
        None,
        description="审计锚点文件；没有设就放在 SQLite 文件旁边（`var/risk_screen.db.audit-anchors.jsonl`），"
        "PostgreSQL 放在 `var/audit-anchors.jsonl`",
    )
    xlsx_max_megabytes: int = Field(
        1000, ge=1, description="`batch` 打开的 `.xlsx` 解压后最多多少 MB；更大的不打开，免得用尽内存（压缩炸弹）"
    )

    # How the service runs.
    host: str = Field("127.0.0.1", description="`serve` 的监听地址")
    port: int = Field(8000, ge=1, le=65_535, description="`serve` 的端口；被占用时顺延")
    workers: int = Field(1, ge=1, le=64, description="`serve` 用几个进程受理请求；多于一个时，死掉的会自动补上")
    pid_file: Path = Field(
        Path("var/risk_screen.pid"), description="`serve` 把自己的进程号写在哪里，供 `risk-screen reload` 使用"
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=300,
        description="收到停止信号后，先让 `/readyz` 答 503、照常受理这么多秒，再停止受理（供负载均衡摘除）",
    )
    grace_seconds: int = Field(10, ge=1, le=600, description="停止受理后，至多等这么多秒，让已受理的请求办完")
    trusted_proxies: Networks = Field(
        (), description="反向代理的地址；只有从这里来的 `X-Forwarded-For`、`X-Forwarded-Proto` 才算数"
    )
    background: bool = Field(
        True, description="这个服务做不做后台任务（推送、升级、清扫）；多台机器时可以只让其中几台做"
    )
    lease_seconds: float = Field(
        15.0, ge=1, le=600, description="做后台任务的进程多久没有音讯，就由别的进程接手（同一台机器上死掉的立即接手）"
    )
    webhook_authorities: Path | None = Field(
        None, description="推送时，除系统自带的以外还信任哪些证书颁发机构（PEM 文件），用于接收方的内部证书"
    )
    min_free_megabytes: int = Field(
        200, ge=0, description="数据库、锚点所在磁盘的剩余空间少于这么多 MB 时，`/readyz` 答 503"
    )

    # Who may use it.
    public_url: str | None = Field(
        None,
        description="人们在浏览器里输入的地址（如 `https://screen.example.gov.cn`）；邀请链接和单点登录用它，"
        "`https` 时会话只走加密连接",
    )
    other_hosts: Names = Field(
        (), description="除上一项的主机名和 `localhost` 以外，还答应哪些主机名（IP 地址总是答应）；别的答 421"
    )
    allow_plain_http: bool = Field(
        False, description="允许在本机以外的地址上不加密地监听；密码和密钥会被同一网络的人看到，只在确知线路可信时用"
    )
    second_factor: bool = Field(True, description="工作专班、分析员、系统管理员登录是否必须用动态码；只在试用时关掉")
    session_idle_minutes: int = Field(30, ge=1, le=1440, description="多久不操作就要重新登录")
    session_hours: int = Field(12, ge=1, le=168, description="登录多久以后一定要重新登录")
    password_days: int = Field(180, ge=0, le=3650, description="密码用多少天后必须更换；0 表示不要求")
    oidc_issuer: str | None = Field(None, description="单点登录（OpenID Connect）服务的地址；不设就不启用")
    oidc_client_id: str | None = Field(None, description="在单点登录服务上登记的客户端编号")
    oidc_client_secret_file: Path | None = Field(
        None, description="存放单点登录客户端密钥的文件；只有公共客户端可以不设"
    )

    # How long it is kept, and how.
    reporter_keys: Path | None = Field(
        None,
        description="密钥文件（`risk-screen reporters new-key` 生成），举报人信息、推送密钥、动态码都用它加密；"
        "没有设就不能登记和查看举报人，另两样不加密",
    )
    keep_texts_days: int = Field(730, ge=0, description="来文保存多少天后由 `risk-screen purge` 清除；0 表示一直保存")
    keep_quotes_days: int = Field(
        1825, ge=0, description="筛查结果中引用的字句保存多少天；之后只留级别、分数、去向；0 表示一直保存"
    )
    keep_labels_days: int = Field(1825, ge=0, description="指出有误的意见里的文字保存多少天；0 表示一直保存")
    keep_consultations_days: int = Field(
        3650, ge=0, description="会商的请求和答复里的文字，办结后保存多少天；0 表示一直保存"
    )
    keep_outcomes_days: int = Field(3650, ge=0, description="登记结果的更正原因保存多少天；0 表示一直保存")
    keep_holds_days: int = Field(3650, ge=0, description="暂缓登记建议里的文字，解除或作废后保存多少天；0 表示一直保存")
    keep_enterprises_days: int = Field(0, ge=0, description="企业名称在最后一次变动后保存多少天；默认 0 表示一直保存")
    keep_events_days: int = Field(400, ge=184, description="事件保存多少天；至少六个月")
    keep_reporters_days: int = Field(1825, ge=0, description="举报人信息保存多少天；0 表示一直保存")

    # What the service says of itself.
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="日志级别；`info` 包括每个请求一行，`warning` 只有异常"
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="日志格式：`json` 一行一个 JSON 对象，`console` 给人看"
    )
    metrics_allowed: Networks = Field(
        ("127.0.0.0/8", "::1/128"), validate_default=True, description="哪些地址可以读 `/metrics`"
    )
    telemetry_endpoint: str | None = Field(
        None, description="OpenTelemetry 接收端（OTLP/HTTP）的地址；不设就不启用，需要 `risk-screen[telemetry]`"
    )

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise settings_error(error, type(self), given) from None  # its own words quote values

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, settings_of_file())
