"""Keep several processes at work on one socket: start them, replace who died, stop and reload them together."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NoReturn

from risk_screen.cli.terminal import has_terminal
from risk_screen.operations.fault_log import record_fault

WATCHED: Final = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
# A process that lived this long had no trouble starting; the next one is started at once.
SOUND_SECONDS: Final = 60.0
LAST_SECONDS: Final = 10.0
logger = logging.getLogger("risk_screen")


@dataclass(slots=True)
class _Seat:
    """The place of one process among several."""

    pid: int = 0
    started_at: float = 0.0
    failures: int = 0
    start_at: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Forks processes and waits for signals.

    Attributes
    ----------
    work : callable
        What each process does; SIGTERM makes it return.
    count : int
        How many.
    before_stopping : callable
        Called once when the stop begins.
    reload : callable
        Called on SIGHUP; True when the processes are to be sent the signal too.
    most_seconds : float
        How long a process may take to stop.
    gone : callable
        Told the number of a process that has ended.
    """

    work: Callable[[], None]
    count: int
    before_stopping: Callable[[], None]
    reload: Callable[[], bool]
    most_seconds: float
    gone: Callable[[int], None] = lambda _: None
    _seats: list[_Seat] = field(default_factory=list, init=False)
    _alive: tuple[int, int] = field(default=(-1, -1), init=False)
    _stop_by: float | None = field(default=None, init=False)
    _must_hurry: bool = field(default=False, init=False)
    _had_terminal: bool = field(default_factory=has_terminal, init=False)

    def run(self) -> bool:
        """Work until told to stop; False when a process had to be killed for it."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        self._alive = os.pipe()
        self._seats = [_Seat() for _ in range(self.count)]
        while self._stop_by is None or any(seat.pid for seat in self._seats):
            self._fill_seats()
            told = signal.sigtimedwait(WATCHED, self._pause())
            if told is not None and told.si_signo != signal.SIGCHLD:
                self._follow(told.si_signo)
            self._bury()
            if self._stop_by is not None and time.monotonic() > self._stop_by:
                self._must_hurry = True
            if self._must_hurry:
                self._tell_all(signal.SIGKILL)
        return not self._must_hurry

    def _follow(self, told: int) -> None:
        if told == signal.SIGHUP and not (self._had_terminal and not has_terminal()):
            if self._stop_by is None and self._reload():
                self._tell_all(signal.SIGHUP)
        elif self._stop_by is None:
            self.before_stopping()
            self._stop_by = time.monotonic() + self.most_seconds
            self._tell_all(signal.SIGTERM)
        elif told == signal.SIGINT:
            self._must_hurry = True

    def _reload(self) -> bool:
        try:
            return self.reload()
        except Exception as error:  # whatever is wrong with what is new, the service goes on with what it has
            record_fault(error, "重新载入规则和模型")
            return False

    def _tell_all(self, what: signal.Signals) -> None:
        for seat in self._seats:
            if seat.pid:
                os.kill(seat.pid, what)

    def _pause(self) -> float:
        waiting = [seat.start_at - time.monotonic() for seat in self._seats if not seat.pid]
        return max(0.01, min([1.0, *waiting]))

    def _fill_seats(self) -> None:
        for seat in self._seats:
            if not seat.pid and self._stop_by is None and time.monotonic() >= seat.start_at:
                seat.pid, seat.started_at = self._start(), time.monotonic()

    def _start(self) -> int:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        pid = os.fork()
        if pid == 0:
            self._become_worker()
        return pid

    def _become_worker(self) -> NoReturn:
        code = 1
        try:
            os.close(self._alive[1])
            threading.Thread(target=_stop_when_alone, args=(self._alive[0],), daemon=True).start()
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all; the supervisor tells them to stop
            self.work()
            code = 0
        except BaseException as error:  # a forked process must end here, whatever happens
            record_fault(error, "服务进程")
        finally:
            os._exit(code)

    def _bury(self) -> None:
        """Take note of every process that has ended."""
        for seat in self._seats:
            if seat.pid:
                pid, status = os.waitpid(seat.pid, os.WNOHANG)
                if pid:
                    self._note_end(seat, os.waitstatus_to_exitcode(status))

    def _note_end(self, seat: _Seat, code: int) -> None:
        self.gone(seat.pid)
        if self._stop_by is None:
            is_sound = time.monotonic() - seat.started_at > SOUND_SECONDS
            seat.failures = 0 if is_sound else seat.failures + 1
            pause = 0.0 if is_sound else min(FIRST_PAUSE_SECONDS * 2 ** (seat.failures - 1), LONGEST_PAUSE_SECONDS)
            seat.start_at = time.monotonic() + pause
            how = f"信号 {signal.Signals(-code).name}" if code < 0 else f"退出码 {code}"
            logger.error("服务进程 %d 意外结束（%s），%.1f 秒后补上一个", seat.pid, how, pause)
        seat.pid = 0


def _stop_when_alone(alive: int) -> None:
    """Stop this process when the one that started it is gone: nothing is ever written, so a read ends with its end."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
