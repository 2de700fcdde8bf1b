"""Signatures that the library of Standard Webhooks verifies, with every secret that is live."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from risk_screen.delivery.retrying import ATTEMPTS, PAUSES, pause_after, rest_after
from risk_screen.delivery.signing import Message, signed_headers, written_secret

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
MESSAGE = Message("evt_7_0123456789abcdef", '{"type":"会商"}'.encode())


def test_each_live_secret_verifies_and_no_other() -> None:
    headers = signed_headers(MESSAGE, [OLD, NEW], datetime.now(UTC))
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (OLD, NEW):
        assert Webhook(written_secret(secret)).verify(MESSAGE.body, headers) == {"type": "会商"}
    with pytest.raises(WebhookVerificationError):
        Webhook(written_secret(OTHER)).verify(MESSAGE.body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(written_secret(OLD)).verify(MESSAGE.body + b" ", headers)


def test_a_clock_of_another_zone_gives_the_same_signature() -> None:
    at = datetime(2026, 11, 23, 4, tzinfo=UTC)
    there = at.astimezone(timezone(timedelta(hours=8)))
    assert signed_headers(MESSAGE, [OLD], at) == signed_headers(MESSAGE, [OLD], there)


def test_an_old_message_is_refused_by_the_receiver() -> None:
    headers = signed_headers(MESSAGE, [OLD], datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Webhook(written_secret(OLD)).verify(MESSAGE.body, headers)


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="unsigned"):
        signed_headers(MESSAGE, [], datetime.now(UTC))


def test_pauses_grow_and_end_within_three_days() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(days=2) < sum((pause * 0.8 for pause in PAUSES), timedelta())
    assert sum(PAUSES, timedelta()) <= timedelta(days=3)
    assert pause_after(ATTEMPTS, 0.0) is None
    assert pause_after(1, 1.0) == timedelta(seconds=4)


def test_a_receiver_that_is_down_is_left_alone_for_ten_minutes_at_most() -> None:
    rests = [rest_after(failures, 0.0) for failures in (1, 2, 3, 8, 10_000)]
    assert rests == [timedelta(seconds=s) for s in (5, 10, 20, 600, 600)]
