"""Which key the secrets of second factors and pushes are sealed with; NULL where they are not."""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

MEANING = "which key it is sealed with; NULL: none"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("totp_key_id", sa.String(64), comment=MEANING))
    op.add_column("sessions", sa.Column("pending_key_id", sa.String(64), comment=MEANING))
    op.add_column("webhook_secrets", sa.Column("key_id", sa.String(64), comment=MEANING))
