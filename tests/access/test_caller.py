"""Where a request comes from: only what trusted proxies add counts."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.access.caller import Caller, client_address, is_inside

TRUSTED = (ip_network("10.0.0.0/24"), ip_network("fd00::/8"))
CASES = [
    ("192.0.2.1", [], "192.0.2.1"),
    ("192.0.2.1", ["127.0.0.1"], "192.0.2.1"),
    ("10.0.0.1", [], "10.0.0.1"),
    ("10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
    ("10.0.0.1", ["127.0.0.1", " 192.0.2.7 "], "192.0.2.7"),
    ("10.0.0.1", ["192.0.2.7", "10.0.0.2"], "192.0.2.7"),
    ("10.0.0.1", ["10.0.0.3", "10.0.0.2"], "10.0.0.3"),
    ("10.0.0.1", ["192.0.2.7", "unknown"], ""),
    ("10.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
    ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
    ("::ffff:10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
    ("", ["192.0.2.7"], ""),
]


@pytest.mark.parametrize(("peer", "forwarded", "address"), CASES)
def test_the_last_address_no_proxy_of_ours_has_is_the_client(peer: str, forwarded: list[str], address: str) -> None:
    assert client_address(peer, forwarded, TRUSTED) == address


@given(st.lists(st.one_of(st.ip_addresses().map(str), st.text(max_size=8)), max_size=4))
def test_who_is_no_proxy_is_who_they_are_whatever_they_say(said: list[str]) -> None:
    assert client_address("192.0.2.1", said, TRUSTED) == "192.0.2.1"


@given(st.lists(st.one_of(st.ip_addresses().map(str), st.text(max_size=8)), max_size=4), st.ip_addresses(v=4))
def test_what_stands_before_the_last_foreign_address_changes_nothing(said: list[str], last: object) -> None:
    alone = client_address("10.0.0.1", [str(last)], TRUSTED)
    if not is_inside(str(last), TRUSTED):
        assert client_address("10.0.0.1", [*said, str(last)], TRUSTED) == alone == str(last)


LOCAL = [
    (Caller("127.0.0.1"), True),
    (Caller("127.8.8.8"), True),
    (Caller("::1"), True),
    (Caller("::ffff:127.0.0.1"), True),
    (Caller("127.0.0.1", is_direct=False), False),
    (Caller("10.0.0.1"), False),
    (Caller(""), False),
    (Caller("localhost"), False),
]


@pytest.mark.parametrize(("caller", "is_local"), LOCAL)
def test_who_sits_here_comes_by_loopback_and_by_no_proxy(caller: Caller, is_local: bool) -> None:
    assert caller.is_local == is_local
