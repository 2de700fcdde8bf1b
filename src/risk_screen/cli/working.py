"""One process that answers requests: opens the store, serves until it is told to stop, finishes what it accepted."""

import asyncio
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

import uvicorn

from risk_screen.access.caller import Site
from risk_screen.api.app import create_app
from risk_screen.cli.following import Follower
from risk_screen.cli.reloading import Release, Swapper
from risk_screen.cli.terminal import has_terminal
from risk_screen.cli.timed_connection import TimedConnection
from risk_screen.operations.background import BackgroundRunner
from risk_screen.operations.call_limits import CallLimits
from risk_screen.operations.fault_log import record_fault
from risk_screen.web.pages import add_pages
from risk_screen.wiring import Screener, background_tasks, open_store

if TYPE_CHECKING:
    from fastapi import FastAPI

    from risk_screen.settings import Settings

# Callers that hold a connection open get this long to send what they were about to; every answer tells them to go.
FAREWELL_SECONDS: Final = 0.5
# Longer than a reverse proxy keeps its connections, so that it is the proxy that closes them.
KEEP_ALIVE_SECONDS: Final = 75


@dataclass(frozen=True, slots=True)
class Work:
    """What a process serves.

    Attributes
    ----------
    settings : Settings
    listener : socket
        Bound; shared with other processes.
    screener : Screener
    release : callable
        Gives the release that was last found good; called after SIGHUP, in a thread. May do the finding itself.
    site : Site
        How the service is reached, and whether it may be tried without credentials.
    counting_room : Path or None
        Where the calls of keys are counted together with other processes.
    place : int
        Of the release of the database that the screener is made of; 0 when it is made of folders.
    ignores_interrupt : bool
        Ctrl+C reaches every process of a terminal; where one stands above this one, it alone decides.
    """

    settings: "Settings"
    listener: socket.socket
    screener: Screener
    release: Callable[[], tuple[Release, Screener | None] | None]
    site: Site
    counting_room: Path | None = None
    place: int = 0
    ignores_interrupt: bool = False


class Server(uvicorn.Server):
    """uvicorn's server, stopped in steps: not ready, no new connections, a farewell, the end."""

    def __init__(self, config: uvicorn.Config, app: "FastAPI", *, ignores_interrupt: bool) -> None:
        super().__init__(config)
        self._state = app.state
        self._ignores_interrupt = ignores_interrupt
        self._stop_asked_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second Ctrl+C stops at once."""
        if sig == signal.SIGINT and self._ignores_interrupt:
            return
        if self._stop_asked_at is None:
            self._stop_asked_at = time.monotonic()
            self._state.is_stopping = True
        elif sig == signal.SIGINT:
            self.should_exit = self.force_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Go on until the time for draining is over."""
        if self._stop_asked_at is not None:
            drained_at = self._stop_asked_at + self._state.settings.drain_seconds
            self.should_exit = self.should_exit or time.monotonic() >= drained_at
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connections, and let callers go whose connections are open, before the rest is cut."""
        for server in self.servers:
            server.close()
        if self.server_state.connections and not self.force_exit:
            await asyncio.sleep(FAREWELL_SECONDS)
        await super().shutdown(sockets)


def work_until_told(work: Work) -> None:
    """Serve until SIGTERM or Ctrl+C; SIGHUP takes a new release.

    Raises
    ------
    DatabaseError, ReleaseUnusableError
    """
    settings = work.settings
    store = open_store(settings.database)
    app = create_app(
        work.screener, store, settings=settings, site=work.site, call_limits=CallLimits(work.counting_room)
    )
    add_pages(app)
    runner = BackgroundRunner(store, background_tasks(store, settings), lease_seconds=settings.lease_seconds)
    swapper = Swapper(app, store, work.place)
    follower = Follower(store, swapper)
    follower.catch_up()
    send_spans = _trace(app, settings)

    had_terminal = has_terminal()

    def take_new_release(_: int, __: FrameType | None) -> None:
        if had_terminal and not has_terminal():
            os.kill(os.getpid(), signal.SIGTERM)
            return
        threading.Thread(target=_take, args=(work, swapper), name="reload", daemon=True).start()

    signal.signal(signal.SIGHUP, take_new_release)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        if settings.background:
            runner.start()
        follower.start()
        server = Server(server_config(app, settings), app, ignores_interrupt=work.ignores_interrupt)
        server.run(sockets=[work.listener])
    finally:
        follower.stop()
        swapper.stop()
        send_spans()
        runner.stop(settings.grace_seconds)
        store.close()


def _take(work: Work, swapper: Swapper) -> None:
    try:
        found = work.release()
        if found is not None:
            swapper.take(*found)
    except Exception as error:  # a thread's outermost frame; what is in service stays
        record_fault(error, "重新载入规则和模型")


def _trace(app: "FastAPI", settings: "Settings") -> Callable[[], None]:
    """Trace requests where that is asked for; returns what sends the last spans."""
    if settings.telemetry_endpoint is None:
        return lambda: None
    from risk_screen.api.telemetry import Tracing, provider_for

    provider = provider_for(settings.telemetry_endpoint)
    app.add_middleware(Tracing, provider=provider)
    return provider.shutdown


def server_config(app: "FastAPI", settings: "Settings") -> uvicorn.Config:
    """Tell uvicorn how the application is served: which proxies are believed, and how long it waits."""
    trusted = [str(network) for network in settings.trusted_proxies]
    return uvicorn.Config(
        app,
        http=TimedConnection,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted,
        backlog=1_024,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.grace_seconds,
    )
