"""Screen a submission and store the assessment with the text it was made from."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from risk_screen.errors import RiskScreenError
from risk_screen.screening.assessment import Assessment
from risk_screen.screening.screener import Screener
from risk_screen.screening.submission import Submission
from risk_screen.storage.assessments import (
    Earlier,
    SubmittedText,
    latest_with_external_id,
    store_assessment,
    stored_content,
)


class StoreUnavailableError(RiskScreenError):
    """The assessment was made, but could not be stored; nothing was written."""

    code = "store_unavailable"

    def __init__(self) -> None:
        super().__init__(
            "筛查结果暂时无法保存，本次未写入任何内容：请稍后用同样的内容重试；若持续出现，请检查磁盘空间与数据库。"
        )


class AssessmentNotFoundError(RiskScreenError):
    """No assessment with this id."""

    code = "assessment_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个编号的筛查结果：请检查编号，或按原文重新筛查。")


@dataclass(frozen=True, slots=True)
class Store:
    """Where assessments are kept, and what gives the time (injected, so that tests can set it)."""

    engine: Engine
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def screen_and_store(
    screener: Screener, store: Store, submission: Submission, *, external_id: str | None = None
) -> bytes:
    """Screen, store, and return the canonical JSON of the assessment.

    The same external id with the same text and the same versions gives the stored answer again; with another text it is
    a new assessment, linked to the old one.

    Raises
    ------
    StoreUnavailableError
        When the database refuses; nothing is written then.
    """
    assessment = screener.assess(submission)
    return store_screened(store, submission, assessment, external_id=external_id)


def store_screened(
    store: Store, submission: Submission, assessment: Assessment, *, external_id: str | None = None
) -> bytes:
    """Store an assessment in one transaction; see :func:`screen_and_store`."""
    text = submitted_text(submission)
    try:
        with store.engine.begin() as connection:
            earlier = latest_with_external_id(connection, submission.channel, external_id) if external_id else None
            if earlier is not None and _is_same(earlier, text, assessment):
                return earlier.content
            return _insert(connection, store.now(), assessment, text, external_id, earlier)
    except SQLAlchemyError as error:
        raise StoreUnavailableError from error


def stored_assessment(store: Store, assessment_id: str) -> bytes:
    """Return a stored assessment byte for byte.

    Raises
    ------
    AssessmentNotFoundError, StoreUnavailableError
    """
    try:
        with store.engine.connect() as connection:
            content = stored_content(connection, assessment_id)
    except SQLAlchemyError as error:
        raise StoreUnavailableError from error
    if content is None:
        raise AssessmentNotFoundError
    return content


def submitted_text(submission: Submission) -> SubmittedText:
    """The fields as JSON, and the hash by which the same text is known again."""
    fields = json.dumps(dict(submission.fields), ensure_ascii=False, sort_keys=True)
    return SubmittedText(fields, hashlib.sha256(fields.encode()).hexdigest())


def new_id(at: datetime) -> str:
    """Make a UUID version 7 (RFC 9562): sorts by time, ends in 74 random bits."""
    milliseconds = int(at.timestamp() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    value = (
        (milliseconds & (2**48 - 1)) << 80
        | 0x7 << 76
        | (random >> 68 & 0xFFF) << 64
        | 0b10 << 62
        | random & (2**62 - 1)
    )
    return str(UUID(int=value))


def _insert(  # noqa: PLR0913 - one row and its text
    connection: Connection,
    at: datetime,
    assessment: Assessment,
    text: SubmittedText,
    external_id: str | None,
    earlier: Earlier | None,
) -> bytes:
    stamped = assessment.stamped(assessment_id=new_id(at), created_at=at.isoformat(timespec="milliseconds"))
    previous = earlier.assessment_id if earlier else None
    store_assessment(connection, stamped, text, external_id=external_id, previous_id=previous)
    return stamped.to_json()


def _is_same(earlier: Earlier, text: SubmittedText, assessment: Assessment) -> bool:
    versions: object = orjson.loads(earlier.content)["versions"]
    return earlier.sha256 == text.sha256 and versions == asdict(assessment.versions)
