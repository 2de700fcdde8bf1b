"""The files of rulebooks and models that assessments were made with, so that they can be made again."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "released_versions",
        sa.Column("kind", sa.String(16), nullable=False, comment="rulebook or model"),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False, comment="zip of the files"),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name="pk_released_versions"),
    )
