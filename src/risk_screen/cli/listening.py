"""The listening socket of the service: bound once, shared by all its processes."""

import errno
import socket
from typing import Final

import typer

from risk_screen.errors import RiskScreenError

PORTS_TRIED: Final = 20
LAST_PORT: Final = 65_535
BACKLOG: Final = 1_024


class ServeError(RiskScreenError):
    """The service cannot start as asked."""

    code = "serve_refused"


def listen(host: str, port: int) -> socket.socket:
    """Bind the port, or the next one that is free and allowed.

    Raises
    ------
    ServeError
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = min(port + PORTS_TRIED - 1, LAST_PORT)
    for candidate in range(port, last + 1):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise ServeError(f"无法在 {host} 上监听：请检查 --host。") from error
            continue
        if candidate != port:
            typer.echo(f"端口 {port} 被占用或不允许使用，改用 {candidate}。", err=True)
        return listener
    raise ServeError(f"端口 {port} 到 {last} 都被占用或不允许使用：请用 --port 指定别的端口。")


def address_of(listener: socket.socket) -> str:
    """Write where it listens as a browser takes it."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
