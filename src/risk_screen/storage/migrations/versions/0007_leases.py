"""Which process does what must be done once."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), nullable=False, comment="what is done, e.g. webhooks.deliver"),
        sa.Column("holder", sa.String(200), nullable=False, comment="the process that does it; empty: nobody"),
        sa.Column(
            "beats",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            nullable=False,
            comment="counts up while the holder lives; clocks are not compared",
        ),
        sa.Column("state", sa.String(16), nullable=False, comment="waiting, running, failing or stuck"),
        sa.Column("succeeded_at", sa.String(32), comment="when it last went well"),
        sa.Column("failed_at", sa.String(32), comment="when it last failed"),
        sa.Column("failures", sa.Integer, nullable=False, comment="failures since it last went well"),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
