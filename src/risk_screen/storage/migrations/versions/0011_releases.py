"""Rulebooks and models that one person proposed and another released."""

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("state", sa.String(16), nullable=False, comment="proposed, declined or released"),
        sa.Column("place", sa.Integer, comment="1, 2, 3 … in the order released; the highest is in service"),
        sa.Column("base", sa.String(400), nullable=False, comment="what was in service when it was proposed"),
        sa.Column("versions", sa.Text, nullable=False, comment="JSON object: rulebook, policy, models"),
        sa.Column("changes", sa.Text, nullable=False, comment="JSON object: what it changes against its base"),
        sa.Column("content", sa.LargeBinary, nullable=False, comment="zip of rules/ and models/, whole"),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False, comment="why, in the words of who proposed it"),
        sa.Column("note", sa.Text, nullable=False, comment="in the words of who decided"),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", sa.String(32)),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("town", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("ix_releases_place", "releases", ["place"], unique=True)
    op.create_index("ix_releases_content_sha256", "releases", ["content_sha256"])
