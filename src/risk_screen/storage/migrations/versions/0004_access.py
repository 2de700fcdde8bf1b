"""Whose an assessment is; accounts, sessions, keys: who may sign in and call."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
FLAG = sa.Boolean(create_constraint=False)
ACCOUNT = sa.String(36)
TIME = sa.String(32)


def _account_of(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=f"fk_{table}_account_id")


def upgrade() -> None:
    _origin_of_assessments()
    _accounts()
    _passwords_and_codes()
    _sessions()
    _keys()


def _origin_of_assessments() -> None:
    """What was stored before is nobody's: only who may see everything sees it."""
    columns = {
        "made_by": "id of who sent it; empty: not known",
        "party": "the institution they acted for",
        "town": "where it happened",
    }
    for name, comment in columns.items():
        op.add_column("assessments", sa.Column(name, sa.String(64), nullable=False, server_default="", comment=comment))


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", ACCOUNT, nullable=False, comment="UUIDv7; what the audit trail knows"),
        sa.Column("sign_in_name", sa.String(64), nullable=False, comment="lower case"),
        sa.Column("display_name", sa.String(64), nullable=False, comment="of the person; never in the audit trail"),
        sa.Column("roles", sa.Text, nullable=False, comment="sorted, with spaces between"),
        sa.Column("party", sa.String(64), nullable=False, comment="the institution they act for"),
        sa.Column("town", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, comment="invited, active or disabled"),
        sa.Column("is_demo", FLAG, nullable=False, comment="works on this machine only"),
        sa.Column("password_hash", sa.String(200), comment="argon2id; NULL until one was chosen"),
        sa.Column("password_changed_at", TIME),
        sa.Column("must_change_password", FLAG, nullable=False),
        sa.Column("totp_secret", sa.LargeBinary, comment="NULL: no second factor"),
        sa.Column("totp_last_step", NUMBER, comment="codes of this step and earlier ones are spent"),
        sa.Column("external_subject", sa.String(255), comment="who they are to the single sign-on"),
        sa.Column("activated_at", TIME, comment="when the first password was chosen"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
    )
    op.create_index("ix_accounts_sign_in_name", "accounts", ["sign_in_name"], unique=True)
    op.create_index("ix_accounts_external_subject", "accounts", ["external_subject"], unique=True)


def _passwords_and_codes() -> None:
    op.create_table(
        "earlier_passwords",
        sa.Column("account_id", ACCOUNT, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "changed_at", name="pk_earlier_passwords"),
        _account_of("earlier_passwords"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", ACCOUNT, nullable=False),
        sa.PrimaryKeyConstraint("code_sha256", name="pk_recovery_codes"),
        _account_of("recovery_codes"),
    )
    op.create_index("ix_recovery_codes_account_id", "recovery_codes", ["account_id"])
    op.create_table(
        "invites",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("account_id", ACCOUNT, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_invites"),
        _account_of("invites"),
    )
    op.create_index("ix_invites_account_id", "invites", ["account_id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7; what its owner sees"),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("account_id", ACCOUNT, nullable=False),
        sa.Column("stage", sa.String(32), nullable=False, comment="what is still asked for; full: nothing"),
        sa.Column("pending_secret", sa.LargeBinary, comment="of a second factor that is being set up"),
        sa.Column("address", sa.String(64), nullable=False, comment="where it was opened from"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False, comment="last use, to the minute"),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        _account_of("sessions"),
    )
    op.create_index("ix_sessions_token_sha256", "sessions", ["token_sha256"], unique=True)
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.String(36), nullable=False, comment="UUIDv7"),
        sa.Column("name_sha256", sa.String(64), nullable=False, comment="of the name as typed, known or not"),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("succeeded", FLAG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_name", "sign_in_attempts", ["name_sha256", "at"])
    op.create_index("ix_sign_in_attempts_address", "sign_in_attempts", ["address", "at"])
    op.create_index("ix_sign_in_attempts_at", "sign_in_attempts", ["at"])
    op.create_table(
        "single_sign_ons",
        sa.Column("state_sha256", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("verifier", sa.String(128), nullable=False, comment="PKCE (RFC 7636)"),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("state_sha256", name="pk_single_sign_ons"),
    )


def _keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False, comment="which system has it"),
        sa.Column("permissions", sa.Text, nullable=False, comment="sorted, with spaces between"),
        sa.Column("party", sa.String(64), nullable=False),
        sa.Column("town", sa.String(64), nullable=False),
        sa.Column("networks", sa.Text, nullable=False, comment="where it may be used from, with spaces between"),
        sa.Column("requests_per_minute", sa.Integer, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("used_at", TIME, comment="last use, to a few minutes"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
