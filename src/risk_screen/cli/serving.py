"""``risk-screen serve``: the page and the API on this machine."""

import errno
import logging
import signal
import socket
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final

import typer

from risk_screen.cli.options import DatabaseOption, ModelsOption, RulesOption
from risk_screen.errors import RiskScreenError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from risk_screen.wiring import Screener

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
PORTS_TRIED: Final = 20
LAST_PORT: Final = 65_535
# Requests under way when the service is told to stop may take this long to finish.
GRACE_SECONDS: Final = 10


class ServeError(RiskScreenError):
    """The service cannot start as asked."""

    code = "serve_refused"


def serve(  # noqa: PLR0913 - the options of the command
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="监听地址；还没有登录功能，只允许本机：127.0.0.1（默认）")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=1, max=LAST_PORT, help="端口，默认 8000；被占用时顺延")
    ] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="启动前先在终端演示一条登记和一张传单")] = False,
    database: DatabaseOption = None,
    rules: RulesOption = None,
    models: ModelsOption = None,
) -> None:
    """在本机启动网页和接口，按 Ctrl+C 停止。

    例：risk-screen serve --port 8000
    """
    if host not in LOOPBACK:
        raise ServeError("本版本还没有登录与权限，只能在本机使用：请把 --host 设为 127.0.0.1。")
    from risk_screen.wiring import Screener, keep_versions_in_service, open_store

    screener = Screener.load(rules, models)
    store = open_store(database)
    keep_versions_in_service(store, screener, rules, models)
    if demo:
        _show_examples(screener)
    from risk_screen.api.app import create_app
    from risk_screen.web.pages import add_pages

    app = create_app(screener, store)
    add_pages(app)
    try:
        _run(app, _listen(host, port))
    finally:
        store.close()


def _run(app: "FastAPI", listener: socket.socket) -> None:
    import uvicorn

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    host, port, *_ = listener.getsockname()
    address = f"[{host}]" if ":" in host else host
    typer.echo(f"\n网页：http://{address}:{port}/   接口说明：http://{address}:{port}/docs   按 Ctrl+C 停止")
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    server = uvicorn.Server(config)

    def stop(_: int, __: FrameType | None) -> None:
        server.should_exit = True

    # uvicorn stops on these two, then gives them to whoever listened before; being told to stop is no failure.
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, stop)
    server.run(sockets=[listener])
    typer.echo("已停止。")


def _show_examples(screener: "Screener") -> None:
    from risk_screen.api.schemas import EXAMPLES
    from risk_screen.cli.rendering import show
    from risk_screen.screening.submission import Submission

    for example in EXAMPLES.values():
        fields = {k: v for k, v in example["value"].items() if k not in ("channel", "external_id")}
        submission = Submission.of(example["value"]["channel"], fields)
        typer.echo(f"\n—— 示例：{example['summary']} ——")
        show(screener.assess(submission), fields)


def _listen(host: str, port: int) -> socket.socket:
    """Bind the port, or the next one that is free and allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = min(port + PORTS_TRIED - 1, LAST_PORT)
    for candidate in range(port, last + 1):
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
            typer.echo(f"端口 {port} 被占用或不允许使用，改用 {candidate}。", err=True)
        return listener
    raise ServeError(f"端口 {port} 到 {last} 都被占用或不允许使用：请用 --port 指定别的端口。")
