"""Who reported something, sealed."""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reporters",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("subject_type", sa.String(32), nullable=False, comment="what was reported: assessment, clue …"),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False, comment="which key it is sealed with"),
        sa.Column("sealed", sa.LargeBinary, nullable=False, comment="nonce and JSON object, with id and subject"),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("town", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False, comment="when it was last sealed"),
        sa.PrimaryKeyConstraint("id", name="pk_reporters"),
    )
    op.create_index("ix_reporters_subject", "reporters", ["subject_type", "subject_id"])
    op.create_index("ix_reporters_key_id", "reporters", ["key_id"])
