"""Where a request comes from: what the connection, and proxies that are trusted, say of it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

LONGEST_ADDRESS: Final = 64
_HOST: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+?)\.?)(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
Network = IPv4Network | IPv6Network


class AccessMode(StrEnum):
    """Whether requests need credentials."""

    OPEN_UNTIL_SET_UP = "open_until_set_up"
    """Who sits at this machine may try the program until somebody has an account."""
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Site:
    """How the service is reached.

    Attributes
    ----------
    mode : AccessMode
    is_demo : bool
        Whether accounts of the demonstration work.
    trusted_proxies : tuple of networks
        Whose word on where a request comes from counts.
    public_url : str
        What people type to get here, without a path; empty: what each request says.
    hosts : frozenset of str
        Names the service answers to, in lower case; to every address it does.
    """

    mode: AccessMode = AccessMode.OPEN_UNTIL_SET_UP
    is_demo: bool = False
    trusted_proxies: tuple[Network, ...] = ()
    public_url: str = ""
    hosts: frozenset[str] = frozenset({"localhost"})

    def answers_to(self, host: str) -> bool:
        """Tell whether a request with this ``Host`` is meant for this service.

        An address is: a page of another site that has its own name lead here (DNS rebinding) sends that name.
        """
        name = host_name(host)
        return name in self.hosts or address_of(name) is not None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request.

    Attributes
    ----------
    address : str
        Of the client: the connection's, or what trusted proxies say; empty when it cannot be told.
    is_direct : bool
        No proxy has handed the request on, as far as its headers tell.
    is_secure : bool
        The client speaks TLS.
    """

    address: str
    is_direct: bool = True
    is_secure: bool = False

    @property
    def is_local(self) -> bool:
        """Sits at this machine, with no proxy in between."""
        found = address_of(self.address)
        return self.is_direct and found is not None and found.is_loopback


def host_name(host: str) -> str:
    """Take the port off a ``Host``; empty for what none can look like."""
    found = _HOST.fullmatch(host)
    return "" if found is None else (found[1] or found[2]).lower()


def client_address(peer: str, forwarded: Sequence[str], trusted: Collection[Network]) -> str:
    """Tell the address of the client.

    Parameters
    ----------
    peer : str
        Of the connection.
    forwarded : sequence of str
        What ``X-Forwarded-For`` says, in order; each proxy adds at the end whom it heard from.
    trusted : collection of networks
        Of proxies. Only what a trusted one added counts: the last address that is not one of theirs.

    Returns
    -------
    str
        Empty when a trusted proxy wrote something that is no address.
    """
    if not is_inside(peer, trusted):
        return peer
    for said in reversed(forwarded):
        if address_of(said) is None:
            return ""
        if not is_inside(said, trusted):
            return str(address_of(said))
    return str(address_of(forwarded[0])) if forwarded else peer


def is_inside(address: str, networks: Collection[Network]) -> bool:
    """Tell whether an address lies in one of the networks; what is no address is nowhere."""
    found = address_of(address) if networks else None
    return found is not None and any(found in network for network in networks)


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; IPv4 written as IPv6 (``::ffff:10.0.0.1``) is IPv4."""
    return _read(text) if len(text) <= LONGEST_ADDRESS else None


@lru_cache(maxsize=4_096)
def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
