"""Destinations, secrets, deliveries and their attempts."""

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
