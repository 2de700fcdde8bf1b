"""The tables. Texts of citizens lie in a table of their own, so that they can be removed on their own schedule."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)
# SQLite numbers its rows by a column only when its type is INTEGER.
Number = BigInteger().with_variant(Integer, "sqlite")

assessments = Table(
    "assessments",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7: sorts by time"),
    Column("channel", String(16), nullable=False),
    Column("external_id", String(200), comment="the sender's own number of the submission"),
    Column("previous_id", String(36), ForeignKey("assessments.id"), comment="earlier assessment with this external_id"),
    Column("score", Float, nullable=False),
    Column("level", String(16), nullable=False),
    Column("route", String(16), nullable=False),
    Column("content", LargeBinary, nullable=False, comment="canonical JSON, returned byte for byte"),
    Column("created_at", String(32), nullable=False, comment="ISO 8601, UTC"),
    Column("made_by", String(64), nullable=False, server_default="", comment="id of who sent it; empty: not known"),
    Column("party", String(64), nullable=False, server_default="", comment="the institution they acted for"),
    Column("town", String(64), nullable=False, server_default="", comment="where it happened"),
    Index("ix_assessments_external_id", "channel", "external_id", "id"),
)

submitted_texts = Table(
    "submitted_texts",
    metadata,
    Column("assessment_id", String(36), ForeignKey("assessments.id"), primary_key=True),
    Column("fields", Text, nullable=False, comment="JSON object of the fields as sent"),
    Column("sha256", String(64), nullable=False, comment="of the fields, to recognise the same text again"),
    Column("created_at", String(32), nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("cursor", Number, primary_key=True, autoincrement=False, comment="1, 2, 3 … in the order of the commits"),
    Column("kind", String(64), nullable=False, comment="what happened, e.g. screening.stored"),
    Column("subject_type", String(32), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("party", String(64), nullable=False, comment="the institution whose feed shows it; empty: nobody's"),
    Column("payload", Text, nullable=False, comment="JSON object without personal data"),
    Column("created_at", String(32), nullable=False),
    Index("ix_events_party", "party", "cursor"),
)

audit_trail = Table(
    "audit_trail",
    metadata,
    Column("sequence", Number, primary_key=True, autoincrement=False, comment="1, 2, 3 … without gaps"),
    Column("at", String(32), nullable=False),
    Column("actor_kind", String(16), nullable=False, comment="person, key or system"),
    Column("actor_id", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject_type", String(32), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("reason", Text, nullable=False, comment="why, in the words of the actor; without personal data"),
    Column("before_hash", String(64), comment="SHA-256 of the subject before; NULL when there was none"),
    Column("after_hash", String(64), comment="SHA-256 of the subject after; NULL when it is gone"),
    Column("details", Text, nullable=False, comment="JSON object without personal data"),
    Column("previous_hash", String(64), nullable=False, comment="hash of the entry before; zeros for the first"),
    Column("hash", String(64), nullable=False, comment="SHA-256 of the other columns as canonical JSON"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("party", String(64), primary_key=True, comment="whose key it is"),
    Column("key", String(200), primary_key=True),
    Column("request_sha256", String(64), nullable=False, comment="of address and body"),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("created_at", String(32), nullable=False),
    Index("ix_idempotency_keys_created_at", "created_at"),
)

released_versions = Table(
    "released_versions",
    metadata,
    Column("kind", String(16), primary_key=True, comment="rulebook or model"),
    Column("version", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False, comment="zip of the files"),
    Column("created_at", String(32), nullable=False),
)

# Tables in files of their own belong to the same metadata; a line each.
from risk_screen.storage import (  # noqa: E402
    access_tables,  # noqa: F401
    consultation_tables,  # noqa: F401
    label_tables,  # noqa: F401
    lease_tables,  # noqa: F401
    registration_tables,  # noqa: F401
    release_tables,  # noqa: F401
    reporter_tables,  # noqa: F401
    webhook_tables,  # noqa: F401
)
