"""Rulebooks and models proposed and released by people. The files themselves lie in ``content``."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from risk_screen.storage.tables import metadata

releases = Table(
    "releases",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("state", String(16), nullable=False, comment="proposed, declined or released"),
    Column("place", Integer, comment="1, 2, 3 … in the order released; the highest is in service"),
    Column("base", String(400), nullable=False, comment="what was in service when it was proposed"),
    Column("versions", Text, nullable=False, comment="JSON object: rulebook, policy, models"),
    Column("changes", Text, nullable=False, comment="JSON object: what it changes against its base"),
    Column("content", LargeBinary, nullable=False, comment="zip of rules/ and models/, whole"),
    Column("content_sha256", String(64), nullable=False),
    Column("reason", Text, nullable=False, comment="why, in the words of who proposed it"),
    Column("note", Text, nullable=False, comment="in the words of who decided"),
    Column("decided_by", String(64)),
    Column("decided_at", String(32)),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("made_by", String(64), nullable=False),
    Column("party", String(64), nullable=False),
    Column("town", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index("ix_releases_place", "place", unique=True),
    Index("ix_releases_content_sha256", "content_sha256"),
)
