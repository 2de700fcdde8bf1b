"""Destinations, secrets, deliveries and their attempts."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "webhook_destinations",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("scheme", sa.String(8), nullable=False, comment="https, or http where an administrator says so"),
        sa.Column("host", sa.String(255), nullable=False, comment="a host name, or an address or network"),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_destinations"),
    )
    op.create_index("ix_webhook_destinations_host", "webhook_destinations", ["host", "port", "scheme"], unique=True)
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("party", sa.String(64), nullable=False, comment="whose events it gets; *: everybody's"),
        sa.Column(
            "kinds", sa.String(2000), nullable=False, comment="kinds of events with spaces between: a.b, a.* or *"
        ),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column(
            "state", sa.String(16), nullable=False, comment="enabled, paused, disabled (it answered 410) or removed"
        ),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
    )
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("endpoint_id", sa.String(36), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False, comment="needed to sign, so it cannot be kept as a hash"),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_secrets"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoints.id"], name="fk_webhook_secrets_endpoint_id"),
    )
    op.create_index("ix_webhook_secrets_endpoint_id", "webhook_secrets", ["endpoint_id"])
    op.create_table(
        "webhook_progress",
        sa.Column("endpoint_id", sa.String(36), nullable=False),
        sa.Column(
            "cursor", NUMBER, nullable=False, comment="every event up to here was tried at least once, or is not for it"
        ),
        sa.Column("failures", sa.Integer, nullable=False, comment="attempts in a row that failed"),
        sa.Column("failing_since", sa.String(32), comment="when the first of them was; NULL: none"),
        sa.Column("rests_until", sa.String(32), comment="nothing is sent before; NULL: at once"),
        sa.Column("delivered_at", sa.String(32), comment="when something last arrived"),
        sa.Column("attempted_at", sa.String(32), comment="when something was last sent"),
        sa.Column("claimed_by", sa.String(36), nullable=False, comment="the run that sends to it; empty: none"),
        sa.Column("claimed_at", sa.String(32), comment="when that run last showed that it lives"),
        sa.PrimaryKeyConstraint("endpoint_id", name="pk_webhook_progress"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoints.id"], name="fk_webhook_progress_endpoint_id"),
    )
    op.create_table(
        "webhook_retries",
        sa.Column("endpoint_id", sa.String(36), nullable=False),
        sa.Column("event_cursor", NUMBER, nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="waiting, or dead: given up"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="so far, since it was last asked for"),
        sa.Column(
            "problem", sa.String(32), nullable=False, comment="what went wrong the last time; empty: not tried yet"
        ),
        sa.Column(
            "due_at", sa.String(32), nullable=False, comment="when it is tried next; dead ones: when they were given up"
        ),
        sa.Column("attempted_at", sa.String(32), comment="the last time"),
        sa.PrimaryKeyConstraint("endpoint_id", "event_cursor", name="pk_webhook_retries"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoints.id"], name="fk_webhook_retries_endpoint_id"),
    )
    op.create_index("ix_webhook_retries_state", "webhook_retries", ["state", "due_at"])
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("endpoint_id", sa.String(36), nullable=False),
        sa.Column("event_cursor", NUMBER, comment="NULL: a test message"),
        sa.Column("number", sa.Integer, nullable=False, comment="1 for the first attempt at this event"),
        sa.Column("result", sa.String(32), nullable=False, comment="delivered, or what went wrong"),
        sa.Column("status", sa.Integer, comment="HTTP status of the answer; NULL: there was none"),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("attempted_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_attempts"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoints.id"], name="fk_webhook_attempts_endpoint_id"),
    )
    op.create_index("ix_webhook_attempts_endpoint_id", "webhook_attempts", ["endpoint_id", "id"])
    op.create_index("ix_webhook_attempts_attempted_at", "webhook_attempts", ["attempted_at"])
