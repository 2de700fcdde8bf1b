"""The tables. Texts of citizens lie in a table of their own, so that they can be removed on their own schedule."""

from sqlalchemy import Column, Float, ForeignKey, Index, LargeBinary, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)

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
