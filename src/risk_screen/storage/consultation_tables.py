"""Consultations and their answers. What people wrote in them may name enterprises and people: it lies here only."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from risk_screen.storage.tables import metadata

consultations = Table(
    "consultations",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("state", String(16), nullable=False, comment="open, overdue, answered, superseded or closed"),
    Column("stage", Integer, nullable=False, comment="0 in time; 1, 2, 3: how many due times have passed"),
    Column("assessment_id", String(36), ForeignKey("assessments.id"), nullable=False, comment="what it was opened for"),
    Column(
        "previous_id", String(36), ForeignKey("consultations.id"), comment="the earlier one about the same registration"
    ),
    Column("request", Text, nullable=False, comment="why the bureau asks; empty: opened by the route"),
    Column("answer", String(16), comment="the answer in force: no_objection, conditions or objection"),
    Column("answers", Integer, nullable=False, comment="how many answers were ever written"),
    Column("counted_from", String(10), nullable=False, comment="the working day it counts as received, in China"),
    Column("answer_due_at", String(32), nullable=False),
    Column("registration_due_at", String(32), nullable=False),
    Column("extension_due_at", String(32), nullable=False),
    Column("calendar_known", Boolean(create_constraint=False), nullable=False),
    Column("next_stage_at", String(32), comment="when it is to be escalated next; NULL: never again"),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("made_by", String(64), nullable=False),
    Column("party", String(64), nullable=False, comment="the institution that waits for the answer"),
    Column("town", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index("ix_consultations_state", "state", "answer_due_at", "id"),
    Index("ix_consultations_next_stage_at", "next_stage_at"),
    Index("ix_consultations_previous_id", "previous_id"),
)

consultation_assessments = Table(
    "consultation_assessments",
    metadata,
    Column("assessment_id", String(36), ForeignKey("assessments.id"), primary_key=True),
    Column("consultation_id", String(36), ForeignKey("consultations.id"), nullable=False),
    Index("ix_consultation_assessments_consultation_id", "consultation_id"),
)

consultation_answers = Table(
    "consultation_answers",
    metadata,
    Column("consultation_id", String(36), ForeignKey("consultations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3 …; corrections come after"),
    Column("kind", String(16), nullable=False, comment="no_objection, conditions or objection"),
    Column("status", String(16), nullable=False, comment="proposed, final or returned"),
    Column("reasons", Text, nullable=False),
    Column("conditions", Text, nullable=False, comment="what must change"),
    Column("correction_reason", Text, nullable=False, comment="why an earlier answer is corrected"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("settled_by", String(64), comment="who confirmed or returned it"),
    Column("settled_at", String(32), comment="when it became final or was returned"),
    Column("note", Text, nullable=False, comment="why it was returned"),
)
