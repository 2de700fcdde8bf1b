"""What the settings say of access."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from risk_screen.access.caller import AccessMode, Site, address_of, host_name
from risk_screen.access.policy import AccessPolicy
from risk_screen.operations.single_sign_on import Provider
from risk_screen.settings import Settings
from risk_screen.settings.file import SettingsError

HOST_SHAPES: Final = {
    "public_url": " https://主机名 的样子，可以带端口，不带路径",
    "other_hosts": "主机名，不带端口和 https://",
    "host": "主机名或 IP 地址",
}


def access_policy(settings: Settings) -> AccessPolicy:
    """Make the policy."""
    return AccessPolicy(
        second_factor=settings.second_factor,
        idle=timedelta(minutes=settings.session_idle_minutes),
        longest=timedelta(hours=settings.session_hours),
        password_life=timedelta(days=settings.password_days),
    )


def provider_of(settings: Settings) -> Provider | None:
    """Say which single sign-on is used; None for none.

    Raises
    ------
    SettingsError
    """
    if settings.oidc_issuer is None:
        return None
    try:
        path = settings.oidc_client_secret_file
        secret = "" if path is None else path.read_text(encoding="utf-8").strip()
        return Provider(settings.oidc_issuer, settings.oidc_client_id or "", secret)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("设置有误：oidc_client_secret_file 所指的文件读不了，请检查路径与权限。") from error
    except ValueError as error:
        raise SettingsError("设置有误：oidc_issuer 应是 https 地址，并且要设 oidc_client_id。") from error


def site_of(settings: Settings, mode: AccessMode = AccessMode.OPEN_UNTIL_SET_UP, *, is_demo: bool = False) -> Site:
    """Say how the service is reached.

    Raises
    ------
    SettingsError
    """
    public_url = (settings.public_url or "").rstrip("/")
    hosts = {"localhost", *(_name(one, "other_hosts") for one in settings.other_hosts)}
    if public_url:
        hosts.add(_name(_host_of(public_url), "public_url"))
    if address_of(settings.host) is None:
        hosts.add(_name(settings.host, "host"))
    return Site(mode, is_demo, settings.trusted_proxies, public_url, frozenset(hosts))


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_bare = parts.scheme in ("http", "https") and url == f"{parts.scheme}://{parts.netloc}" and "@" not in url
    return (parts.hostname or "") if is_bare else ""


def _name(said: str, setting: str) -> str:
    """Write a name as browsers send it: Chinese ones in the ASCII form."""
    if address_of(said) is not None:
        return said
    try:
        name = said.lower().encode("idna").decode()
    except UnicodeError:
        name = ""
    if not name or host_name(name) != name:
        raise SettingsError(f"设置有误：{setting} 应是{HOST_SHAPES[setting]}。")
    return name
