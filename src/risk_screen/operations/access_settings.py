"""What the settings say of access."""

from datetime import timedelta

from risk_screen.access.caller import AccessMode, Site
from risk_screen.access.policy import AccessPolicy
from risk_screen.operations.single_sign_on import Provider
from risk_screen.settings import Settings
from risk_screen.settings.file import SettingsError


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
    """Say how the service is reached."""
    return Site(mode, is_demo, settings.trusted_proxies, (settings.public_url or "").rstrip("/"))
