"""Assessments, and the texts they were made from in a table of their own."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7: sorts by time"),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("external_id", sa.String(200), comment="the sender's own number of the submission"),
        sa.Column("previous_id", sa.String(36), comment="earlier assessment with this external_id"),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("route", sa.String(16), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False, comment="canonical JSON, returned byte for byte"),
        sa.Column("created_at", sa.String(32), nullable=False, comment="ISO 8601, UTC"),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
        sa.ForeignKeyConstraint(["previous_id"], ["assessments.id"], name="fk_assessments_previous_id"),
    )
    op.create_index("ix_assessments_external_id", "assessments", ["channel", "external_id", "id"])
    op.create_table(
        "submitted_texts",
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("fields", sa.Text, nullable=False, comment="JSON object of the fields as sent"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="of the fields, to recognise the same text again"),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_submitted_texts"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_submitted_texts_assessment_id"),
    )
