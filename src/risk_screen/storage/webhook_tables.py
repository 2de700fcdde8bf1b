"""Where pushes go, how far each has come, and what was tried. Secrets lie in a table of their own."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from risk_screen.storage.tables import Number, metadata

webhook_destinations = Table(
    "webhook_destinations",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("scheme", String(8), nullable=False, comment="https, or http where an administrator says so"),
    Column("host", String(255), nullable=False, comment="a host name, or an address or network"),
    Column("port", Integer, nullable=False),
    Column("description", String(200), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Index("ix_webhook_destinations_host", "host", "port", "scheme", unique=True),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("url", String(2000), nullable=False),
    Column("party", String(64), nullable=False, comment="whose events it gets; *: everybody's"),
    Column("kinds", String(2000), nullable=False, comment="kinds of events with spaces between: a.b, a.* or *"),
    Column("description", String(200), nullable=False),
    Column("state", String(16), nullable=False, comment="enabled, paused, disabled (it answered 410) or removed"),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("made_by", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
)

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("endpoint_id", String(36), ForeignKey("webhook_endpoints.id"), nullable=False),
    Column("secret", LargeBinary, nullable=False, comment="needed to sign, so it cannot be kept as a hash"),
    Column("key_id", String(64), comment="which key it is sealed with; NULL: none"),
    Column("made_by", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Index("ix_webhook_secrets_endpoint_id", "endpoint_id"),
)

webhook_progress = Table(
    "webhook_progress",
    metadata,
    Column("endpoint_id", String(36), ForeignKey("webhook_endpoints.id"), primary_key=True),
    Column(
        "cursor", Number, nullable=False, comment="every event up to here was tried at least once, or is not for it"
    ),
    Column("failures", Integer, nullable=False, comment="attempts in a row that failed"),
    Column("failing_since", String(32), comment="when the first of them was; NULL: none"),
    Column("rests_until", String(32), comment="nothing is sent before; NULL: at once"),
    Column("delivered_at", String(32), comment="when something last arrived"),
    Column("attempted_at", String(32), comment="when something was last sent"),
    Column("claimed_by", String(36), nullable=False, comment="the run that sends to it; empty: none"),
    Column("claimed_at", String(32), comment="when that run last showed that it lives"),
)

webhook_retries = Table(
    "webhook_retries",
    metadata,
    Column("endpoint_id", String(36), ForeignKey("webhook_endpoints.id"), primary_key=True),
    Column("event_cursor", Number, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False, comment="waiting, or dead: given up"),
    Column("attempts", Integer, nullable=False, comment="so far, since it was last asked for"),
    Column("problem", String(32), nullable=False, comment="what went wrong the last time; empty: not tried yet"),
    Column("due_at", String(32), nullable=False, comment="when it is tried next; dead ones: when they were given up"),
    Column("attempted_at", String(32), comment="the last time"),
    Index("ix_webhook_retries_state", "state", "due_at"),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("endpoint_id", String(36), ForeignKey("webhook_endpoints.id"), nullable=False),
    Column("event_cursor", Number, comment="NULL: a test message"),
    Column("number", Integer, nullable=False, comment="1 for the first attempt at this event"),
    Column("result", String(32), nullable=False, comment="delivered, or what went wrong"),
    Column("status", Integer, comment="HTTP status of the answer; NULL: there was none"),
    Column("duration_ms", Integer, nullable=False),
    Column("attempted_at", String(32), nullable=False),
    Index("ix_webhook_attempts_endpoint_id", "endpoint_id", "id"),
    Index("ix_webhook_attempts_attempted_at", "attempted_at"),
)
