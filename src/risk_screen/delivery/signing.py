"""Sign what is sent, with several secrets, as Standard Webhooks 1.0 asks (https://www.standardwebhooks.com)."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from standardwebhooks.webhooks import Webhook

SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent.

    Attributes
    ----------
    id : str
        The same in every attempt: a receiver that sees it again has it already.
    body : bytes
        JSON, UTF-8.
    """

    id: str
    body: bytes


def written_secret(secret: bytes) -> str:
    """Write a secret as receivers know it: ``whsec_`` and base64."""
    return PREFIX + b64encode(secret).decode()


def signed_headers(message: Message, secrets: Sequence[bytes], at: datetime) -> dict[str, str]:
    """Make the headers of a message: one signature for each live secret, with a space between.

    Parameters
    ----------
    message : Message
    secrets : sequence of bytes
        At least one.
    at : datetime
        Aware; of this attempt.
    """
    if not secrets:
        raise ValueError("nothing is sent unsigned")
    instant = at.astimezone(UTC)  # the library takes the digits as they stand
    text = message.body.decode()
    signatures = (Webhook(secret).sign(message.id, instant, text) for secret in secrets)
    return {
        "content-type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
