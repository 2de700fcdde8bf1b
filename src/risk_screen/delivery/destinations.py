"""Where something may be sent: only where an administrator said so, and never to this machine or its cloud."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from risk_screen.errors import RiskScreenError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
SCHEMES: Final = {"https": 443, "http": 80}
LONGEST_URL: Final = 2_000
LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
# Never sent to, whatever the list says. Sources: IANA special-purpose address registries (RFC 6890); the last lines of
# each family are metadata services of clouds (Alibaba, Oracle, AWS; those of others are link-local).
FORBIDDEN: Final[tuple[Network, ...]] = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            *("100.100.100.200/32", "192.0.0.192/32"),
            # Unspecified, IPv4 in IPv6 (compatible, mapped, translated, NAT64, Teredo, 6to4), link-local, multicast.
            *("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),
            *("fe80::/10", "fec0::/10", "ff00::/8"),
            "fd00:ec2::254/128",
        ),
    )
)
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"(?:{_LABEL}\.)*(?!(?:0x[0-9a-f]*|[0-9]+)$){_LABEL}")
_URL: Final = re.compile(r"[!-\[\]-~]+")  # visible ASCII but for the backslash, which programs read differently


class DestinationInvalidError(RiskScreenError):
    """An entry of the allow-list that cannot be."""

    code = "destination_invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(f"这个推送去处不能加入允许名单：{reason}。")


class DestinationRefusedError(RiskScreenError):
    """An address that nothing is sent to."""

    code = "destination_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"不能向这个地址推送：{reason}。")


@dataclass(frozen=True, slots=True)
class Destination:
    """One entry of the allow-list.

    A name allows addresses with this name, wherever on the public internet it lies. An address or a network allows
    addresses written as numbers, and names of the list that lie in it: a name that resolves to an address that is not
    public needs both.

    Attributes
    ----------
    scheme : str
        ``https``, or ``http`` where an administrator wants no encryption.
    host : str
        A name in lower case, or an address or network.
    port : int

    Raises
    ------
    DestinationInvalidError
    """

    scheme: str
    host: str
    port: int

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES or not 1 <= self.port <= 65_535:
            raise DestinationInvalidError("协议只能是 https 或 http，端口是 1 到 65535")
        if self.network is None:
            _check_name(self.host)
        elif any(self.network.overlaps(one) for one in (*LOOPBACK, *FORBIDDEN) if one.version == self.network.version):
            raise DestinationInvalidError(
                "本机、链路本地、组播、保留和云平台元数据的地址永远不推送；网段里含有它们时，请改写成较小的网段"
            )

    @property
    def network(self) -> Network | None:
        """The network it stands for; None for a name."""
        try:
            return ip_network(self.host)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address on the list leads.

    Attributes
    ----------
    scheme, host : str
        ``host`` without brackets.
    port : int
    target : str
        Path and query.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def address(self) -> Address | None:
        """The address, where the host is written as one."""
        return _address(self.host)


@dataclass(frozen=True, slots=True)
class AllowList:
    """What an administrator allows.

    Attributes
    ----------
    entries : tuple of Destination
    allows_loopback : bool
        For tests alone: names on the list may lie on this machine.
    """

    entries: tuple[Destination, ...]
    allows_loopback: bool = False

    def place_of(self, url: str) -> Place:
        """Read an address and see that it is on the list; asks no name server.

        Raises
        ------
        DestinationRefusedError
        """
        place = read_url(url)
        address = place.address
        if address is not None:
            self.check(place, address)
        elif not any(one.host == place.host for one in self._entries_for(place)):
            raise DestinationRefusedError(f"{place.scheme}://{place.host}:{place.port} 不在允许名单里，请先加入")
        return place

    def check(self, place: Place, address: Address) -> None:
        """See that a place may be sent to at this address.

        Raises
        ------
        DestinationRefusedError
        """
        if _is_in(address, LOOPBACK):
            if self.allows_loopback:
                return
            raise DestinationRefusedError("它指向本机，永远不推送")
        if _is_in(address, FORBIDDEN):
            raise DestinationRefusedError("它指向链路本地、组播、保留或云平台元数据的地址，永远不推送")
        if place.address is None and address.is_global:
            return
        if not _is_in(address, [one.network for one in self._entries_for(place) if one.network is not None]):
            raise DestinationRefusedError(f"地址 {address}（端口 {place.port}）不在允许名单的网段里，请先加入")

    def _entries_for(self, place: Place) -> list[Destination]:
        return [one for one in self.entries if (one.scheme, one.port) == (place.scheme, place.port)]


def read_url(url: str) -> Place:
    """Take an address apart.

    Raises
    ------
    DestinationRefusedError
        When it is none, or one that programs read differently.
    """
    if len(url) > LONGEST_URL or not _URL.fullmatch(url):
        raise DestinationRefusedError("地址太长，或含有空格、中文等字符；中文域名请写成 xn-- 形式")
    try:
        parts = urlsplit(url)
        port = parts.port or SCHEMES.get(parts.scheme, 0)
    except ValueError:
        raise DestinationRefusedError("地址写法不对，应形如 https://主机:端口/路径") from None
    if parts.scheme not in SCHEMES or not parts.hostname or _has_extras(parts):
        raise DestinationRefusedError("地址应形如 https://主机:端口/路径，不带用户名、密码和 #")
    host = parts.hostname.lower()
    if _address(host) is None and not _NAME.fullmatch(host):
        raise DestinationRefusedError("主机名写法不对")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, target)


def destination(scheme: str, host: str, port: int) -> Destination:
    """Make an entry of the allow-list from what somebody wrote.

    Raises
    ------
    DestinationInvalidError
    """
    try:
        return Destination(scheme, str(ip_network(host)), port)
    except ValueError:
        return Destination(scheme, host.strip().rstrip(".").lower(), port)


def _check_name(host: str) -> None:
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise DestinationInvalidError("主机应是域名（中文域名写成 xn-- 形式）、IP 地址或网段，如 10.1.2.0/24")
    if host == "localhost" or host.endswith(".localhost"):
        raise DestinationInvalidError("本机永远不推送")


def _has_extras(parts: SplitResult) -> bool:
    return parts.username is not None or parts.password is not None or bool(parts.fragment)


def _address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)
