"""One output row for one input row: the columns of ``risk-screen batch``."""

from typing import Final, NamedTuple

import orjson

from risk_screen.screening.assessment import Assessment
from risk_screen.screening.wording import sentence_of

NOTHING_FOUND: Final = b"[]"


class Result(NamedTuple):
    """What became of a row; ``findings`` is the JSON array of the reasons, ``error`` is ``code：detail`` or empty."""

    id: str
    score: float | None
    level: str | None
    route: str | None
    annual_rate: float | None
    reasons: str
    findings: bytes
    error: str
    rulebook_version: str | None
    model_version: str | None
    policy_version: str | None
    program_version: str | None


COLUMNS: Final = Result._fields


def result_of(row_id: str, assessment: Assessment) -> Result:
    """Put an assessment into one row."""
    versions = assessment.versions
    return Result(
        id=row_id,
        score=assessment.score,
        level=assessment.level,
        route=assessment.route,
        annual_rate=assessment.annual_rate,
        reasons=sentence_of(assessment),
        findings=orjson.dumps(assessment.reasons) if assessment.reasons else NOTHING_FOUND,
        error="",
        rulebook_version=versions.rulebook,
        model_version=versions.model,
        policy_version=versions.policy,
        program_version=versions.program,
    )


def failed(row_id: str, code: str, detail: str) -> Result:
    """Put the reason why a row was not screened into one row."""
    return Result(row_id, None, None, None, None, "", NOTHING_FOUND, f"{code}：{detail}", None, None, None, None)
