"""Who is let in by a service that starts: on which addresses, and with which accounts it begins."""

from typing import TYPE_CHECKING, Final

import typer

from risk_screen.access.roles import ROLE_TITLES
from risk_screen.cli.listening import ServeError

if TYPE_CHECKING:
    from risk_screen.access.caller import Site
    from risk_screen.operations.store import Store
    from risk_screen.settings import Settings

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
NO_PUBLIC_URL: Final = (
    "没有设 RISK_SCREEN_PUBLIC_URL（人们输入的地址）：只能用 IP 地址访问，用主机名会答 421，"
    "邀请链接按每次访问的地址写。"
)
INVITE_PAGE: Final = "/invite"


def check_address(settings: "Settings") -> None:
    """Refuse to listen where passwords and keys would pass unencrypted, unless the settings say so; warn of links.

    Raises
    ------
    ServeError
    """
    if settings.host in LOOPBACK:
        return
    if settings.allow_plain_http:
        if not settings.public_url:
            typer.echo(f"注意：{NO_PUBLIC_URL}", err=True)
        return
    raise ServeError(
        "本服务自己不加密，在本机以外的地址上监听，密码和密钥会被同一网络的人看到：请监听 127.0.0.1，由同一台机器上的"
        "反向代理提供 https；确知线路可信的，设 RISK_SCREEN_ALLOW_PLAIN_HTTP=true。"
    )


def admit(store: "Store", settings: "Settings", address: str, *, demo: bool) -> "Site":
    """Make the accounts a service begins with, say so in the terminal, and tell how it is reached.

    Parameters
    ----------
    store : Store
    settings : Settings
    address : str
        What is listened on, as an address of a browser.
    demo : bool
        Whether there are to be accounts for a demonstration.

    Raises
    ------
    StoreUnavailableError
    """
    from risk_screen.access.caller import AccessMode
    from risk_screen.operations.access_settings import access_policy, site_of
    from risk_screen.operations.first_start import first_administrator, prepare_demonstration

    is_local = settings.host in LOOPBACK
    made = first_administrator(store)
    if made is not None:
        typer.echo(
            f"\n还没有账号，已建系统管理员 {made.account.sign_in_name}。请本人在 24 小时内打开这个一次性链接设密码："
        )
        typer.echo(f"  {invite_link(made.token, settings, address)}")
        typer.echo("  链接过期后用 risk-screen user reset admin 重新取得。")
    cost = access_policy(settings).cost
    shown = prepare_demonstration(store, is_demo=demo and is_local, cost=cost)
    if shown:
        typer.echo("\n演示账号（只能在本机用，密码每次启动都换；有了正式账号或不带 --demo 启动就停用）：")
        for one in shown:
            typer.echo(f"  {one.sign_in_name:24}{one.password}  {ROLE_TITLES[one.role]}")
    mode = AccessMode.OPEN_UNTIL_SET_UP if is_local else AccessMode.REQUIRED
    return site_of(settings, mode, is_demo=bool(shown))


def invite_link(token: str, settings: "Settings | None" = None, address: str = "") -> str:
    """Write the link for choosing a password; the token stands behind #, so that no server sees it in an address.

    It leads to the public address, else to the service that runs (perhaps on another port than is set), else to where
    one would.
    """
    from risk_screen.cli.pid_file import noted_address
    from risk_screen.settings import Settings

    known = settings or Settings()
    running = address or noted_address(known.pid_file)
    base = (known.public_url or running or f"http://{known.host}:{known.port}").rstrip("/")
    return f"{base}{INVITE_PAGE}#{token}"
