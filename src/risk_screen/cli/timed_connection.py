"""A connection that waits only so long for a request, and takes only so much of its head.

uvicorn bounds neither: whoever sends a byte a minute, or a head without end, would hold a place as long as they like.
"""

from asyncio import BaseTransport, TimerHandle, Transport
from enum import Enum, auto
from typing import ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Part(Enum):
    """What of a request is on its way."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class TimedConnection(HttpToolsProtocol):
    """uvicorn's connection with limits; one that sends whole requests sets no timer but that of its first.

    Attributes
    ----------
    head_seconds : float
        From its first byte to its last; a phone on a bad network sends a head in one piece, if late.
    body_seconds : float
        Between two pieces of a body, which may be sent from a cellar.
    most_head_bytes : int
    """

    head_seconds: ClassVar[float] = 20.0
    body_seconds: ClassVar[float] = 60.0
    most_head_bytes: ClassVar[int] = 64 * 2**10

    _part = Part.NOTHING
    _head_bytes = 0
    _timer: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Wait for the first request."""
        super().connection_made(cast("Transport", transport))
        self._wait(self.head_seconds)

    def data_received(self, piece: bytes) -> None:
        """Take a piece of a request, and wait for the next one if it is not whole."""
        was_in_head = self._part is not Part.BODY
        super().data_received(piece)
        if was_in_head and self._part is Part.HEAD:
            self._head_bytes += len(piece)
            if self._head_bytes > self.most_head_bytes:
                self._refuse(b"431 Request Header Fields Too Large")
            elif self._timer is None:
                self._wait(self.head_seconds)
        else:
            self._head_bytes = 0
            self._stop_waiting()
            if self._part is Part.BODY:
                self._wait(self.body_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Note that a head has begun."""
        self._part = Part.HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that a body may follow."""
        self._part = Part.BODY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        self._part = Part.NOTHING
        super().on_message_complete()

    def _wait(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._give_up, seconds)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self, seconds: float) -> None:
        if self.flow.read_paused:  # it is we who have not read on
            self._wait(seconds)
        elif self._part is Part.HEAD:
            self._refuse(b"408 Request Timeout")
        else:
            self.transport.close()

    def _refuse(self, status: bytes) -> None:
        self._stop_waiting()
        self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.transport.close()
