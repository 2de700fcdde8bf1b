"""Attacks that lie in the bytes of a request, on a real socket without a proxy in between."""

from collections.abc import Callable

import pytest

Raw = Callable[[bytes], bytes]

HEAD = b"POST /probe HTTP/1.1\r\nHost: localhost\r\n"
HIDDEN = b"GET /probe/smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
SMUGGLED = {
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 90\r\n\r\n" + HIDDEN,
    "a list of lengths": HEAD + b"Content-Length: 0, 90\r\n\r\n" + HIDDEN,
    "a length with a sign": HEAD + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "space before the colon": HEAD + b"Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a bad chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + HIDDEN,
    "length and chunks": HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "another coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
}


@pytest.mark.parametrize("content", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_a_request_hidden_in_another_is_not_answered(raw: Raw, seen: list[str], content: bytes) -> None:
    raw(content)
    assert "/probe/smuggled" not in seen


def test_what_hides_would_be_seen_if_it_were_let_through(raw: Raw, seen: list[str]) -> None:
    raw(b"GET /probe HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN)
    assert seen == ["/probe", "/probe/smuggled"]


@pytest.mark.parametrize(
    "line",
    [b"GET http://evil.example/v1/accounts", b"GET //evil.example/v1/accounts", b"GET /healthz/../v1/accounts"],
)
def test_no_spelling_of_an_address_gets_past_the_doorkeeper(gate: object, raw: Raw, line: bytes) -> None:
    answer = raw(line + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ", 2)[1] in {b"400", b"401", b"404"}
    assert b"evil.example" not in answer


@pytest.mark.parametrize("path", [b"/static/../pages.py", b"/static/..%2fpages.py", b"/static/%2e%2e/headers.py"])
def test_no_file_outside_the_folder_is_given_out(raw: Raw, path: bytes) -> None:
    answer = raw(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ", 2)[1] in {b"400", b"401", b"404"}


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"PUT", b"BREW"])
def test_a_method_that_is_not_there_opens_nothing(gate: object, raw: Raw, method: bytes) -> None:
    answer = raw(method + b" /v1/accounts HTTP/1.1\r\nHost: localhost\r\nX-Secret: s\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ", 2)[1] in {b"400", b"401", b"404", b"405"}
    assert b"X-Secret" not in answer
