"""Who may sign in and call. Passwords, tokens, codes and keys are kept as hashes; names of people lie here only."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from risk_screen.storage.tables import Number, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7; what the audit trail knows"),
    Column("sign_in_name", String(64), nullable=False, comment="lower case"),
    Column("display_name", String(64), nullable=False, comment="of the person; never in the audit trail"),
    Column("roles", Text, nullable=False, comment="sorted, with spaces between"),
    Column("party", String(64), nullable=False, comment="the institution they act for"),
    Column("town", String(64), nullable=False),
    Column("state", String(16), nullable=False, comment="invited, active or disabled"),
    Column("is_demo", Boolean(create_constraint=False), nullable=False, comment="works on this machine only"),
    Column("password_hash", String(200), comment="argon2id; NULL until one was chosen"),
    Column("password_changed_at", String(32)),
    Column("must_change_password", Boolean(create_constraint=False), nullable=False),
    Column("totp_secret", LargeBinary, comment="NULL: no second factor"),
    Column("totp_key_id", String(64), comment="which key it is sealed with; NULL: none"),
    Column("totp_last_step", Number, comment="codes of this step and earlier ones are spent"),
    Column("external_subject", String(255), comment="who they are to the single sign-on"),
    Column("activated_at", String(32), comment="when the first password was chosen"),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index("ix_accounts_sign_in_name", "sign_in_name", unique=True),
    Index("ix_accounts_external_subject", "external_subject", unique=True),
)

earlier_passwords = Table(
    "earlier_passwords",
    metadata,
    Column("account_id", String(36), ForeignKey("accounts.id"), primary_key=True),
    Column("changed_at", String(32), primary_key=True),
    Column("password_hash", String(200), nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("code_sha256", LargeBinary(32), primary_key=True),
    Column("account_id", String(36), ForeignKey("accounts.id"), nullable=False),
    Index("ix_recovery_codes_account_id", "account_id"),
)

invites = Table(
    "invites",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("account_id", String(36), ForeignKey("accounts.id"), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("created_at", String(32), nullable=False),
    Index("ix_invites_account_id", "account_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7; what its owner sees"),
    Column("token_sha256", String(64), nullable=False),
    Column("account_id", String(36), ForeignKey("accounts.id"), nullable=False),
    Column("stage", String(32), nullable=False, comment="what is still asked for; full: nothing"),
    Column("pending_secret", LargeBinary, comment="of a second factor that is being set up"),
    Column("pending_key_id", String(64), comment="which key it is sealed with; NULL: none"),
    Column("address", String(64), nullable=False, comment="where it was opened from"),
    Column("created_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False, comment="last use, to the minute"),
    Column("expires_at", String(32), nullable=False),
    Index("ix_sessions_token_sha256", "token_sha256", unique=True),
    Index("ix_sessions_account_id", "account_id"),
    Index("ix_sessions_expires_at", "expires_at"),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("name_sha256", String(64), nullable=False, comment="of the name as typed, known or not"),
    Column("address", String(64), nullable=False),
    Column("succeeded", Boolean(create_constraint=False), nullable=False),
    Column("at", String(32), nullable=False),
    Index("ix_sign_in_attempts_name", "name_sha256", "at"),
    Index("ix_sign_in_attempts_address", "address", "at"),
    Index("ix_sign_in_attempts_at", "at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("secret_sha256", LargeBinary(32), nullable=False),
    Column("name", String(64), nullable=False, comment="which system has it"),
    Column("permissions", Text, nullable=False, comment="sorted, with spaces between"),
    Column("party", String(64), nullable=False),
    Column("town", String(64), nullable=False),
    Column("networks", Text, nullable=False, comment="where it may be used from, with spaces between"),
    Column("requests_per_minute", Integer, nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    Column("made_by", String(64), nullable=False),
    Column("used_at", String(32), comment="last use, to a few minutes"),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
)

single_sign_ons = Table(
    "single_sign_ons",
    metadata,
    Column("state_sha256", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False, comment="PKCE (RFC 7636)"),
    Column("expires_at", String(32), nullable=False),
)
