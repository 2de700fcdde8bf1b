"""What people said was wrong with a result."""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "labels",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("assessment_id", sa.String(36), nullable=False),
        sa.Column("verdict", sa.String(32), nullable=False, comment="false_alarm, missed_risk or wrong_reason"),
        sa.Column(
            "code", sa.String(80), nullable=False, comment="the reason that is wrong; empty: the result as a whole"
        ),
        sa.Column("comment", sa.Text, nullable=False, comment="why, in the words of who says so"),
        sa.Column("state", sa.String(16), nullable=False, comment="given or withdrawn"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("town", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_labels_assessment_id"),
    )
    op.create_index("ix_labels_assessment", "labels", ["assessment_id", "made_by", "code"], unique=True)
    op.create_index("ix_labels_changed_at", "labels", ["changed_at", "id"])
