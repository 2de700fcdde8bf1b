"""Send one message to one place: at a checked address, within a time, following nothing, reading little."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import httpx2

from risk_screen.delivery.destinations import AllowList, DestinationRefusedError, Place

DELIVERED: Final = "delivered"
GONE: Final = "gone"
REFUSED: Final = "refused"
FAILED: Final = "failed"
REDIRECTED: Final = "redirected"
BUSY: Final = "busy"
TIMEOUT: Final = "timeout"
UNREACHABLE: Final = "unreachable"
NAME: Final = "name"
TLS: Final = "tls"
PROTOCOL: Final = "protocol"
FORBIDDEN: Final = "forbidden"
RESULTS: Final = {
    DELIVERED: "已送达（2xx）",
    GONE: "接收方答 410，不再要了",
    REFUSED: "接收方拒绝（4xx）",
    FAILED: "接收方出错（5xx）",
    REDIRECTED: "接收方要求转到别处（3xx），不跟随",
    BUSY: "接收方忙（429、502、503、504）",
    TIMEOUT: "没有在时限内答复",
    UNREACHABLE: "连不上",
    NAME: "域名解析不了",
    TLS: "证书不对",
    PROTOCOL: "答的不是 HTTP，或连接中断",
    FORBIDDEN: "地址不在允许名单里",
}
OF_THE_RECEIVER: Final = frozenset({BUSY, TIMEOUT, UNREACHABLE, NAME, TLS, PROTOCOL, FORBIDDEN})
"""Not about the one message: others would fare no better now."""
_BUSY_STATUSES: Final = frozenset({429, 502, 503, 504})
# A short answer is read to its end, so that the connection can be used again; a longer one is cut off.
READ_BYTES: Final = 16 * 1024
READ_SECONDS: Final = 1.0
MOST_ADDRESSES: Final = 3
AGENT: Final = "risk_screen"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@cache
def _trust(extra: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if extra is not None:
        context.load_verify_locations(extra)
    return context


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    Attributes
    ----------
    result : str
        One of RESULTS.
    status : int or None
        Of the answer; None without one.
    duration_ms : int
    """

    result: str
    status: int | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends messages.

    Attributes
    ----------
    trusted : Path, optional
        Certificates (PEM) trusted besides those of the system.
    total_seconds : float
        From looking up the name to the status of the answer.
    allows_loopback : bool
        For tests alone; see AllowList.
    resolve : callable
        Name and port → addresses.

    Raises
    ------
    OSError
        When there are no certificates in that file.
    """

    trusted: Path | None = None
    total_seconds: float = 15.0
    allows_loopback: bool = False
    resolve: Resolve = field(default=resolve)

    def __post_init__(self) -> None:
        if self.trusted is not None:
            _trust(self.trusted)

    @asynccontextmanager
    async def line(self) -> "AsyncIterator[Line]":
        """Open a line to one receiver; it may be used again and again, and never for another receiver.

        A connection is kept for an address: another name there would be spoken to with the certificate of the first.
        """
        timeout = httpx2.Timeout(self.total_seconds)
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=1)
        async with httpx2.AsyncClient(
            verify=_trust(self.trusted), trust_env=False, follow_redirects=False, timeout=timeout, limits=limits
        ) as client:
            yield Line(self, client)


@dataclass(frozen=True, slots=True)
class Line:
    """What is sent to one receiver; see ``Sender.line``."""

    sender: Sender
    client: httpx2.AsyncClient

    async def send(self, url: str, allowed: AllowList, headers: dict[str, str], body: bytes) -> Outcome:
        """Send a message and tell how that ended; never raises for anything that the receiver does."""
        began = time.monotonic()
        status = None
        try:
            async with asyncio.timeout(self.sender.total_seconds):
                answer = await self._answer(allowed.place_of(url), allowed, headers, body)
            status = answer.status_code
            result = result_of_status(status)
            await _read_a_little(answer)
        except DestinationRefusedError:
            result = FORBIDDEN
        except (TimeoutError, httpx2.TimeoutException):
            result = TIMEOUT
        except (OSError, UnicodeError):
            result = NAME
        except httpx2.ConnectError as error:
            result = TLS if _is_about_tls(error) else UNREACHABLE
        except (httpx2.HTTPError, httpx2.InvalidURL):
            result = PROTOCOL
        return Outcome(result, status, round((time.monotonic() - began) * 1000))

    async def _answer(self, place: Place, allowed: AllowList, headers: dict[str, str], body: bytes) -> httpx2.Response:
        addresses = await self._addresses(place, allowed)
        for address in addresses[:-1]:
            try:
                return await self._post(place, address, headers, body)
            except httpx2.ConnectError as error:
                if _is_about_tls(error):
                    raise
        return await self._post(place, addresses[-1], headers, body)

    async def _addresses(self, place: Place, allowed: AllowList) -> list[str]:
        """Look the name up once, and see that every address it has may be sent to."""
        found = [place.host] if place.address else await self.sender.resolve(place.host, place.port)
        for address in found:
            allowed.check(place, ip_address(address.partition("%")[0]))
        if not found:
            raise OSError("no address")
        return list(found[:MOST_ADDRESSES])

    async def _post(self, place: Place, address: str, headers: dict[str, str], body: bytes) -> httpx2.Response:
        """Connect to the address that was checked, speaking to the name: certificate and Host are those of the name."""
        host = f"[{address}]" if ":" in address else address
        name = f"[{place.host}]" if ":" in place.host else place.host
        request = self.client.build_request(
            "POST",
            f"{place.scheme}://{host}:{place.port}{place.target}",
            headers={**headers, "host": f"{name}:{place.port}", "user-agent": AGENT, "accept-encoding": "identity"},
            content=body,
            extensions={"sni_hostname": place.host},
        )
        return await self.client.send(request, stream=True)


def result_of_status(status: int) -> str:
    """Name what a status means for a delivery."""
    if 200 <= status < 300:
        return DELIVERED
    if status == 410:
        return GONE
    if status in _BUSY_STATUSES:
        return BUSY
    return {3: REDIRECTED, 4: REFUSED, 5: FAILED}.get(status // 100, PROTOCOL)


async def _read_a_little(answer: httpx2.Response) -> None:
    """Take in a short answer; what it says is not looked at, and how it ends changes nothing."""
    read = 0
    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(READ_SECONDS):
            async for piece in answer.aiter_raw():
                read += len(piece)
                if read > READ_BYTES:
                    break
    with suppress(httpx2.HTTPError):
        await answer.aclose()


def _is_about_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
