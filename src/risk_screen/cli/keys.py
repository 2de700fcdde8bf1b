"""``risk-screen key``: keys of programs, from the machine the service runs on."""

from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated

import typer

from risk_screen.access.roles import PERMISSION_TITLES, Permission
from risk_screen.cli.help import ChineseCommand, ChineseGroup
from risk_screen.cli.options import DatabaseOption

if TYPE_CHECKING:
    from risk_screen.access.caller import Network
    from risk_screen.storage.keys import ApiKey

app = typer.Typer(
    cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None, subcommand_metavar="命令 …", add_completion=False
)


@app.callback()
def key_command() -> None:
    """管理接口密钥。

    例：risk-screen key list
    """


@app.command("add", cls=ChineseCommand)
def add(  # noqa: PLR0913 - the options of the command
    name: Annotated[str, typer.Argument(metavar="NAME", help="哪个系统用，如 登记系统")],
    *,
    permission: Annotated[
        list[Permission], typer.Option("--permission", metavar="P", help="权限，可以给几个，如 registration.screen")
    ],
    network: Annotated[
        list[str],
        typer.Option("--network", metavar="NET", help="允许的来源网段，可以给几个；不限来源写 0.0.0.0/0 和 ::/0"),
    ],
    party: Annotated[str, typer.Option("--party", metavar="NAME", help="代表哪个单位：只看得到这个单位的")] = "",
    town: Annotated[
        str, typer.Option("--town", metavar="NAME", help="没有写单位时，只看得到这个镇街的；都不写则是全区")
    ] = "",
    per_minute: Annotated[int, typer.Option("--per-minute", metavar="N", min=1, help="每分钟次数，默认 600")] = 600,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, help="有效多少天，默认 365")] = 365,
    database: DatabaseOption = None,
) -> None:
    """新建接口密钥，印出来一次；数据库里只有它的哈希，以后再也看不到。

    例：risk-screen key add 登记系统 --permission registration.screen --network 10.1.2.3 --party 审批局
    """
    from risk_screen.access.actor import Actor
    from risk_screen.operations.api_keys import AskedTerms, KeyHolder, give_key
    from risk_screen.wiring import open_store

    networks = tuple(map(_network, network))
    store = open_store(database)
    try:
        terms = AskedTerms(frozenset(permission), networks, per_minute, store.now() + timedelta(days=days))
        holder = KeyHolder(name, party, town)
        made = give_key(store, Actor("system", "command-line"), holder, terms.checked(store.now()))
    finally:
        store.close()
    typer.echo(_line(made.key))
    typer.echo(f"密钥（只显示这一次）：{made.text}")


@app.command("list", cls=ChineseCommand)
def list_all(*, database: DatabaseOption = None) -> None:
    """列出全部接口密钥：编号、名称、权限、单位或镇街、网段、到期、最近使用。

    例：risk-screen key list
    """
    from risk_screen.operations.api_keys import keys_given
    from risk_screen.wiring import open_store

    store = open_store(database)
    for key in keys_given(store):
        typer.echo(_line(key))
    store.close()


@app.command("revoke", cls=ChineseCommand)
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="编号：rs_ 后面的 16 个字符")],
    *,
    database: DatabaseOption = None,
) -> None:
    """停用接口密钥；正在运行的服务至多两秒后不再接受它。

    例：risk-screen key revoke 0123456789abcdef
    """
    from risk_screen.access.actor import Actor
    from risk_screen.operations.api_keys import revoke_key
    from risk_screen.wiring import open_store

    store = open_store(database)
    try:
        typer.echo(_line(revoke_key(store, Actor("system", "command-line"), key_id)))
    finally:
        store.close()


def _network(text: str) -> "Network":
    from risk_screen.cli.usage import OptionError

    try:
        return ip_network(text)
    except ValueError:
        raise OptionError("选项 --network 的值不对：应是 IP 地址或网段，如 10.1.2.3 或 10.2.0.0/16。") from None


def _line(key: "ApiKey") -> str:
    terms = key.stored.terms
    named = "、".join(PERMISSION_TITLES[one] for one in Permission if one in terms.permissions)
    whose = key.party or key.town or "全区"
    networks = ",".join(map(str, terms.networks))
    state = "已停用" if key.stored.is_revoked else f"{terms.expires_at:%Y-%m-%d} 到期"
    used = f"最近使用 {key.used_at[:16]}" if key.used_at else "没有用过"
    return "  ".join([key.stored.id, key.name, named, whose, networks, state, used])
