"""Enterprises, what became of registrations, registration holds; and how assessments that wait are found."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from risk_screen.storage.tables import assessments, metadata

enterprises = Table(
    "enterprises",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("credit_code", String(18), nullable=False, comment="unified social credit code"),
    Column("name", Text, comment="as last registered; NULL: not known"),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("made_by", String(64), nullable=False),
    Column("party", String(64), nullable=False),
    Column("town", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index("ix_enterprises_credit_code", "credit_code", unique=True),
)

enterprise_assessments = Table(
    "enterprise_assessments",
    metadata,
    Column("assessment_id", String(36), ForeignKey("assessments.id"), primary_key=True),
    Column("enterprise_id", String(36), ForeignKey("enterprises.id"), nullable=False),
    Column("linked_at", String(32), nullable=False),
    Index("ix_enterprise_assessments_enterprise_id", "enterprise_id", "assessment_id"),
)

registration_outcomes = Table(
    "registration_outcomes",
    metadata,
    Column("assessment_id", String(36), ForeignKey("assessments.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3 …; the last one holds"),
    Column("outcome", String(16), nullable=False, comment="registered, changed_name, withdrawn or refused"),
    Column("enterprise_id", String(36), ForeignKey("enterprises.id"), comment="what was registered"),
    Column("registered_name", Text, comment="the name it was registered under"),
    Column("correction_reason", Text, nullable=False, comment="why an earlier report is corrected"),
    Column("made_by", String(64), nullable=False),
    Column("party", String(64), nullable=False),
    Column("town", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Index("ix_registration_outcomes_enterprise_id", "enterprise_id"),
)

registration_holds = Table(
    "registration_holds",
    metadata,
    Column("id", String(36), primary_key=True, comment="UUIDv7"),
    Column("state", String(16), nullable=False, comment="draft, signed, lifted or discarded"),
    Column("year", Integer, comment="of the signature, in China; NULL before"),
    Column("serial", Integer, comment="1, 2, 3 … within the year"),
    Column("number", String(80), nullable=False, comment="as it stands in the letter; empty before"),
    Column("addressee", Text, nullable=False),
    Column("subject_name", Text, nullable=False),
    Column("credit_code", String(18), nullable=False, comment="of the subject; empty when it has none"),
    Column("enterprise_id", String(36), ForeignKey("enterprises.id"), comment="the subject, where it is known"),
    Column("procedures", String(64), nullable=False, comment="establishment, change, cancellation; spaces between"),
    Column("case_reference", Text, nullable=False, comment="the investigation it rests on"),
    Column("reasons", Text, nullable=False),
    Column("signed_by", String(64)),
    Column("signed_at", String(32)),
    Column("lifted_by", String(64)),
    Column("lifted_at", String(32)),
    Column("lifting_reason", Text, nullable=False),
    Column("version", Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
    Column("made_by", String(64), nullable=False, comment="who drafted it"),
    Column("party", String(64), nullable=False, comment="the institution it is addressed to"),
    Column("town", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index("ix_registration_holds_number", "year", "serial", unique=True),
    Index("ix_registration_holds_credit_code", "credit_code"),
)

# Only what waits for somebody is indexed, so that the others cost nothing.
_WAITS = assessments.c.route.in_(("verify", "site_check"))
Index(
    "ix_assessments_waiting",
    assessments.c.route,
    assessments.c.score,
    assessments.c.id,
    sqlite_where=_WAITS,
    postgresql_where=_WAITS,
)
_FOLLOWS = assessments.c.previous_id.is_not(None)
Index("ix_assessments_previous_id", assessments.c.previous_id, sqlite_where=_FOLLOWS, postgresql_where=_FOLLOWS)
