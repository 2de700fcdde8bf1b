"""What the settings say of access."""

from datetime import timedelta

from risk_screen.access.caller import AccessMode, Site
from risk_screen.access.policy import AccessPolicy
from risk_screen.settings import Settings


def access_policy(settings: Settings) -> AccessPolicy:
    """Make the policy."""
    return AccessPolicy(
        second_factor=settings.second_factor,
        idle=timedelta(minutes=settings.session_idle_minutes),
        longest=timedelta(hours=settings.session_hours),
        password_life=timedelta(days=settings.password_days),
    )


def site_of(settings: Settings, mode: AccessMode = AccessMode.OPEN_UNTIL_SET_UP, *, is_demo: bool = False) -> Site:
    """Say how the service is reached."""
    return Site(mode, is_demo, settings.trusted_proxies, (settings.public_url or "").rstrip("/"))
