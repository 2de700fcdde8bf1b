"""The allow-list: what is on it may be sent to, and this machine, its network and its cloud never."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_screen.delivery.destinations import (
    FORBIDDEN,
    LOOPBACK,
    AllowList,
    Destination,
    DestinationInvalidError,
    DestinationRefusedError,
    destination,
    read_url,
)

BUREAU = AllowList(
    (
        Destination("https", "hooks.spj.example.cn", 443),
        Destination("https", "hooks.spj.example.cn", 8443),
        Destination("http", "10.1.2.0/24", 8080),
        Destination("https", "10.1.2.0/24", 443),
        Destination("https", "fd12:3456::/32", 443),
    )
)


@pytest.mark.parametrize(
    "url",
    [
        *("https://hooks.spj.example.cn/a", "https://HOOKS.spj.example.cn:443/", "https://hooks.spj.example.cn:8443"),
        *("http://10.1.2.3:8080/x?y=1", "https://10.1.2.255/", "https://[fd12:3456::9]/"),
    ],
)
def test_what_is_on_the_list_may_be_sent_to(url: str) -> None:
    assert BUREAU.place_of(url).target.startswith("/")


@pytest.mark.parametrize(
    "url",
    [
        # Not on the list: another name, port, scheme, network; a name below one; a name before one.
        *("https://spj.example.cn/", "https://hooks.spj.example.cn:9/", "http://hooks.spj.example.cn/"),
        *("http://10.1.3.3:8080/", "https://a.hooks.spj.example.cn/", "https://hooks.spj.example.cn.evil.example/"),
        *("https://93.184.216.34/", "https://hooks.spj.example.cn./"),
        # Written to be read differently.
        *("https://hooks.spj.example.cn@10.9.9.9/", "https://u:p@hooks.spj.example.cn/", "https://10.9.9.9\\@x/"),
        *(
            "https://hooks.spj.example.cn#@10.9.9.9/",
            "https://hooks.spj.example.cn/ x",
            "https://hooks.spj.example.cn:x/",
        ),
        *("file:///etc/passwd", "gopher://10.1.2.3:8080/", "//10.1.2.3/", "", "https://", "https://例.cn/"),
        *("http://[::1]:8080/", "https://[fe80::1%25eth0]/", "https://[10.1.2.3/", "https://0x0a010203/"),
        *("http://167838211:8080/", "http://012.1.2.3:8080/", "http://10.1.515:8080/", "http://0x7f.1:8080/"),
        "https://hooks.spj.example.cn/" + "a" * 2_000,
    ],
)
def test_what_is_not_on_the_list_is_refused(url: str) -> None:
    with pytest.raises(DestinationRefusedError):
        BUREAU.place_of(url)


@pytest.mark.parametrize(
    ("host", "port"),
    [
        *(("127.0.0.1", 80), ("127.0.0.0/8", 80), ("::1", 80), ("localhost", 80), ("a.localhost", 80), ("0.0.0.0", 80)),
        *(("0.0.0.0/0", 80), ("169.254.169.254", 80), ("169.254.0.0/16", 80), ("fe80::/64", 80), ("::/0", 80)),
        *(("::ffff:10.1.2.3", 80), ("::ffff:127.0.0.1", 80), ("64:ff9b::7f00:1", 80), ("2002:7f00:1::", 80)),
        *(("100.64.0.0/10", 80), ("224.0.0.1", 80), ("255.255.255.255", 80), ("fd00:ec2::254", 80)),
        *(
            ("10.1.2.3/8", 80),
            ("10.1.2.300", 80),
            ("*.example.cn", 80),
            ("a b", 80),
            ("", 80),
            ("例.cn", 80),
            ("a..b", 80),
        ),
        *(("2130706433", 80), ("0x7f000001", 80), ("10.1.2.3", 0), ("10.1.2.3", 65_536), ("x" * 300, 80)),
    ],
)
def test_what_cannot_be_on_the_list_is_refused(host: str, port: int) -> None:
    with pytest.raises(DestinationInvalidError):
        destination("http", host, port)


def test_an_entry_is_read_as_people_write_it() -> None:
    assert destination("https", " Hooks.Example.CN. ", 443).host == "hooks.example.cn"
    assert destination("https", "10.1.2.3", 443).host == "10.1.2.3/32"
    assert destination("https", "FD12:3456:0::/32", 443).host == "fd12:3456::/32"


@pytest.mark.parametrize("address", ["10.1.2.3", "8.8.8.8", "fd12:3456::1", "2606:2800::1"])
def test_a_name_may_lie_on_the_public_internet_or_in_a_network_of_the_list(address: str) -> None:
    BUREAU.check(read_url("https://hooks.spj.example.cn/"), ip_address(address))


@pytest.mark.parametrize("address", ["10.1.3.3", "192.168.0.1", "172.16.0.1", "100.64.0.1", "fd99::1", "198.18.0.1"])
def test_a_name_may_not_lie_in_another_network_that_is_not_public(address: str) -> None:
    with pytest.raises(DestinationRefusedError):
        BUREAU.check(read_url("https://hooks.spj.example.cn/"), ip_address(address))


NEVER = [*LOOPBACK, *FORBIDDEN]


@given(st.sampled_from(NEVER), st.integers(0, 2**128 - 1))
def test_no_list_lets_a_forbidden_address_through(network: object, number: int) -> None:
    inside = ip_network(str(network))
    address = inside[number % inside.num_addresses]
    place = read_url("https://hooks.spj.example.cn/")
    with pytest.raises(DestinationRefusedError):
        BUREAU.check(place, address)


@given(st.text(max_size=40) | st.from_regex(r"https?://[^ ]{0,40}", fullmatch=True))
def test_whatever_is_given_as_an_address_is_read_or_refused(url: str) -> None:
    try:
        place = read_url(url)
    except DestinationRefusedError:
        return
    assert place.host
    assert 1 <= place.port <= 65_535
