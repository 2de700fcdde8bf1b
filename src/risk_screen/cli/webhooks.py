"""``risk-screen webhooks``: allow, add and look after pushes on the server itself, without a running service."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.help import ChineseCommand, ChineseGroup
from risk_screen.cli.options import DatabaseOption
from risk_screen.storage.event_kinds import SUBSCRIBABLE

if TYPE_CHECKING:
    from risk_screen.access.actor import Actor
    from risk_screen.operations.store import Store

NOT_DELIVERED: Final = 1
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="推送端点的编号（webhooks list 列出）")]

app = typer.Typer(
    cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None, subcommand_metavar="命令 …", add_completion=False
)


@app.callback()
def webhooks_command() -> None:
    """管理推送：允许名单、推送端点、密钥、测试和重推。

    例：risk-screen webhooks list
    """


@app.command("list", cls=ChineseCommand)
def listed(*, database: DatabaseOption = None) -> None:
    """列出允许名单和推送端点，各推到了哪里、积压多少。

    例：risk-screen webhooks list
    """
    from risk_screen.operations.webhook_destinations import allow_list
    from risk_screen.operations.webhook_log import health_of
    from risk_screen.operations.webhooks import endpoints

    with _opened(database) as store:
        for kept in allow_list(store):
            typer.echo(f"允许 {kept.scheme}://{kept.host}:{kept.port}  {kept.description}".rstrip())
        for endpoint in endpoints(store):
            health = health_of(store, endpoint.id)
            backlog, since = health.backlog, health.progress.failing_since
            failing = f"，从 {since} 起不通" if since else ""
            typer.echo(
                f"{endpoint.id}  {endpoint.state}  单位 {endpoint.party}  {' '.join(endpoint.kinds)}  {endpoint.url}\n"
                f"    已到事件 {health.progress.cursor}，待推 {backlog.waiting}，死信 {backlog.dead}{failing}"
            )


@app.command("allow", cls=ChineseCommand)
def allow_host(
    host: Annotated[str, typer.Argument(metavar="HOST", help="域名，或 IP 地址、网段")],
    *,
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65_535, help="端口，默认 443")] = 443,
    http: Annotated[bool, typer.Option("--http", help="不加密，只在确有必要时用")] = False,
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help="说明")] = "",
    database: DatabaseOption = None,
) -> None:
    """把一个去处加入允许名单；名单之外一律不推。

    例：risk-screen webhooks allow hooks.spj.example.cn
    """
    from risk_screen.delivery.destinations import destination
    from risk_screen.operations.webhook_destinations import allow

    wanted = destination("http" if http else "https", host, port)
    with _opened(database) as store:
        kept = allow(store, _operator(), wanted, description[:200])
        typer.echo(f"已允许 {kept.scheme}://{kept.host}:{kept.port}")


@app.command("add", cls=ChineseCommand)
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="推送到哪里；须先用 webhooks allow 允许")],
    *,
    party: Annotated[
        str, typer.Option("--party", metavar="PARTY", help="推送哪个单位的事件，名称与密钥里的相同；* 表示全部单位")
    ],
    kinds: Annotated[
        str, typer.Option("--kinds", metavar="KINDS", help=f"事件种类，用逗号隔开；可选：{' '.join(SUBSCRIBABLE)}")
    ],
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help="说明")] = "",
    database: DatabaseOption = None,
) -> None:
    """建立一个推送端点，并显示签名密钥（只显示这一次）。

    例：risk-screen webhooks add https://hooks.spj.example.cn/risk --party 审批局 --kinds "consultation.*"
    """
    from risk_screen.operations.webhooks import Subscription, add_endpoint

    wanted = Subscription(url, party, tuple(one.strip() for one in kinds.split(",")), description[:200])
    with _opened(database) as store:
        endpoint, secret = add_endpoint(store, _operator(), wanted)
        typer.echo(f"推送端点 {endpoint.id}\n密钥 {secret.secret}\n密钥只显示这一次，请妥善交给接收方。")


@app.command("new-secret", cls=ChineseCommand)
def add_secret(endpoint_id: IdArgument, *, database: DatabaseOption = None) -> None:
    """加一个签名密钥（只显示这一次）；新旧都签名，接收方换用之后再销毁旧的。

    例：risk-screen webhooks new-secret 019ab2c4-0000-7000-8000-000000000000
    """
    from risk_screen.operations.webhooks import new_secret

    with _opened(database) as store:
        made = new_secret(store, _operator(), endpoint_id)
        typer.echo(f"密钥 {made.secret}\n编号 {made.kept.id}，只显示这一次，请妥善交给接收方。")


@app.command("ping", cls=ChineseCommand)
def send_ping(endpoint_id: IdArgument, *, database: DatabaseOption = None) -> None:
    """立即发一条测试消息；没有送达时退出码为 1。

    例：risk-screen webhooks ping 019ab2c4-0000-7000-8000-000000000000
    """
    import asyncio

    from risk_screen.delivery.sending import DELIVERED, RESULTS
    from risk_screen.operations.webhook_log import ping
    from risk_screen.settings import Settings
    from risk_screen.wiring import webhook_sender

    with _opened(database) as store:
        told = asyncio.run(ping(store, webhook_sender(Settings()), _operator(), endpoint_id))
        status = f"，状态 {told.status}" if told.status else ""
        typer.echo(f"{RESULTS[told.result]}{status}，{told.duration_ms} 毫秒")
    if told.result != DELIVERED:
        raise typer.Exit(NOT_DELIVERED)


@app.command("resend", cls=ChineseCommand)
def send_again(
    endpoint_id: IdArgument,
    *,
    event: Annotated[
        int | None, typer.Option("--event", metavar="N", min=1, help="只重推这个编号的事件，送达过的也可以")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--after", metavar="N", min=0, help="重推这个编号以后的全部事件，送达过的也推")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """重推全部死信、一个事件，或从某处起的全部事件；由运行着的服务推送。

    例：risk-screen webhooks resend 019ab2c4-0000-7000-8000-000000000000 --after 1206
    """
    from risk_screen.operations.webhook_log import resend, resend_after, resend_dead_letters

    if event is not None and after is not None:
        raise typer.BadParameter("--event 和 --after 只能给一个。")

    with _opened(database) as store:
        if event is not None:
            count = resend(store, _operator(), endpoint_id, event)
        elif after is not None:
            count = resend_after(store, _operator(), endpoint_id, after)
        else:
            count = resend_dead_letters(store, _operator(), endpoint_id)
        typer.echo(f"已排队重推 {count} 个事件。")


@contextmanager
def _opened(database: str | None) -> "Iterator[Store]":
    from risk_screen.wiring import open_store

    store = open_store(database)
    try:
        yield store
    finally:
        store.close()


def _operator() -> "Actor":
    from risk_screen.access.actor import Actor

    return Actor("system", "command-line")
