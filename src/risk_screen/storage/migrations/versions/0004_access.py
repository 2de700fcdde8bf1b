"""Accounts, sessions, keys: who may sign in and call."""

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
