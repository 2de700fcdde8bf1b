"""Enterprises, consultations, registration holds, what became of a registration."""

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
