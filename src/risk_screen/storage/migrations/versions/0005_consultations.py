"""Enterprises, consultations, registration holds, what became of a registration."""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

ID = sa.String(36)
TIME = sa.String(32)
WHO = sa.String(64)
FLAG = sa.Boolean(create_constraint=False)
WAITING = sa.text("route IN ('verify', 'site_check')")
FOLLOWING = sa.text("previous_id IS NOT NULL")


def upgrade() -> None:
    _consultations()
    _enterprises()
    _holds()
    op.create_index(
        "ix_assessments_waiting",
        "assessments",
        ["route", "score", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_assessments_previous_id",
        "assessments",
        ["previous_id"],
        sqlite_where=FOLLOWING,
        postgresql_where=FOLLOWING,
    )


def _consultations() -> None:
    op.create_table(
        "consultations",
        sa.Column("id", ID, nullable=False, comment="UUIDv7"),
        sa.Column("state", sa.String(16), nullable=False, comment="open, overdue, answered, superseded or closed"),
        sa.Column("stage", sa.Integer, nullable=False, comment="0 in time; 1, 2, 3: how many due times have passed"),
        sa.Column("assessment_id", ID, nullable=False, comment="what it was opened for"),
        sa.Column("previous_id", ID, comment="the earlier one about the same registration"),
        sa.Column("request", sa.Text, nullable=False, comment="why the bureau asks; empty: opened by the route"),
        sa.Column("answer", sa.String(16), comment="the answer in force: no_objection, conditions or objection"),
        sa.Column("answers", sa.Integer, nullable=False, comment="how many answers were ever written"),
        sa.Column(
            "counted_from", sa.String(10), nullable=False, comment="the working day it counts as received, in China"
        ),
        sa.Column("answer_due_at", TIME, nullable=False),
        sa.Column("registration_due_at", TIME, nullable=False),
        sa.Column("extension_due_at", TIME, nullable=False),
        sa.Column("calendar_known", FLAG, nullable=False),
        sa.Column("next_stage_at", TIME, comment="when it is to be escalated next; NULL: never again"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("made_by", WHO, nullable=False),
        sa.Column("party", WHO, nullable=False, comment="the institution that waits for the answer"),
        sa.Column("town", WHO, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consultations"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_consultations_assessment_id"),
        sa.ForeignKeyConstraint(["previous_id"], ["consultations.id"], name="fk_consultations_previous_id"),
    )
    op.create_index("ix_consultations_state", "consultations", ["state", "answer_due_at", "id"])
    op.create_index("ix_consultations_next_stage_at", "consultations", ["next_stage_at"])
    op.create_index("ix_consultations_previous_id", "consultations", ["previous_id"])
    op.create_table(
        "consultation_assessments",
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("consultation_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_consultation_assessments"),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name="fk_consultation_assessments_assessment_id"
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_consultation_assessments_consultation_id"
        ),
    )
    op.create_index("ix_consultation_assessments_consultation_id", "consultation_assessments", ["consultation_id"])
    op.create_table(
        "consultation_answers",
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column(
            "number", sa.Integer, nullable=False, autoincrement=False, comment="1, 2, 3 …; corrections come after"
        ),
        sa.Column("kind", sa.String(16), nullable=False, comment="no_objection, conditions or objection"),
        sa.Column("status", sa.String(16), nullable=False, comment="proposed, final or returned"),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("conditions", sa.Text, nullable=False, comment="what must change"),
        sa.Column("correction_reason", sa.Text, nullable=False, comment="why an earlier answer is corrected"),
        sa.Column("made_by", WHO, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("settled_by", WHO, comment="who confirmed or returned it"),
        sa.Column("settled_at", TIME, comment="when it became final or was returned"),
        sa.Column("note", sa.Text, nullable=False, comment="why it was returned"),
        sa.PrimaryKeyConstraint("consultation_id", "number", name="pk_consultation_answers"),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_consultation_answers_consultation_id"
        ),
    )


def _enterprises() -> None:
    op.create_table(
        "enterprises",
        sa.Column("id", ID, nullable=False, comment="UUIDv7"),
        sa.Column("credit_code", sa.String(18), nullable=False, comment="unified social credit code"),
        sa.Column("name", sa.Text, comment="as last registered; NULL: not known"),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("made_by", WHO, nullable=False),
        sa.Column("party", WHO, nullable=False),
        sa.Column("town", WHO, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enterprises"),
    )
    op.create_index("ix_enterprises_credit_code", "enterprises", ["credit_code"], unique=True)
    op.create_table(
        "enterprise_assessments",
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("linked_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", name="pk_enterprise_assessments"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_enterprise_assessments_assessment_id"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name="fk_enterprise_assessments_enterprise_id"),
    )
    op.create_index(
        "ix_enterprise_assessments_enterprise_id", "enterprise_assessments", ["enterprise_id", "assessment_id"]
    )
    op.create_table(
        "registration_outcomes",
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False, comment="1, 2, 3 …; the last one holds"),
        sa.Column("outcome", sa.String(16), nullable=False, comment="registered, changed_name, withdrawn or refused"),
        sa.Column("enterprise_id", ID, comment="what was registered"),
        sa.Column("registered_name", sa.Text, comment="the name it was registered under"),
        sa.Column("correction_reason", sa.Text, nullable=False, comment="why an earlier report is corrected"),
        sa.Column("made_by", WHO, nullable=False),
        sa.Column("party", WHO, nullable=False),
        sa.Column("town", WHO, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("assessment_id", "number", name="pk_registration_outcomes"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessments.id"], name="fk_registration_outcomes_assessment_id"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name="fk_registration_outcomes_enterprise_id"),
    )
    op.create_index("ix_registration_outcomes_enterprise_id", "registration_outcomes", ["enterprise_id"])


def _holds() -> None:
    op.create_table(
        "registration_holds",
        sa.Column("id", ID, nullable=False, comment="UUIDv7"),
        sa.Column("state", sa.String(16), nullable=False, comment="draft, signed, lifted or discarded"),
        sa.Column("year", sa.Integer, comment="of the signature, in China; NULL before"),
        sa.Column("serial", sa.Integer, comment="1, 2, 3 … within the year"),
        sa.Column("number", sa.String(80), nullable=False, comment="as it stands in the letter; empty before"),
        sa.Column("addressee", sa.Text, nullable=False),
        sa.Column("subject_name", sa.Text, nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False, comment="of the subject; empty when it has none"),
        sa.Column("enterprise_id", ID, comment="the subject, where it is known"),
        sa.Column(
            "procedures", sa.String(64), nullable=False, comment="establishment, change, cancellation; spaces between"
        ),
        sa.Column("case_reference", sa.Text, nullable=False, comment="the investigation it rests on"),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("signed_by", WHO),
        sa.Column("signed_at", TIME),
        sa.Column("lifted_by", WHO),
        sa.Column("lifted_at", TIME),
        sa.Column("lifting_reason", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, comment="1, 2, 3 …, one more with every change"),
        sa.Column("made_by", WHO, nullable=False, comment="who drafted it"),
        sa.Column("party", WHO, nullable=False, comment="the institution it is addressed to"),
        sa.Column("town", WHO, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registration_holds"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name="fk_registration_holds_enterprise_id"),
    )
    op.create_index("ix_registration_holds_number", "registration_holds", ["year", "serial"], unique=True)
    op.create_index("ix_registration_holds_credit_code", "registration_holds", ["credit_code"])
