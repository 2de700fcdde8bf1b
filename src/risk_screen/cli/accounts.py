"""``risk-screen user``: accounts of people, from the machine the service runs on."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.access.roles import ROLE_TITLES, Role
from risk_screen.cli.help import ChineseCommand, ChineseGroup
from risk_screen.cli.options import DatabaseOption

if TYPE_CHECKING:
    from risk_screen.operations.accounts import Administration, Invited
    from risk_screen.storage.accounts import Account

app = typer.Typer(
    cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None, subcommand_metavar="命令 …", add_completion=False
)
STATES: Final = {"invited": "待设密码", "active": "可用", "disabled": "停用"}
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="登录名")]
ROLE_HELP: Final = "角色，可以给几个：" + "、".join(f"{role} {title}" for role, title in ROLE_TITLES.items())
RolesOption = Annotated[list[Role], typer.Option("--role", metavar="ROLE", help=ROLE_HELP)]
PartyOption = Annotated[str | None, typer.Option("--party", metavar="NAME", help="单位；审批局账号必须写明")]
TownOption = Annotated[str | None, typer.Option("--town", metavar="NAME", help="镇街；镇街账号必须写明")]
DisplayOption = Annotated[
    str | None, typer.Option("--display-name", metavar="NAME", help="姓名或称呼，只在页面上显示；默认同登录名")
]
SubjectOption = Annotated[
    str | None, typer.Option("--subject", metavar="SUB", help="单点登录中的身份（sub）；不用单点登录就不给")
]


@app.callback()
def user_command() -> None:
    """管理账号。谁的密码都由本人凭一次性链接设定，管理员不经手。

    例：risk-screen user add wang.wu --role task_force
    """


@app.command("add", cls=ChineseCommand)
def add(  # noqa: PLR0913 - the options of the command
    name: NameArgument,
    *,
    role: RolesOption,
    display_name: DisplayOption = None,
    party: PartyOption = None,
    town: TownOption = None,
    subject: SubjectOption = None,
    database: DatabaseOption = None,
) -> None:
    """新建账号，印出给本人设密码的一次性链接（24 小时内有效，只显示这一次）。

    例：risk-screen user add wang.wu --display-name 王五 --role task_force
    """
    from risk_screen.operations.accounts import Person, add_account

    person = Person(display_name or name, frozenset(role), party or "", town or "", subject)
    administration = _administration(database)
    try:
        _show_link(add_account(administration, name, person))
    finally:
        administration.store.close()


@app.command("list", cls=ChineseCommand)
def list_all(*, database: DatabaseOption = None) -> None:
    """列出全部账号：登录名、状态、角色、单位、镇街、有没有动态码。

    例：risk-screen user list
    """
    from risk_screen.operations.accounts import list_accounts

    administration = _administration(database)
    for account in list_accounts(administration.store, limit=100_000):
        typer.echo(_line(account))
    administration.store.close()


@app.command("roles", cls=ChineseCommand)
def roles(  # noqa: PLR0913 - the options of the command
    name: NameArgument,
    *,
    role: RolesOption,
    display_name: DisplayOption = None,
    party: PartyOption = None,
    town: TownOption = None,
    subject: SubjectOption = None,
    database: DatabaseOption = None,
) -> None:
    """换掉账号的角色；没有给出的单位、镇街、称呼和单点登录身份不变。本人在各处的登录立即结束。

    例：risk-screen user roles wang.wu --role task_force_lead
    """
    from risk_screen.operations.accounts import Person, account_called, change_account

    administration = _administration(database)
    try:
        before = account_called(administration.store, name)
        person = Person(
            display_name or before.display_name,
            frozenset(role),
            before.party if party is None else party,
            before.town if town is None else town,
            before.external_subject if subject is None else subject,
        )
        typer.echo(_line(change_account(administration, before.id, person)))
    finally:
        administration.store.close()


@app.command("disable", cls=ChineseCommand)
def disable(name: NameArgument, *, database: DatabaseOption = None) -> None:
    """停用账号：不能再登录，已登录的立即结束。

    例：risk-screen user disable wang.wu
    """
    from risk_screen.operations.accounts import account_called, disable_account

    administration = _administration(database)
    try:
        typer.echo(_line(disable_account(administration, account_called(administration.store, name).id)))
    finally:
        administration.store.close()


@app.command("enable", cls=ChineseCommand)
def enable(name: NameArgument, *, database: DatabaseOption = None) -> None:
    """启用停用的账号，或解除因密码错误太多的锁定；密码不变。

    例：risk-screen user enable wang.wu
    """
    from risk_screen.operations.accounts import account_called, enable_account

    administration = _administration(database)
    try:
        typer.echo(_line(enable_account(administration, account_called(administration.store, name).id)))
    finally:
        administration.store.close()


@app.command("reset", cls=ChineseCommand)
def reset(
    name: NameArgument,
    *,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="动态码也一并解除：手机丢了、恢复码也没有了的时候")
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """作废密码，印出给本人重设密码的一次性链接（24 小时内有效，只显示这一次）。

    例：risk-screen user reset wang.wu
    """
    from risk_screen.operations.accounts import account_called, reset_account

    administration = _administration(database)
    try:
        account = account_called(administration.store, name)
        _show_link(reset_account(administration, account.id, second_factor=second_factor))
    finally:
        administration.store.close()


def _administration(database: str | None) -> "Administration":
    from risk_screen.access.actor import Actor
    from risk_screen.operations.accounts import Administration
    from risk_screen.wiring import open_store

    return Administration(open_store(database), Actor("system", "command-line"))


def _show_link(made: "Invited") -> None:
    from risk_screen.cli.admission import invite_link

    typer.echo(_line(made.account))
    typer.echo(f"设密码的链接：{invite_link(made.token)}")


def _line(account: "Account") -> str:
    named = "、".join(ROLE_TITLES[role] for role in Role if role in account.roles)
    factor = "有动态码" if account.totp_secret is not None else "无动态码"
    places = [place for place in (account.party, account.town) if place]
    state = "演示" if account.is_demo and account.state == "active" else STATES[account.state]
    return "  ".join([account.sign_in_name, state, named, *places, factor])
