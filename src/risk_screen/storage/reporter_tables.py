"""Who reported something: sealed with a key that is not in the database, and in no other table."""

from sqlalchemy import Column, Index, LargeBinary, String, Table

from risk_screen.storage.tables import metadata

reporters = Table(
    "reporters",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("subject_type", String(32), nullable=False, comment="what was reported: assessment, clue …"),
    Column("subject_id", String(64), nullable=False),
    Column("key_id", String(64), nullable=False, comment="which key it is sealed with"),
    Column("sealed", LargeBinary, nullable=False, comment="nonce and JSON object, with id and subject"),
    Column("made_by", String(64), nullable=False),
    Column("party", String(64), nullable=False),
    Column("town", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False, comment="when it was last sealed"),
    Index("ix_reporters_subject", "subject_type", "subject_id"),
    Index("ix_reporters_key_id", "key_id"),
)
