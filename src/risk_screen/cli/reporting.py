"""``risk-screen reporters``: the keys that identities of reporters are sealed with."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from risk_screen.cli.help import ChineseCommand, ChineseGroup
from risk_screen.cli.options import DatabaseOption

app = typer.Typer(
    cls=ChineseGroup, no_args_is_help=True, rich_markup_mode=None, subcommand_metavar="命令 …", add_completion=False
)


@app.callback()
def reporters_command() -> None:
    """管理举报人信息的密钥；看举报人信息本身没有命令。

    例：risk-screen reporters new-key
    """


@app.command("new-key", cls=ChineseCommand)
def new_key(
    *,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="密钥的名称，默认是今天的日期")] = None,
    kind: Annotated[
        Literal["AES-256-GCM", "SM4-GCM"],
        typer.Option("--kind", metavar="KIND", help="算法：AES-256-GCM（默认）或 SM4-GCM"),
    ] = "AES-256-GCM",
) -> None:
    """生成一个密钥，印出密钥文件的一行。

    把它放在密钥文件（RISK_SCREEN_REPORTER_KEYS）的第一行；文件只让运行服务的账号可读。

    例：risk-screen reporters new-key > /etc/risk_screen/reporter.keys
    """
    from risk_screen.storage.sealing import new_key_line

    typer.echo(new_key_line(name or f"{datetime.now(UTC):%Y-%m-%d}", kind), nl=False)


@app.command("rotate", cls=ChineseCommand)
def rotate(*, database: DatabaseOption = None) -> None:
    """用密钥文件的第一个密钥重新加密举报人信息、推送密钥和动态码，之后可以去掉旧密钥。

    服务不必停；换密钥时先让服务用上新的密钥文件。

    例：risk-screen reporters rotate
    """
    from risk_screen.operations.backing_up import OPERATOR
    from risk_screen.operations.reporters import reseal_reporters
    from risk_screen.operations.sealing_secrets import reseal_secrets
    from risk_screen.wiring import open_store, reporter_keys

    ring, store = reporter_keys(), open_store(database)
    try:
        count = reseal_reporters(store, ring, OPERATOR) + reseal_secrets(store, ring, OPERATOR)
    finally:
        store.close()
    typer.echo(
        f"已用密钥 {ring.newest} 重新加密 {count:,} 条；旧密钥可以从密钥文件中去掉（恢复旧备份时还要用，另存）。"
    )
