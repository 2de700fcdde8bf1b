"""One message to one place, whatever the receiver does: real servers, real TLS."""

import asyncio
import ssl
import time
from pathlib import Path

import pytest
import trustme

from receivers import (
    HOST,
    Behaviour,
    Receiver,
    answering,
    babbling,
    closing,
    dripping_body,
    dripping_headers,
    flooding,
    local_sender,
    never_answering,
    receiving,
)
from risk_screen.delivery.destinations import AllowList, Destination
from risk_screen.delivery.sending import RESULTS, Outcome, Sender

BODY = b'{"type":"test"}'


def send(sender: Sender, url: str, *entries: Destination, times: int = 1) -> Outcome:
    async def sending() -> Outcome:
        async with sender.line() as line:
            for _ in range(times):
                outcome = await line.send(url, AllowList(entries, sender.allows_loopback), {"webhook-id": "1"}, BODY)
        return outcome

    return asyncio.run(sending())


def entry(receiver: Receiver, scheme: str = "http") -> Destination:
    return Destination(scheme, HOST, receiver.port)


def test_a_message_arrives_as_it_is_with_the_name_of_its_place() -> None:
    with receiving() as receiver:
        outcome = send(local_sender(), receiver.url("/hook?key=1"), entry(receiver), times=2)
    assert (outcome.result, outcome.status) == ("delivered", 204)
    first, second = receiver.received
    assert first == second
    assert (first.path, first.body) == ("/hook?key=1", BODY)
    assert first.headers["host"] == f"{HOST}:{receiver.port}"
    assert first.headers["webhook-id"] == "1"


@pytest.mark.parametrize(
    ("status", "result"),
    [
        *((200, "delivered"), (202, "delivered"), (299, "delivered"), (400, "refused"), (401, "refused")),
        *((404, "refused"), (410, "gone"), (429, "busy"), (500, "failed"), (501, "failed"), (503, "busy")),
    ],
)
def test_a_status_says_how_it_ended(status: int, result: str) -> None:
    with receiving(answering(status)) as receiver:
        outcome = send(local_sender(), receiver.url(), entry(receiver))
    assert (outcome.result, outcome.status) == (result, status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    with receiving() as inside, receiving(answering(status, headers={"location": inside.url()})) as receiver:
        outcome = send(local_sender(), receiver.url(), entry(receiver), entry(inside))
    assert (outcome.result, outcome.status) == ("redirected", status)
    assert inside.received == []


@pytest.mark.parametrize(
    ("behaviour", "result"),
    [
        (never_answering, "timeout"),
        (dripping_headers, "timeout"),
        (dripping_body, "delivered"),
        (flooding, "delivered"),
        (closing, "protocol"),
        (babbling, "protocol"),
    ],
)
def test_a_hostile_receiver_takes_neither_time_nor_memory(behaviour: Behaviour, result: str) -> None:
    with receiving(behaviour) as receiver:
        began = time.monotonic()
        outcome = send(local_sender(total_seconds=0.3), receiver.url(), entry(receiver))
        assert time.monotonic() - began < 3
        assert not receiver.was_drained
    assert outcome.result == result


def test_nobody_there_is_told() -> None:
    with receiving() as receiver:
        pass
    assert send(local_sender(), receiver.url(), entry(receiver)).result == "unreachable"


def test_the_next_address_of_a_name_is_tried() -> None:
    with receiving() as receiver:
        sender = local_sender(["127.0.0.2", "127.0.0.1"])
        assert send(sender, receiver.url(), entry(receiver)).result == "delivered"


def test_a_name_that_is_not_known_is_told() -> None:
    with receiving() as receiver:
        real = Sender(allows_loopback=True)
        outcome = send(real, receiver.url(host="no-such-host.invalid"), Destination("http", "no-such-host.invalid", 80))
        assert outcome.result == "forbidden"
        unknown = Destination("http", "no-such-host.invalid", receiver.port)
        assert send(real, receiver.url(host="no-such-host.invalid"), unknown).result == "name"


@pytest.mark.parametrize(
    "addresses",
    [
        *(["127.0.0.1"], ["127.9.9.9"], ["::1"], ["::ffff:127.0.0.1"], ["0.0.0.0"], ["169.254.169.254"], ["10.0.0.1"]),
        *(["fe80::1%lo"], ["100.100.100.200"], ["224.0.0.1"], ["93.184.216.34", "127.0.0.1"]),
    ],
)
def test_a_name_that_leads_inside_is_not_asked(addresses: list[str]) -> None:
    with receiving() as receiver:
        outcome = send(local_sender(addresses, allows_loopback=False), receiver.url(), entry(receiver))
    assert (outcome.result, outcome.status) == ("forbidden", None)
    assert receiver.received == []


def test_a_name_is_looked_up_once_for_each_attempt_so_that_it_cannot_change_in_between() -> None:
    answers = [["127.0.0.1"], ["169.254.169.254"]]

    async def rebinding(_: str, __: int) -> list[str]:
        return answers.pop(0)

    with receiving() as receiver:
        assert send(local_sender(resolve=rebinding), receiver.url(), entry(receiver)).result == "delivered"
    assert answers == [["169.254.169.254"]]


def test_the_environment_sends_nothing_by_a_detour(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(host="127.0.0.1"))
        assert send(local_sender(), receiver.url(), entry(receiver)).result == "delivered"
    assert proxy.received == []


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    made = trustme.CA()
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(file)
    return made, file


def server_side(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_a_certificate_of_the_name_by_a_trusted_authority_is_taken(authority: tuple[trustme.CA, Path]) -> None:
    made, file = authority
    with receiving(tls=server_side(made, HOST)) as receiver:
        outcome = send(local_sender(trusted=file), receiver.url(scheme="https"), entry(receiver, "https"))
    assert outcome.result == "delivered"


def test_a_certificate_of_another_name_or_authority_is_not(authority: tuple[trustme.CA, Path]) -> None:
    made, file = authority
    with receiving(tls=server_side(made, "other.test")) as receiver:
        outcome = send(local_sender(trusted=file), receiver.url(scheme="https"), entry(receiver, "https"))
        assert outcome.result == "tls"
    with receiving(tls=server_side(made, HOST)) as receiver:
        assert send(local_sender(), receiver.url(scheme="https"), entry(receiver, "https")).result == "tls"
    assert receiver.received == []


def test_plain_http_to_a_place_allowed_by_https_is_refused() -> None:
    with receiving() as receiver:
        assert send(local_sender(), receiver.url(), entry(receiver, "https")).result == "forbidden"
    assert receiver.received == []


def test_every_result_has_words() -> None:
    assert all(RESULTS.values())
