"""What people said was wrong with a result. Their words may name people: they lie here and nowhere else."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from risk_screen.storage.tables import metadata

labels = Table(
    "labels",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("assessment_id", String(36), ForeignKey("assessments.id"), nullable=False),
    Column("verdict", String(32), nullable=False, comment="false_alarm, missed_risk or wrong_reason"),
    Column("code", String(80), nullable=False, comment="the reason that is wrong; empty: the result as a whole"),
    Column("comment", Text, nullable=False, comment="why, in the words of who says so"),
    Column("state", String(16), nullable=False, comment="given or withdrawn"),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("made_by", String(64), nullable=False),
    Column("party", String(64), nullable=False),
    Column("town", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index("ix_labels_assessment", "assessment_id", "made_by", "code", unique=True),
    Index("ix_labels_changed_at", "changed_at", "id"),
)
