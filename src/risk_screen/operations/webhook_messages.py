"""What is pushed of an event: the message a receiver gets, the same bytes in every attempt."""

import hashlib
from typing import Final

import orjson

from risk_screen.delivery.signing import Message
from risk_screen.storage.events import StoredEvent

PING: Final = "webhook.ping"


def message_of(stored: StoredEvent) -> Message:
    """Write an event as Standard Webhooks proposes: ``type``, ``timestamp`` and ``data``.

    The id names the event itself and not its number alone: after a backup was put back, numbers are given again.
    """
    event = stored.event
    told = {
        "cursor": stored.cursor,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "party": event.party,
        "payload": event.payload,
    }
    body = orjson.dumps({"type": event.kind, "timestamp": stored.created_at, "data": told})
    return Message(f"evt_{stored.cursor}_{hashlib.sha256(body).hexdigest()[:16]}", body)


def ping_message(ping_id: str, at: str) -> Message:
    """Write a message that tells nothing, to see whether it arrives."""
    return Message(f"ping_{ping_id}", orjson.dumps({"type": PING, "timestamp": at, "data": {}}))
