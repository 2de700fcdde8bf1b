"""``risk-screen serve``: the page and the API on this machine."""

import errno
import socket
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.screening import ModelsOption, RulesOption
from risk_screen.errors import RiskScreenError

if TYPE_CHECKING:
    from risk_screen.wiring import Screener

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
PORTS_TRIED: Final = 20


class ServeError(RiskScreenError):
    """The service cannot start as asked."""

    code = "serve_refused"


def serve(  # noqa: PLR0913 - the options of the command
    *,
    host: Annotated[str, typer.Option("--host", help="监听地址；目前没有登录功能，只允许本机")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口；被占用时顺延")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="启动前先在终端演示一条登记和一张传单")] = False,
    database: Annotated[
        str | None, typer.Option("--database", help="数据库地址，例如 sqlite:///var/risk_screen.db")
    ] = None,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """在本机启动网页和接口。

    例：risk-screen serve --port 8000
    """
    if host not in LOOPBACK:
        raise ServeError("本版本还没有登录与权限，只能在本机使用：请把 --host 设为 127.0.0.1。")
    from risk_screen.wiring import Screener, open_store

    screener = Screener.load(rules, models)
    store = open_store(database)
    if demo:
        _show_examples(screener)
    import uvicorn

    from risk_screen.api.app import create_app
    from risk_screen.web.pages import add_pages

    app = create_app(screener, store)
    add_pages(app)
    listener = _listen(host, port)
    typer.echo(f"\n网页：http://{host}:{listener.getsockname()[1]}/   接口说明：/docs   按 Ctrl+C 停止")
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def _show_examples(screener: "Screener") -> None:
    from risk_screen.api.schemas import EXAMPLES
    from risk_screen.cli.rendering import show

    for example in EXAMPLES.values():
        fields = {k: v for k, v in example["value"].items() if k not in ("channel", "external_id")}
        typer.echo(f"\n—— 示例：{example['summary']} ——")
        show(screener.screen(example["value"]["channel"], **fields), fields)


def _listen(host: str, port: int) -> socket.socket:
    """Bind the port, or the next free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServeError(f"无法在 {host} 上监听：请检查 --host。") from error
            continue
        if candidate != port:
            typer.echo(f"端口 {port} 被占用，改用 {candidate}。", err=True)
        return listener
    raise ServeError(f"端口 {port} 到 {port + PORTS_TRIED - 1} 都被占用：请用 --port 指定别的端口。")
