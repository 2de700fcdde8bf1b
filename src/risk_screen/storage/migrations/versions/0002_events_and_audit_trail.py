"""Events in the order of their commits, the audit trail (rows can only be added), and answers to idempotency keys."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
REFUSAL = "audit_trail is append-only"
SQLITE_GUARDS = (
    f"CREATE TRIGGER audit_trail_no_update BEFORE UPDATE ON audit_trail BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER audit_trail_no_delete BEFORE DELETE ON audit_trail BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    # INSERT OR REPLACE takes the old row away without asking the trigger above.
    "CREATE TRIGGER audit_trail_no_replace BEFORE INSERT ON audit_trail"
    " WHEN EXISTS (SELECT 1 FROM audit_trail WHERE sequence = NEW.sequence)"
    f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
POSTGRESQL_GUARDS = (
    "CREATE FUNCTION refuse_change_of_audit_trail() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    "CREATE TRIGGER audit_trail_no_update BEFORE UPDATE OR DELETE ON audit_trail"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit_trail()",
    "CREATE TRIGGER audit_trail_no_truncate BEFORE TRUNCATE ON audit_trail"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_trail()",
    # Also for a session that calls itself a replica.
    "ALTER TABLE audit_trail ENABLE ALWAYS TRIGGER audit_trail_no_update",
    "ALTER TABLE audit_trail ENABLE ALWAYS TRIGGER audit_trail_no_truncate",
)


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column(
            "cursor", NUMBER, autoincrement=False, nullable=False, comment="1, 2, 3 … in the order of the commits"
        ),
        sa.Column("kind", sa.String(64), nullable=False, comment="what happened, e.g. screening.stored"),
        sa.Column("subject_type", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column(
            "party", sa.String(64), nullable=False, comment="the institution whose feed shows it; empty: nobody's"
        ),
        sa.Column("payload", sa.Text, nullable=False, comment="JSON object without personal data"),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("cursor", name="pk_events"),
    )
    op.create_index("ix_events_party", "events", ["party", "cursor"])
    op.create_table(
        "audit_trail",
        sa.Column("sequence", NUMBER, autoincrement=False, nullable=False, comment="1, 2, 3 … without gaps"),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False, comment="person, key or system"),
        sa.Column("actor_id", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject_type", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False, comment="why, in the words of the actor; without personal data"),
        sa.Column("before_hash", sa.String(64), comment="SHA-256 of the subject before; NULL when there was none"),
        sa.Column("after_hash", sa.String(64), comment="SHA-256 of the subject after; NULL when it is gone"),
        sa.Column("details", sa.Text, nullable=False, comment="JSON object without personal data"),
        sa.Column(
            "previous_hash", sa.String(64), nullable=False, comment="hash of the entry before; zeros for the first"
        ),
        sa.Column("hash", sa.String(64), nullable=False, comment="SHA-256 of the other columns as canonical JSON"),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_trail"),
    )
    for statement in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.execute(statement)
    op.create_table(
        "idempotency_keys",
        sa.Column("party", sa.String(64), nullable=False, comment="whose key it is"),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False, comment="of address and body"),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("party", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
